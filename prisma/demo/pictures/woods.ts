import {
  at,
  disc,
  fade,
  ground,
  mix,
  type Point,
  poly,
  ramp,
  ridge,
  round,
  smooth,
  times,
} from "./pen.ts";
import type { Drawing } from "./sheet.ts";
import { heightAt, spruce } from "./trees.ts";

export const aurora: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h * 0.8, "#070b26", "#0d2147", "#14506a", "#2b8a86"));
  for (let i = 0; i < 260; i++) {
    sheet.circle(
      chance.next() * w,
      chance.next() * h * 0.7,
      chance.between(0.5, 1.8),
      "#f4fbff",
      `fill-opacity="${chance.between(0.25, 1).toFixed(2)}"`,
    );
  }
  const curtain = (y: number, sway: number, tall: number, colors: string[], phase: number) => {
    const paint = sheet.across([0, 0], [0, 1], ...colors);
    for (let x = -8; x < w + 8; x += 5) {
      const u = x / w;
      const foot =
        h * (y + sway * Math.sin(u * 5 + phase) + sway * 0.4 * Math.sin(u * 13 + phase * 2));
      const strength =
        0.35 +
        0.35 * Math.sin(u * 9 + phase) +
        0.25 * Math.sin(u * 31 + phase * 3) +
        chance.between(-0.1, 0.1);
      const reach =
        h * tall * (0.75 + 0.25 * Math.sin(u * 17 + phase) + chance.between(-0.05, 0.05));
      sheet.rect(
        x,
        foot - reach,
        5.6,
        reach,
        paint,
        `fill-opacity="${Math.max(0.06, Math.min(0.9, strength)).toFixed(2)}"`,
      );
    }
  };
  curtain(0.5, 0.05, 0.42, ["#7a4fd000", "#8a5fe055", "#4fd6b088", "#8dffc9cc", "#8dffc900"], 1.2);
  curtain(0.62, 0.06, 0.36, ["#3fa0d000", "#38c6b066", "#63f0b0bb", "#d0ffd8dd", "#63f0b000"], 3.4);
  const tones = ["#1f5d70", "#123f55", "#0a2438", "#050f1d"];
  tones.forEach((tone, i) => {
    const base = h * (0.72 + i * 0.055);
    const line = ridge(chance, w, base, h * (0.11 - i * 0.02), 0.5);
    const size = h * (0.03 + i * i * 0.022);
    const wood =
      i === 0
        ? ""
        : times(Math.round((w / size) * 3), () => {
            const x = chance.between(-20, w + 20);
            return spruce(
              chance,
              x,
              heightAt(line, x) + size * 0.2,
              size * chance.between(0.6, 1.3),
              0.16,
            );
          }).join("");
    sheet.path(
      ground(poly(line, false), -10, w + 10, h + 10) + wood,
      sheet.down(base - h * 0.1, base + h * 0.2, tone, mix(tone, "#2b8a86", i < 2 ? 0.4 : 0.04)),
    );
  });
};

export const birches: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h, "#f2c14e", "#f7dc8f", "#f9edc9", "#e9d9a8"));
  for (let layer = 0; layer < 4; layer++) {
    const share = layer / 3;
    const count = [15, 11, 7, 4][layer] ?? 4;
    const bark = mix("#f3dfa3", "#fffaf0", share);
    const dark = mix("#dcb765", "#2d2a32", share ** 0.8);
    const floor = h * (0.8 + share * 0.1);
    const mound: Point[] = times(7, (i) => [
      (i / 6) * (w + 40) - 20,
      floor + h * 0.02 * Math.sin(i * 1.8 + layer),
    ]);
    times(count, (i) => {
      const x = ((i + chance.between(0.15, 0.85)) / count) * w;
      const thick = (8 + share * share * 46) * chance.between(0.8, 1.2);
      const lean = chance.between(-0.04, 0.04) * w;
      const trunk = `M${round(x - thick / 2)} ${h}L${round(x - thick * 0.4 + lean)} -10h${round(thick * 0.8)}L${round(x + thick / 2)} ${h}Z`;
      sheet.path(trunk, bark);
      sheet.inside(trunk, () => {
        sheet.path(
          `M${round(x + thick * 0.12)} ${h}L${round(x + thick * 0.1 + lean)} -10h${round(thick)}L${round(x + thick)} ${h}Z`,
          fade(dark, 0.22),
        );
        for (let y = chance.between(0, 60); y < h; y += chance.between(20, 80) * (0.5 + share)) {
          const at0 = x + lean * (1 - y / h);
          const side = chance.is(0.5) ? -1 : 1;
          const long = thick * chance.between(0.2, 0.6);
          const edge = at0 + (side * thick) / 2;
          sheet.path(
            poly([
              [edge, y - thick * 0.07],
              [edge - side * long, y + thick * chance.between(-0.05, 0.08)],
              [edge, y + thick * 0.1],
            ]),
            dark,
          );
          if (share > 0.5 && chance.is(0.25))
            sheet.ellipse(at0 - side * thick * 0.1, y + 24, thick * 0.13, thick * 0.09, dark);
        }
      });
      if (layer > 0) {
        for (let k = 0; k < 2; k++) {
          const y = h * chance.between(0.12, 0.5);
          const side = chance.is(0.5) ? -1 : 1;
          const start = x + lean * (1 - y / h);
          sheet.stroke(
            `M${round(start)} ${round(y)}q${round(side * thick * 1.2)} ${round(-thick * 0.6)} ${round(side * thick * 2.2)} ${round(-thick * 2.6)}`,
            dark,
            thick * 0.09,
          );
        }
      }
    });
    const leaves = Math.round(120 + share * 60);
    for (let i = 0; i < leaves; i++) {
      const x = chance.next() * w;
      const y = chance.next() ** 1.7 * h * 0.62;
      const size = (3 + share * 8) * chance.between(0.7, 1.3);
      const color = ramp(
        ["#f6d26b", "#eda32f", "#d9702b", "#b9442a"],
        chance.next() * (0.5 + share * 0.5),
      );
      sheet.ellipse(
        x,
        y,
        size,
        size * 0.55,
        color,
        `transform="rotate(${chance.int(0, 180)} ${round(x)} ${round(y)})"`,
      );
    }
    const soil = ["#ecd591", "#e0a94f", "#b8602f", "#6d2f2a"];
    const shape = ground(smooth(mound), -20, w + 20, h + 5);
    if (layer < 3) sheet.path(shape, at(soil, layer));
    if (layer === 2) sheet.path(shape, sheet.spray("#6d2f2a", [0, h], [0, floor], 0.4));
  }
  for (let i = 0; i < 150; i++) {
    const [x, y] = [chance.next() * w, h * chance.between(0.88, 1.01)];
    sheet.ellipse(
      x,
      y,
      8,
      4,
      chance.pick(["#eda32f", "#d9702b", "#f6d26b", "#8d3a28"]),
      `transform="rotate(${chance.int(0, 180)} ${round(x)} ${round(y)})"`,
    );
  }
};

type Crown = "round" | "leaf" | "oval" | "fan";

export const autumnOrchard: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill("#f4e6cc");
  sheet.circle(w * 0.82, h * 0.23, h * 0.13, "#f0c36a");
  const tree = (x: number, foot: number, size: number, kind: Crown, fill: string, ink: string) => {
    const cy = foot - size * 0.72;
    const [rx, ry] = {
      round: [0.36, 0.36],
      leaf: [0.26, 0.46],
      oval: [0.28, 0.42],
      fan: [0.42, 0.3],
    }[kind] as [number, number];
    const crown =
      kind === "leaf"
        ? `M${round(x)} ${round(cy - size * 0.5)}C${round(x + size * 0.38)} ${round(cy - size * 0.1)} ${round(x + size * 0.3)} ${round(cy + size * 0.4)} ${round(x)} ${round(cy + size * 0.42)}C${round(x - size * 0.3)} ${round(cy + size * 0.4)} ${round(x - size * 0.38)} ${round(cy - size * 0.1)} ${round(x)} ${round(cy - size * 0.5)}Z`
        : `M${round(x - size * rx)} ${round(cy)}a${round(size * rx)} ${round(size * ry)} 0 1 0 ${round(size * 2 * rx)} 0a${round(size * rx)} ${round(size * ry)} 0 1 0 ${round(-size * 2 * rx)} 0Z`;
    sheet.path(crown, fill);
    sheet.inside(crown, () => {
      sheet.ellipse(
        x + size * 0.24,
        cy + size * 0.1,
        size * rx,
        size * ry * 1.15,
        fade(mix(fill, ink, 0.5), 0.35),
      );
    });
    if (size > h * 0.36)
      sheet.path(
        crown,
        sheet.spray(
          mix(fill, ink, 0.65),
          [x + size * 0.5, cy + size * 0.5],
          [x - size * 0.2, cy - size * 0.2],
          0.5,
        ),
      );
    sheet.stroke(`M${round(x)} ${round(foot)}V${round(cy - size * ry * 0.62)}`, ink, size * 0.024);
    for (let i = 0; i < 4; i++) {
      const y = cy + size * (0.22 - i * 0.13);
      const reach = size * rx * (0.62 - i * 0.1);
      sheet.stroke(
        `M${round(x)} ${round(y)}l${round(reach)} ${round(-reach * 0.75)}M${round(x)} ${round(y - size * 0.04)}l${round(-reach * 0.9)} ${round(-reach * 0.7)}`,
        ink,
        size * 0.012,
      );
    }
  };
  const kinds: Crown[] = ["round", "leaf", "oval", "fan"];
  const rows: {
    y: number;
    size: number;
    count: number;
    fills: string[];
    ink: string;
    hill: string;
  }[] = [
    {
      y: 0.6,
      size: 0.3,
      count: 11,
      fills: ["#e9cf9c", "#dcbd8a", "#c9c39a", "#e6b98f"],
      ink: "#a98a66",
      hill: "#e3d2a4",
    },
    {
      y: 0.74,
      size: 0.44,
      count: 9,
      fills: ["#e2a03f", "#8fa37e", "#d9804a", "#c9b458", "#6f9490"],
      ink: "#6d4a39",
      hill: "#c7b27b",
    },
    {
      y: 0.93,
      size: 0.6,
      count: 7,
      fills: ["#c2452d", "#e58a2e", "#2f6b66", "#8a2f33", "#e3b23c", "#4f7d55"],
      ink: "#2b1d2a",
      hill: "#8b7b4b",
    },
  ];
  rows.forEach(({ y, size, count, fills, ink, hill }, index) => {
    const line: Point[] = times(8, (i) => [
      (i / 7) * (w + 60) - 30,
      h * (y - 0.03 + 0.02 * Math.sin(i * 1.4 + index * 2)),
    ]);
    const shape = ground(smooth(line), -30, w + 30, h + 10);
    sheet.path(shape, hill);
    sheet.path(
      shape,
      sheet.spray(mix(hill, ink, 0.5), [0, h * (y + 0.12)], [0, h * (y - 0.03)], 0.3),
    );
    for (let i = 0; i < count; i++) {
      const x = ((i + 0.5 + chance.between(-0.22, 0.22)) / count) * w;
      tree(
        x,
        h * (y + chance.between(0.0, 0.03)),
        h * size * chance.between(0.75, 1.05),
        at(kinds, i * 3 + index + chance.int(0, 1)),
        at(fills, i + index),
        ink,
      );
    }
  });
  for (let i = 0; i < 26; i++) {
    const x = chance.next() * w;
    const y = h * chance.between(0.94, 0.99);
    sheet.path(disc(x, y, chance.between(3, 6)), chance.pick(["#c2452d", "#e58a2e", "#e3b23c"]));
  }
};
