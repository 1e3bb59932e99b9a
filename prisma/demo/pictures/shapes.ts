import { at, disc, fade, mix, type Point, polar, poly, ramp, round, smooth, times } from "./pen.ts";
import type { Drawing } from "./sheet.ts";

export const quarterCircles: Drawing = (sheet) => {
  const { width: w, chance } = sheet;
  const colors = ["#f2e8d5", "#d8452e", "#f0b23a", "#1f4f7a", "#18222f", "#7fb0a5", "#e9967a"];
  const count = 6;
  const s = w / count;
  sheet.fill("#f2e8d5");
  let last = 0;
  for (let r = 0; r < count; r++) {
    for (let c = 0; c < count; c++) {
      const [x, y] = [c * s, r * s];
      let back = chance.int(0, 6);
      if (back === last) back = (back + 3) % 7;
      last = back;
      const ink = at(colors, back + chance.int(1, 3));
      const third = at(colors, back + chance.int(4, 6));
      sheet.rect(x, y, s + 0.6, s + 0.6, at(colors, back));
      const kind = chance.int(0, 7);
      const turn = chance.int(0, 3) * 90;
      sheet.group(
        `transform="translate(${round(x + s / 2)} ${round(y + s / 2)}) rotate(${turn})"`,
        () => {
          const k = s / 2;
          const quarter = (radius: number, color: string) =>
            sheet.path(
              `M${round(-k)} ${round(-k)}H${round(-k + radius)}A${round(radius)} ${round(radius)} 0 0 1 ${round(-k)} ${round(-k + radius)}Z`,
              color,
            );
          if (kind === 0) {
            quarter(s, ink);
            quarter(s * 0.5, third);
          }
          if (kind === 1) {
            sheet.path(
              `M${round(-k)} ${round(-k)}A${round(k)} ${round(k)} 0 0 0 ${round(k)} ${round(-k)}Z`,
              ink,
            );
            sheet.path(`M${round(-k)} 0A${round(k)} ${round(k)} 0 0 0 ${round(k)} 0Z`, third);
          }
          if (kind === 2) {
            sheet.circle(0, 0, k * 0.82, ink);
            sheet.circle(0, 0, k * 0.36, third);
          }
          if (kind === 3) {
            quarter(s, ink);
            sheet.path(
              `M${round(k)} ${round(k)}h${round(-k)}A${round(k)} ${round(k)} 0 0 1 ${round(k)} 0Z`,
              third,
            );
          }
          if (kind === 4) {
            sheet.path(
              `M${round(-k)} ${round(-k)}A${round(s)} ${round(s)} 0 0 1 ${round(k)} ${round(k)}A${round(s)} ${round(s)} 0 0 1 ${round(-k)} ${round(-k)}Z`,
              ink,
            );
          }
          if (kind === 5)
            for (let i = 0; i < 4; i++) quarter(s * (1 - i * 0.25), i % 2 ? at(colors, back) : ink);
          if (kind === 6) {
            sheet.path(
              poly([
                [-k, -k],
                [k, -k],
                [-k, k],
              ]),
              ink,
            );
            sheet.circle(k * 0.36, k * 0.36, k * 0.36, third);
          }
          if (kind === 7)
            for (let i = 0; i < 4; i++) sheet.rect(-k, -k + (i * s) / 4, s, s / 8, ink);
        },
      );
    }
  }
};

export const swissDiagonal: Drawing = (sheet) => {
  const { width: w, height: h } = sheet;
  sheet.fill("#f3ead8");
  sheet.group(`transform="rotate(-32 ${w / 2} ${h / 2})"`, () => {
    const bars: [number, number, number, number, string][] = [
      [-0.3, 0.1, 1.1, 0.052, "#e0442c"],
      [0.28, 0.17, 0.9, 0.03, "#1b1c22"],
      [-0.3, 0.22, 0.72, 0.085, "#1b1c22"],
      [0.5, 0.222, 0.9, 0.085, "#f0a92e"],
      [-0.1, 0.325, 1.4, 0.018, "#e0442c"],
      [-0.4, 0.36, 1.02, 0.13, "#e0442c"],
      [0.7, 0.36, 0.8, 0.13, "#2a5f8f"],
      [0.05, 0.51, 1.3, 0.03, "#1b1c22"],
      [-0.3, 0.56, 0.66, 0.07, "#7fb3b0"],
      [0.42, 0.56, 0.9, 0.07, "#1b1c22"],
      [-0.3, 0.65, 1.0, 0.018, "#1b1c22"],
      [0.2, 0.69, 1.1, 0.1, "#f0a92e"],
      [-0.3, 0.69, 0.44, 0.1, "#2a5f8f"],
      [-0.2, 0.81, 1.5, 0.025, "#e0442c"],
      [-0.2, 0.86, 0.8, 0.06, "#1b1c22"],
    ];
    for (const [x, y, long, thick, color] of bars)
      sheet.rect(x * w, y * h, long * w, thick * h, color);
    const big = disc(w * 0.62, h * 0.43, w * 0.25);
    sheet.path(big, "#f3ead8");
    sheet.inside(big, () => {
      sheet.rect(0, h * 0.43, w * 1.4, h, "#1b1c22");
      for (let i = 0; i < 9; i++)
        sheet.rect(0, h * (0.437 + i * 0.016), w * 1.4, h * 0.0055 * (1 + i * 0.16), "#f3ead8");
    });
    sheet.circle(w * 0.24, h * 0.6, w * 0.11, "#e0442c");
    sheet.circle(w * 0.24, h * 0.6, w * 0.045, "#f3ead8");
  });
  sheet.fill(sheet.spray("#3a2a20", [w, h * 1.02], [0, -h * 0.2], 0.06));
};

/** The warm and the cold of discs cut in quarters, after the Orphists of 1913. */
export const orphicDiscs: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  const colors = [
    "#d8352f",
    "#f2a33c",
    "#f6d05a",
    "#3f8f6a",
    "#2f6fb0",
    "#223a7a",
    "#8a4f9a",
    "#ef8fa0",
    "#f8ead0",
    "#1b1f33",
    "#6fc0c0",
  ];
  sheet.fill("#f4e6cd");
  const wheel = (x: number, y: number, r: number, rings: number, start: number) => {
    const cuts = times(4, (i) => start + (i * Math.PI) / 2);
    for (let ring = rings; ring > 0; ring--) {
      const radius = (r * ring) / rings;
      let last = -1;
      cuts.forEach((from, i) => {
        let pick = chance.int(0, colors.length - 1);
        if (pick === last) pick += 4;
        last = pick;
        const to = from + Math.PI / 2;
        const [a, b] = [polar(x, y, radius, from), polar(x, y, radius, to)];
        sheet.path(
          `M${round(x)} ${round(y)}L${round(a[0])} ${round(a[1])}A${round(radius)} ${round(radius)} 0 0 1 ${round(b[0])} ${round(b[1])}Z`,
          at(colors, pick + i),
        );
      });
    }
    sheet.path(
      disc(x, y, r),
      sheet.spray("#14142b", [x + r, y + r], [x - r * 0.4, y - r * 0.4], 0.3),
    );
  };
  for (let i = 0; i < 7; i++) {
    const x = (i / 6) * w;
    sheet.path(
      poly([
        [x, 0],
        [x + w * 0.22, 0],
        [x + w * 0.02, h],
        [x - w * 0.2, h],
      ]),
      at(["#e9c9a0", "#9cc5b8", "#f2b9a0", "#8fa9c9", "#f3d98a", "#c9a0b9", "#e9d9b9"], i),
    );
  }
  wheel(w * 0.1, h * 0.12, w * 0.2, 4, 0.1);
  wheel(w * 0.9, h * 0.9, w * 0.25, 5, 0.7);
  wheel(w * 0.86, h * 0.2, w * 0.2, 4, 0.4);
  wheel(w * 0.14, h * 0.84, w * 0.22, 4, 1.1);
  wheel(w * 0.5, h * 0.5, w * 0.34, 7, 0.35);
  wheel(w * 0.5, h * 0.08, w * 0.09, 3, 0.9);
  wheel(w * 0.52, h * 0.93, w * 0.08, 3, 0.2);
};

export const superGraphic: Drawing = (sheet) => {
  const { width: w, height: h } = sheet;
  sheet.fill("#f7e6c4");
  const stripes = ["#5a2a27", "#a83f2a", "#d9682f", "#eda13f", "#f3c873", "#2f6b6b"];
  const t = h * 0.062;
  const ribbon = (path: (off: number) => string) =>
    stripes.forEach((color, i) => {
      sheet.add(
        `<path d="${path((i - 2.5) * t)}" fill="none" stroke="${color}" stroke-width="${round(t * 1.015)}"/>`,
      );
    });
  const n = round;
  ribbon((o) => {
    const [r1, r2] = [h * 0.3 + o, h * 0.3 - o];
    return `M-20 ${n(h * 0.22 - o)}H${n(w * 0.42)}A${n(r1)} ${n(r1)} 0 0 1 ${n(w * 0.42)} ${n(h * 0.22 - o + 2 * r1)}H${n(w * 0.36)}A${n(Math.max(2, r2 - h * 0.02))} ${n(Math.max(2, r2 - h * 0.02))} 0 0 0 ${n(w * 0.36 - Math.max(2, r2 - h * 0.02))} ${n(h * 0.82 + o + Math.max(2, r2 - h * 0.02))}V${h + 20}`;
  });
  const [cx, cy] = [w * 0.76, h * 0.62];
  stripes.forEach((color, i) => {
    const r = h * 0.44 - i * t;
    sheet.path(
      `M${n(cx - r)} ${n(cy + h * 0.5)}V${n(cy)}A${n(r)} ${n(r)} 0 0 1 ${n(cx + r)} ${n(cy)}V${n(cy + h * 0.5)}Z`,
      color,
    );
  });
  const core = h * 0.44 - stripes.length * t;
  sheet.circle(cx, cy, core * 0.98, "#f7e6c4");
  sheet.rect(cx - core, cy, core * 2, h, "#f7e6c4");
  sheet.circle(cx, cy, core * 0.62, "#d9682f");
  sheet.fill(sheet.spray("#5a2a27", [w * 1.02, h * 1.05], [w * 0.1, -h * 0.3], 0.1));
};

export const bulge: Drawing = (sheet) => {
  const { width: w, height: h } = sheet;
  sheet.fill("#131a3a");
  const count = 25;
  const cell = w / count;
  const lens = (x: number, y: number): Point => {
    const pull = (cx: number, cy: number, r: number, k: number): Point => {
      const [dx, dy] = [x - cx * w, y - cy * h];
      const d = Math.hypot(dx, dy) / (r * w);
      if (d >= 1) return [0, 0];
      const push = k * Math.sin(Math.PI * d) * (1 - d * 0.3);
      const far = Math.hypot(dx, dy) || 1;
      return [(dx / far) * push * cell, (dy / far) * push * cell];
    };
    const [a, b] = [pull(0.36, 0.37, 0.36, 2.1), pull(0.74, 0.74, 0.28, 1.7)];
    return [x + a[0] + b[0], y + a[1] + b[1]];
  };
  const hot = ["#ff5d5d", "#ff9f5a", "#ffd76a", "#fff3cf"];
  const cold = ["#2f4fb0", "#3f86d0", "#4fc3c9", "#a9f0d8"];
  for (let r = 0; r < count; r++) {
    for (let c = 0; c < count; c++) {
      const [x, y] = [(c + 0.5) * cell, (r + 0.5) * cell];
      const [a, b, d, e] = [
        lens(x - cell / 2, y - cell / 2),
        lens(x + cell / 2, y - cell / 2),
        lens(x + cell / 2, y + cell / 2),
        lens(x - cell / 2, y + cell / 2),
      ];
      const area =
        Math.abs((d[0] - a[0]) * (e[1] - b[1]) - (e[0] - b[0]) * (d[1] - a[1])) / 2 / (cell * cell);
      const mid: Point = [(a[0] + d[0]) / 2, (a[1] + d[1]) / 2];
      const warm = (r + c) % 2 === 0;
      const shade = Math.min(1, Math.max(0, (area - 0.35) / 1.9));
      sheet.path(
        poly([a, b, d, e]),
        warm ? mix("#131a3a", ramp(cold, shade), 0.9) : mix("#1a1440", "#3a2a6d", shade),
      );
      const shrink = (p: Point): Point => [
        mid[0] + (p[0] - mid[0]) * 0.82,
        mid[1] + (p[1] - mid[1]) * 0.82,
      ];
      const [ab, bd, de, ea] = [
        [a, b],
        [b, d],
        [d, e],
        [e, a],
      ].map(
        ([p, q]): Point =>
          shrink([
            ((p as Point)[0] + (q as Point)[0]) / 2,
            ((p as Point)[1] + (q as Point)[1]) / 2,
          ]),
      ) as [Point, Point, Point, Point];
      sheet.path(
        smooth([ab, bd, de, ea], true),
        warm ? ramp(["#1a1440", "#4a2a7a", "#ff5d5d"], 1 - shade) : ramp(hot, shade),
      );
    }
  }
};

export const wovenLines: Drawing = (sheet) => {
  const { width: w, height: h } = sheet;
  sheet.fill("#f6ecdb");
  const lines = 58;
  for (let i = 0; i < lines; i++) {
    const u = i / (lines - 1);
    const line = times(40, (k): Point => {
      const x = (k / 39) * (w + 40) - 20;
      const v = x / w;
      const swell = Math.exp(-(((v - 0.32) / 0.16) ** 2)) * Math.exp(-(((u - 0.42) / 0.3) ** 2));
      const dip = Math.exp(-(((v - 0.72) / 0.15) ** 2)) * Math.exp(-(((u - 0.62) / 0.28) ** 2));
      return [
        x,
        h * (0.05 + u * 0.9) -
          swell * h * 0.2 +
          dip * h * 0.19 +
          Math.sin(v * 9 + u * 5) * h * 0.012,
      ];
    });
    sheet.stroke(
      smooth(line),
      ramp(["#1f3f5f", "#2f8f8b", "#e9b44c", "#e2653a", "#8f2f4a"], u),
      2.4 + 5.6 * Math.abs(Math.sin(u * 9)),
    );
  }
  sheet.fill(fade("#f6ecdb", 0.02));
};
