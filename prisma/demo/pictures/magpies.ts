import { disc, fade, leaf, mix, type Point, poly, ridge, round, smooth } from "./pen.ts";
import type { Drawing, Sheet } from "./sheet.ts";

/** A magpie on its perch at (x, y), facing right when `way` is 1 and left when -1. */
function magpie(sheet: Sheet, x: number, y: number, s: number, way: 1 | -1, lean: number): void {
  const p = (a: number, b: number) => `${round(a * s)} ${round(b * s)}`;
  const ink = "#15182b";
  sheet.group(
    `transform="translate(${round(x)} ${round(y)}) scale(${way} 1) rotate(${lean})"`,
    () => {
      sheet.stroke(
        `M${p(0.02, -0.16)}L${p(0.05, 0.02)}M${p(0.16, -0.16)}L${p(0.2, 0.02)}`,
        "#2a2433",
        s * 0.035,
      );
      const tail = (from: Point, to: Point, wide: number, color: string) => {
        const turn = Math.atan2(to[1] - from[1], to[0] - from[0]);
        const [nx, ny] = [-Math.sin(turn) * wide, Math.cos(turn) * wide];
        sheet.path(
          `M${p(from[0] + nx * 0.6, from[1] + ny * 0.6)}L${p(to[0] + nx, to[1] + ny)}Q${p(to[0] + Math.cos(turn) * wide * 1.9, to[1] + Math.sin(turn) * wide * 1.9)} ${p(to[0] - nx, to[1] - ny)}L${p(from[0] - nx * 0.6, from[1] - ny * 0.6)}Z`,
          color,
        );
      };
      tail([-0.38, -0.32], [-1.04, 0.3], 0.075, "#1f4f6a");
      tail([-0.36, -0.36], [-1.2, 0.3], 0.07, "#14314f");
      tail(
        [-0.36, -0.38],
        [-1.36, 0.32],
        0.062,
        sheet.linear([-s * 0.4, -s * 0.4], [-s * 1.4, s * 0.3], "#1b1f3a", "#1f5f74", "#3a3f7a"),
      );
      const body = `M${p(0.12, -1.17)}C${p(0.3, -1.2)} ${p(0.43, -1.1)} ${p(0.42, -0.96)}C${p(0.42, -0.84)} ${p(0.47, -0.74)} ${p(0.46, -0.58)}C${p(0.44, -0.3)} ${p(0.22, -0.1)} ${p(-0.02, -0.1)}C${p(-0.2, -0.1)} ${p(-0.34, -0.18)} ${p(-0.48, -0.26)}C${p(-0.4, -0.5)} ${p(-0.2, -0.72)} ${p(-0.1, -0.86)}C${p(-0.04, -0.98)} ${p(0, -1.14)} ${p(0.12, -1.17)}Z`;
      sheet.path(body, ink);
      sheet.inside(body, () => {
        sheet.path(
          `M${p(0.6, -0.6)}C${p(0.3, -0.64)} ${p(0.2, -0.55)} ${p(0.1, -0.3)}C${p(0.02, -0.16)} ${p(-0.1, -0.13)} ${p(-0.24, -0.12)}L${p(-0.2, 0)}H${round(s * 0.6)}Z`,
          "#fbf6ea",
        );
        sheet.path(
          `M${p(0.6, -0.42)}C${p(0.4, -0.2)} ${p(0.2, -0.14)} ${p(-0.2, -0.1)}L${p(-0.1, 0.1)}H${round(s * 0.6)}Z`,
          "#b9c0d0",
          'fill-opacity=".8"',
        );
        sheet.path(
          `M${p(0.02, -1.2)}C${p(0.3, -1.2)} ${p(0.36, -1.08)} ${p(0.36, -1)}C${p(0.2, -1.1)} ${p(0.06, -1.04)} ${p(-0.1, -0.8)}Z`,
          "#2f3a66",
          'fill-opacity=".75"',
        );
      });
      const wing = `M${p(0.14, -0.76)}C${p(0.2, -0.56)} ${p(0.1, -0.34)} ${p(-0.14, -0.24)}C${p(-0.34, -0.14)} ${p(-0.6, -0.06)} ${p(-0.82, 0.06)}C${p(-0.7, -0.2)} ${p(-0.44, -0.5)} ${p(-0.2, -0.7)}C${p(-0.08, -0.8)} ${p(0.1, -0.84)} ${p(0.14, -0.76)}Z`;
      sheet.path(
        wing,
        sheet.linear(
          [s * 0.1, -s * 0.7],
          [-s * 0.8, 0],
          "#1b1f3a",
          "#1d3f73",
          "#2f7fa0",
          "#1d2a5a",
        ),
      );
      sheet.inside(wing, () => {
        sheet.path(
          `M${p(0.2, -0.86)}C${p(0.26, -0.6)} ${p(0.1, -0.5)} ${p(-0.12, -0.46)}C${p(-0.3, -0.44)} ${p(-0.36, -0.5)} ${p(-0.3, -0.62)}C${p(-0.2, -0.8)} ${p(0, -0.9)} ${p(0.2, -0.86)}Z`,
          "#fbf6ea",
        );
        for (let i = 0; i < 5; i++)
          sheet.stroke(
            `M${p(0.06 - i * 0.08, -0.4 + i * 0.05)}Q${p(-0.4, -0.28 + i * 0.03)} ${p(-0.84, 0.04 + i * 0.01)}`,
            fade("#8fd0e0", 0.35),
            s * 0.012,
          );
      });
      sheet.path(
        `M${p(0.38, -1.06)}C${p(0.5, -1.08)} ${p(0.62, -1.02)} ${p(0.7, -0.93)}C${p(0.6, -0.92)} ${p(0.5, -0.9)} ${p(0.4, -0.9)}Z`,
        "#0e1020",
      );
      sheet.stroke(`M${p(0.41, -0.97)}L${p(0.62, -0.955)}`, "#3a3f5a", s * 0.012);
      sheet.circle(s * 0.29, -s * 1.03, s * 0.034, "#fbf6ea");
      sheet.circle(s * 0.296, -s * 1.03, s * 0.02, "#0e1020");
    },
  );
}

export const twoMagpies: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h, "#e9b7a0", "#f3d2b3", "#f8e6cb"));
  const [mx, my, mr] = [w * 0.54, h * 0.4, w * 0.34];
  sheet.circle(mx, my, mr, "#fdf5e2");
  sheet.path(disc(mx, my, mr), sheet.spray("#e0906f", [mx, my + mr], [mx, my - mr * 0.5], 0.35));
  const hills: [number, string][] = [
    [0.82, "#dba38c"],
    [0.89, "#b97a78"],
    [0.95, "#7a4f62"],
  ];
  for (const [y, tone] of hills)
    sheet.path(`${poly(ridge(chance, w, h * y, h * 0.07, 0.42), false)}V${h + 5}H-10Z`, tone);
  const bark = "#3a2636";
  const bough = (points: Point[], from: number, to: number) => {
    const side = (sign: number): Point[] =>
      points.map(([x, y], i) => [
        x * w,
        y * h + (sign * (from + ((to - from) * i) / (points.length - 1))) / 2,
      ]);
    sheet.path(smooth([...side(-1), ...side(1).reverse()], true), bark);
  };
  bough(
    [
      [-0.03, 0.79],
      [0.2, 0.735],
      [0.45, 0.74],
      [0.7, 0.69],
      [0.9, 0.7],
      [1.0, 0.66],
    ],
    46,
    9,
  );
  bough(
    [
      [0.18, 0.74],
      [0.24, 0.81],
      [0.34, 0.85],
      [0.42, 0.84],
    ],
    20,
    4,
  );
  bough(
    [
      [0.66, 0.695],
      [0.76, 0.63],
      [0.84, 0.6],
      [0.93, 0.53],
    ],
    16,
    4,
  );
  bough(
    [
      [0.02, 0.775],
      [0.06, 0.66],
      [0.04, 0.55],
      [0.09, 0.46],
    ],
    22,
    4,
  );
  bough(
    [
      [0.055, 0.62],
      [0.12, 0.57],
      [0.17, 0.56],
    ],
    9,
    3,
  );
  bough(
    [
      [0.84, 0.6],
      [0.9, 0.605],
      [0.97, 0.58],
    ],
    8,
    3,
  );
  const leaves: [number, number, number][] = [
    [0.42, 0.84, 20],
    [0.35, 0.85, 80],
    [0.93, 0.53, -60],
    [0.88, 0.57, -10],
    [0.97, 0.58, 10],
    [1, 0.66, -20],
    [0.09, 0.46, -80],
    [0.045, 0.56, -150],
    [0.17, 0.56, -20],
    [0.12, 0.57, -80],
    [0.29, 0.83, 130],
    [0.8, 0.615, -110],
    [0.06, 0.5, -20],
    [0.9, 0.605, 70],
    [0.05, 0.66, -10],
  ];
  for (const [lx, ly, turn] of leaves) {
    const a = (turn * Math.PI) / 180;
    const foot: Point = [lx * w, ly * h];
    const s = w * chance.between(0.06, 0.09);
    const color = chance.pick(["#d9573a", "#e98a3f", "#c23f3a", "#e9b04a"]);
    const tip: Point = [foot[0] + Math.cos(a) * s, foot[1] + Math.sin(a) * s];
    sheet.path(leaf(foot, tip, s * 0.4), color);
    sheet.path(leaf(foot, tip, s * 0.05), mix(color, "#5a1f2f", 0.5));
  }
  for (const [bx, by] of [
    [0.4, 0.87],
    [0.44, 0.88],
    [0.95, 0.64],
    [0.98, 0.63],
    [0.19, 0.6],
    [0.15, 0.62],
  ] as const) {
    sheet.stroke(`M${bx * w} ${by * h}v${round(-h * 0.03)}`, bark, 3);
    sheet.circle(bx * w, by * h, 11, "#b92f35");
    sheet.circle(bx * w - 3, by * h - 4, 3, "#f6b0a0");
  }
  magpie(sheet, w * 0.4, h * 0.732, w * 0.27, 1, 0);
  magpie(sheet, w * 0.73, h * 0.694, w * 0.225, -1, 4);
};
