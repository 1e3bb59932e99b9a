import { at, blob, disc, mix, type Point, poly, round, smooth, times } from "./pen.ts";
import type { Drawing } from "./sheet.ts";

export const kites: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h, "#3f9fb5", "#8fcfc9", "#d9ecd2", "#fbeecb"));
  for (const [x, y, s] of [
    [0.2, 0.4, 64],
    [0.78, 0.18, 54],
    [0.7, 0.56, 46],
    [0.12, 0.1, 44],
  ] as const) {
    const puffs = [
      [0, 0, 1],
      [0.9, 0.18, 0.75],
      [-0.9, 0.2, 0.7],
      [1.6, 0.36, 0.45],
      [-1.6, 0.38, 0.4],
    ] as const;
    sheet.path(
      puffs.map(([dx, dy, r]) => disc(w * x + dx * s, h * y + dy * s, r * s * 0.8)).join(""),
      "#ffffff",
      'fill-opacity=".6"',
    );
  }
  const hand: Point = [w * 0.47, h * 0.868];
  const kite = (x: number, y: number, s: number, turn: number, colors: readonly string[]) => {
    const a = (turn * Math.PI) / 180;
    const spot = (px: number, py: number): Point => [
      x + (px * Math.cos(a) - py * Math.sin(a)) * s,
      y + (px * Math.sin(a) + py * Math.cos(a)) * s,
    ];
    const [foot, top, left, right, mid] = [
      spot(0, 1.15),
      spot(0, -0.85),
      spot(-0.72, -0.12),
      spot(0.72, -0.12),
      spot(0, -0.12),
    ];
    sheet.stroke(
      `M${round(mid[0])} ${round(mid[1])}Q${round((mid[0] + hand[0]) / 2 + w * 0.06)} ${round(mid[1] + (hand[1] - mid[1]) * 0.75)} ${round(hand[0])} ${round(hand[1])}`,
      "#fdf6e4",
      2,
    );
    const tail = times(
      9,
      (i): Point => [
        foot[0] + Math.sin(i * 0.9) * s * 0.26 - Math.sin(a) * i * s * 0.22,
        foot[1] + i * s * 0.24,
      ],
    );
    sheet.stroke(smooth(tail), at(colors, 2), 3);
    for (let i = 1; i < 9; i += 1) {
      const [tx, ty] = at(tail, i);
      sheet.path(
        poly([
          [tx, ty],
          [tx - s * 0.16, ty - s * 0.09],
          [tx - s * 0.16, ty + s * 0.09],
        ]) +
          poly([
            [tx, ty],
            [tx + s * 0.16, ty - s * 0.09],
            [tx + s * 0.16, ty + s * 0.09],
          ]),
        at(colors, i),
      );
    }
    sheet.path(poly([top, right, mid]), at(colors, 0));
    sheet.path(poly([top, left, mid]), at(colors, 1));
    sheet.path(poly([foot, right, mid]), at(colors, 2));
    sheet.path(poly([foot, left, mid]), at(colors, 3));
    sheet.path(
      poly([top, right, foot, left]),
      sheet.spray("#3a1a3a", spot(0.8, 1), spot(-0.3, -0.4), 0.32),
    );
    sheet.stroke(poly([top, foot], false) + poly([left, right], false), "#fdf6e4", 2.6);
  };
  kite(w * 0.24, h * 0.25, w * 0.15, -24, ["#e2553d", "#f2a33c", "#8f2f4a", "#e2553d"]);
  kite(w * 0.73, h * 0.38, w * 0.125, 18, ["#2f5f9a", "#6fc0c0", "#f6e6c4", "#2f5f9a"]);
  kite(w * 0.62, h * 0.11, w * 0.1, 12, ["#f2b93c", "#f6e6c4", "#e2857a", "#c8453a"]);
  kite(w * 0.22, h * 0.56, w * 0.085, -10, ["#7a4f9a", "#e29ab4", "#f2b93c", "#7a4f9a"]);
  const hills: [number, string][] = [
    [0.85, "#b9cf8f"],
    [0.89, "#7fae74"],
    [0.945, "#3f7f63"],
  ];
  hills.forEach(([y, tone], i) => {
    const line = times(
      7,
      (k): Point => [(k / 6) * (w + 40) - 20, h * (y + 0.018 * Math.sin(k * 1.6 + i * 2 + 0.4))],
    );
    const shape = `${smooth(line)}V${h + 5}H-20Z`;
    sheet.path(shape, tone);
    sheet.path(
      shape,
      sheet.spray(mix(tone, "#12453f", 0.7), [0, h * (y + 0.12)], [0, h * y], 0.35),
    );
    if (i === 0) {
      sheet.path(`M${w * 0.46 - 10} ${h * 0.9}l6 -44q-2 -26 14 -26t14 26l8 44Z`, "#d8453a");
      sheet.circle(w * 0.46 + 4, h * 0.878 - 28, 13, "#3a2433");
      sheet.stroke(`M${w * 0.46 + 8} ${h * 0.88}L${hand[0]} ${hand[1]}`, "#f0c0a0", 6);
    }
  });
  for (let i = 0; i < 46; i++) {
    const [x, y] = [chance.next() * w, h * chance.between(0.955, 0.995)];
    sheet.path(
      blob(chance, x, y, chance.between(3, 6), 0.2, 5),
      chance.pick(["#fdf6e4", "#f2b93c", "#e2857a"]),
    );
  }
};
