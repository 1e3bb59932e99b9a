import { at, fade, leaf, mix, type Point, polar, poly, round, smooth, times } from "./pen.ts";
import type { Drawing } from "./sheet.ts";

export const plantShelf: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill("#f6dfd0");
  sheet.path(
    poly([
      [w * 0.1, 0],
      [w * 0.62, 0],
      [w * 1.02, h * 0.62],
      [w * 1.02, h],
      [w * 0.74, h],
    ]),
    fade("#fff6e6", 0.6),
  );
  const pots = ["#c8553a", "#2f5d62", "#e2a33b", "#e9dcc3", "#8a3f55", "#34506b"];
  const greens = ["#2f6b4f", "#4f8a5f", "#6fa06a", "#1f4f47", "#8fb06f"];
  const board = (y: number) => {
    sheet.rect(w * 0.05, y, w * 0.9, 18, "#c98a58", 'rx="3"');
    sheet.rect(w * 0.05, y + 12, w * 0.9, 6, "#8f5a3d");
    sheet.rect(
      w * 0.07,
      y + 18,
      w * 0.86,
      26,
      sheet.down(y + 18, y + 44, "#a05a4f55", "#a05a4f00"),
    );
    for (const bx of [0.14, 0.86])
      sheet.path(
        poly([
          [w * bx - 6, y + 18],
          [w * bx + 6, y + 18],
          [w * bx + 6, y + 60],
          [w * bx - 6, y + 46],
        ]),
        "#8f5a3d",
      );
  };
  const pot = (x: number, y: number, s: number, color: string) => {
    const d = `M${round(x - s * 0.5)} ${round(y - s * 0.9)}H${round(x + s * 0.5)}L${round(x + s * 0.38)} ${round(y)}H${round(x - s * 0.38)}Z`;
    sheet.path(d, color);
    sheet.path(
      d,
      sheet.spray(mix(color, "#2a1a30", 0.6), [x + s * 0.6, y], [x - s * 0.2, y - s * 0.4], 0.5),
    );
    if (chance.is(0.5))
      sheet.inside(d, () =>
        sheet.stroke(
          poly(
            times(9, (i): Point => [x - s * 0.5 + (i * s) / 8, y - s * (i % 2 ? 0.5 : 0.34)]),
            false,
          ),
          mix(color, "#fff6e6", 0.7),
          6,
        ),
      );
    sheet.rect(
      x - s * 0.55,
      y - s * 0.98,
      s * 1.1,
      s * 0.16,
      mix(color, "#fff6e6", 0.14),
      'rx="3"',
    );
  };
  type Kind = "blades" | "round" | "trail" | "cactus" | "palm" | "monstera";
  const plant = (kind: Kind, x: number, y: number, s: number, index: number) => {
    const top = y - s * 0.9;
    const green = (i: number) => at(greens, i + index);
    if (kind === "blades")
      for (let i = 0; i < 9; i++) {
        const lean = (i - 4) * s * 0.13;
        const tall = s * (1.9 - Math.abs(i - 4) * 0.17);
        sheet.path(
          leaf([x + lean * 0.4, top + 8], [x + lean, top - tall], s * 0.2, 0.4),
          green(i % 2),
        );
        sheet.path(
          leaf([x + lean * 0.4, top + 8], [x + lean, top - tall], s * 0.07, 0.4),
          "#b9cc8a",
        );
      }
    if (kind === "round")
      for (let i = 0; i < 15; i++) {
        const turn = -Math.PI * (0.06 + (i / 14) * 0.88);
        const end = polar(x, top, s * chance.between(0.55, 1.35), turn);
        sheet.stroke(
          `M${round(x)} ${round(top + 6)}Q${round((x + end[0]) / 2)} ${round(end[1])} ${round(end[0])} ${round(end[1])}`,
          "#6d8a5f",
          3,
        );
        sheet.circle(end[0], end[1], s * 0.17, green(i));
        sheet.circle(end[0] - s * 0.02, end[1] - s * 0.02, s * 0.035, "#d9e3b0");
      }
    if (kind === "cactus") {
      const body = (bx: number, by: number, bw: number, bh: number, c: string) => {
        const d = `M${round(bx - bw / 2)} ${round(by)}v${round(-bh + bw / 2)}a${round(bw / 2)} ${round(bw / 2)} 0 0 1 ${round(bw)} 0v${round(bh - bw / 2)}Z`;
        sheet.path(d, c);
        for (let i = 1; i < 4; i++)
          sheet.stroke(
            `M${round(bx - bw / 2 + (bw * i) / 4)} ${round(by - 4)}v${round(-bh + bw * 0.42)}`,
            mix(c, "#f6efd0", 0.35),
            2.6,
            'stroke-dasharray="2 9"',
          );
      };
      sheet.stroke(
        `M${round(x)} ${round(top - s * 0.5)}h${round(s * 0.4)}v${round(-s * 0.45)}`,
        green(1),
        s * 0.2,
      );
      sheet.stroke(
        `M${round(x)} ${round(top - s * 0.3)}h${round(-s * 0.4)}v${round(-s * 0.3)}`,
        green(1),
        s * 0.18,
      );
      body(x, top + 6, s * 0.42, s * 1.5, green(0));
      for (let k = 0; k < 6; k++)
        sheet.path(
          leaf(
            [x, top - s * 1.42],
            polar(x, top - s * 1.44, s * 0.2, -Math.PI * (0.1 + k * 0.16)),
            s * 0.09,
          ),
          "#e2557a",
        );
    }
    if (kind === "palm")
      for (let i = 0; i < 8; i++) {
        const turn = -Math.PI * (0.12 + (i / 7) * 0.76);
        const end = polar(x, top, s * 1.75, turn);
        const mid: Point = [(x + end[0]) / 2, top - s * 1.1 * Math.abs(Math.sin(turn)) - s * 0.15];
        const line: Point[] = [[x, top + 6], mid, end];
        sheet.stroke(smooth(line), green(0), 4);
        for (let k = 2; k < 9; k++) {
          const u = k / 9;
          const px = (1 - u) ** 2 * x + 2 * u * (1 - u) * mid[0] + u * u * end[0];
          const py = (1 - u) ** 2 * top + 2 * u * (1 - u) * mid[1] + u * u * end[1];
          for (const sign of [-1, 1])
            sheet.path(
              leaf(
                [px, py],
                polar(px, py, s * 0.42 * (1.1 - u * 0.7), turn + sign * 0.8),
                s * 0.085,
              ),
              green(i % 3),
            );
        }
      }
    if (kind === "monstera")
      for (let i = 0; i < 7; i++) {
        const turn = -Math.PI * (0.1 + (i / 6) * 0.8);
        const end = polar(x, top, s * (1 + (i % 3) * 0.32), turn);
        sheet.stroke(
          `M${round(x)} ${round(top + 6)}Q${round(x)} ${round(end[1])} ${round(end[0])} ${round(end[1])}`,
          "#3f6b4f",
          5,
        );
        const tip = polar(end[0], end[1], s * 0.66, turn + 0.1);
        const back = polar(end[0], end[1], -s * 0.12, turn);
        sheet.path(leaf(back, tip, s * 0.74, 0.35), green(i % 3));
        for (const sign of [1, -1])
          for (let k = 0; k < 3; k++) {
            const root = polar(end[0], end[1], s * (0.08 + k * 0.14), turn);
            const cut = polar(root[0], root[1], s * 0.44, turn + sign * 0.95);
            sheet.path(
              leaf(polar(root[0], root[1], s * 0.12, turn + sign * 0.95), cut, s * 0.07, 0.7),
              "#f6dfd0",
            );
          }
        sheet.stroke(
          `M${round(back[0])} ${round(back[1])}L${round(tip[0])} ${round(tip[1])}`,
          "#b9cc8a",
          2.6,
        );
      }
  };
  const trail = (x: number, y: number, s: number, index: number) => {
    for (let v = 0; v < 6; v++) {
      const start = x + (v - 2.5) * s * 0.2;
      const long = s * chance.between(1.2, 3);
      for (let k = 0; k < long / 17; k++) {
        const [lx, ly] = [start + Math.sin(k * 0.6 + v) * 8 + (v - 2.5) * 5, y - s * 0.86 + k * 17];
        sheet.path(
          leaf([lx, ly], [lx + (k % 2 ? 20 : -20), ly + 16], 15, 0.4),
          at(greens, k + v + index),
        );
      }
    }
  };
  const rows: [number, [Kind, number, number][]][] = [
    [
      0.3,
      [
        ["blades", 0.22, 92],
        ["round", 0.5, 86],
        ["cactus", 0.78, 92],
      ],
    ],
    [
      0.61,
      [
        ["palm", 0.27, 96],
        ["trail", 0.55, 84],
        ["blades", 0.8, 74],
      ],
    ],
    [
      0.93,
      [
        ["cactus", 0.18, 74],
        ["monstera", 0.48, 94],
        ["round", 0.83, 92],
      ],
    ],
  ];
  rows.forEach(([share, plants], row) => {
    const y = h * share;
    board(y);
    plants.forEach(([kind, px, size], i) => {
      const s = size * 1.3;
      plant(kind, w * px, y, s, row + i);
      pot(w * px, y, s, at(pots, row * 2 + i * 3 + (row === 2 ? 1 : 0)));
      if (kind === "trail") trail(w * px, y, s, row);
    });
  });
};
