import { at, disc, ground, mix, type Point, poly, round, smooth, times } from "./pen.ts";
import type { Drawing } from "./sheet.ts";
import { heightAt } from "./trees.ts";

export const balloons: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h, "#6fb5cf", "#b9dfdc", "#fbeacb", "#f8c79a"));
  const cloud = (x: number, y: number, s: number, fill: string) => {
    const parts = [
      [0, 0, 0.5],
      [0.45, -0.22, 0.42],
      [0.95, -0.1, 0.5],
      [1.45, 0.02, 0.36],
      [-0.4, 0.1, 0.3],
    ] as const;
    const d = parts.map(([dx, dy, r]) => disc(x + dx * s, y + dy * s, r * s)).join("");
    sheet.inside(`M0 0H${w}V${round(y + s * 0.28)}H0Z`, () => sheet.path(d, fill));
  };
  cloud(w * 0.1, h * 0.3, 90, "#ffffffaa");
  cloud(w * 0.7, h * 0.12, 76, "#ffffff99");
  cloud(w * 0.55, h * 0.58, 62, "#ffffff88");
  const hot = (x: number, y: number, r: number, colors: readonly string[], style: number) => {
    const d = `M${round(x - r * 0.2)} ${round(y + r * 1.24)}C${round(x - r * 0.42)} ${round(y + r * 0.86)} ${round(x - r)} ${round(y + r * 0.5)} ${round(x - r)} ${round(y)}A${round(r)} ${round(r)} 0 0 1 ${round(x + r)} ${round(y)}C${round(x + r)} ${round(y + r * 0.5)} ${round(x + r * 0.42)} ${round(y + r * 0.86)} ${round(x + r * 0.2)} ${round(y + r * 1.24)}Z`;
    const gore = (k: number) =>
      `M${round(x)} ${round(y - r)}C${round(x + k * r * 1.3)} ${round(y - r)} ${round(x + k * r * 1.35)} ${round(y + r * 0.45)} ${round(x + k * r * 0.2)} ${round(y + r * 1.24)}H${round(x - k * r * 0.2)}C${round(x - k * r * 1.35)} ${round(y + r * 0.45)} ${round(x - k * r * 1.3)} ${round(y - r)} ${round(x)} ${round(y - r)}Z`;
    sheet.path(d, at(colors, 0));
    sheet.inside(d, () => {
      if (style === 0)
        [0.82, 0.62, 0.42, 0.2].forEach((k, i) => {
          sheet.path(gore(k), at(colors, i + 1));
        });
      if (style === 1) {
        sheet.rect(x - r, y - r * 0.32, r * 2, r * 0.5, at(colors, 1));
        const zig = times(17, (i): Point => [x - r + (i * r) / 8, y - r * (i % 2 ? 0.28 : 0.0)]);
        sheet.stroke(poly(zig, false), at(colors, 2), r * 0.09);
        sheet.rect(x - r, y + r * 0.42, r * 2, r * 0.12, at(colors, 1));
      }
      if (style === 2) {
        [0.82, 0.5, 0.2].forEach((k, i) => {
          sheet.path(gore(k), at(colors, i % 2 ? 0 : 1));
        });
        sheet.rect(x - r, y + r * 0.1, r * 2, r * 0.3, at(colors, 2));
      }
      sheet.rect(
        x - r,
        y - r,
        r * 2,
        r * 2.4,
        sheet.linear([x - r, 0], [x + r, 0], "#ffffff44", "#ffffff00", "#3a1a4a22", "#3a1a4a88"),
      );
    });
    sheet.path(
      d,
      sheet.spray("#3a1a3f", [x + r * 1.1, y + r * 0.6], [x - r * 0.3, y - r * 0.2], 0.35),
    );
    for (const k of [-0.19, -0.07, 0.07, 0.19])
      sheet.stroke(
        `M${round(x + k * r)} ${round(y + r * 1.24)}L${round(x + k * r * 0.75)} ${round(y + r * 1.56)}`,
        "#4a3038",
        Math.max(1, r * 0.012),
      );
    sheet.path(
      `M${round(x - r * 0.16)} ${round(y + r * 1.54)}h${round(r * 0.32)}l${round(-r * 0.035)} ${round(r * 0.22)}h${round(-r * 0.25)}Z`,
      "#7a4a35",
    );
    sheet.rect(
      x - r * 0.18,
      y + r * 1.52,
      r * 0.36,
      r * 0.05,
      "#4a2f2a",
      `rx="${round(r * 0.02)}"`,
    );
  };
  hot(w * 0.83, h * 0.36, w * 0.055, ["#e8a13a", "#fbeacb", "#c8503a"], 1);
  hot(w * 0.14, h * 0.52, w * 0.045, ["#8a5fa0", "#f3d9c0", "#5f3f80", "#f3d9c0", "#8a5fa0"], 0);
  hot(w * 0.62, h * 0.62, w * 0.035, ["#d9574a", "#fbeacb", "#d9574a"], 2);
  const hills: [number, string, string][] = [
    [0.74, "#a9c2b0", "#d9d3b5"],
    [0.8, "#6fa092", "#b9c79a"],
    [0.87, "#3f7f72", "#7fa876"],
    [0.94, "#1f5552", "#3f7f62"],
  ];
  hills.forEach(([y, tone, light], i) => {
    const line = times(
      9,
      (k): Point => [(k / 8) * (w + 60) - 30, h * (y + 0.028 * Math.sin(k * 1.5 + i * 2.1))],
    );
    const shape = ground(smooth(line), -30, w + 30, h + 9);
    sheet.path(shape, sheet.down(h * (y - 0.03), h * (y + 0.09), light, tone));
    sheet.path(
      shape,
      sheet.spray(mix(tone, "#0f2f3a", 0.6), [0, h * (y + 0.15)], [0, h * (y - 0.01)], 0.3),
    );
    if (i > 0)
      for (let k = 0; k < 15; k++) {
        const x = chance.next() * w;
        const s = h * 0.012 * (0.6 + i * 0.6);
        const foot = heightAt(line, x);
        sheet.path(
          disc(x, foot - s * 0.6, s) + disc(x + s * 0.9, foot - s * 0.3, s * 0.7),
          mix(tone, "#0f2f3a", 0.4),
        );
      }
  });
  hot(w * 0.4, h * 0.29, w * 0.225, ["#d8452e", "#f6ead2", "#e9a23b", "#f6ead2", "#2f6f7f"], 0);
  hot(w * 0.74, h * 0.66, w * 0.1, ["#2f7f86", "#f6ead2", "#e9a23b"], 2);
};
