import { at, blob, fade, leaf, type Point, polar, round, smooth, times } from "./pen.ts";
import type { Drawing, Sheet } from "./sheet.ts";

type Cell = (sheet: Sheet, size: number, ink: string, vein: string) => void;

/** Each leaf stands upright around the origin, a little under `size` tall. */
const LEAVES: Cell[] = [
  (sheet, s, ink, vein) => {
    sheet.path(leaf([0, s * 0.42], [0, -s * 0.44], s * 0.5), ink);
    for (let i = 0; i < 6; i++)
      for (const k of [-1, 1])
        sheet.stroke(
          `M0 ${round(s * (0.24 - i * 0.1))}q${round(k * s * 0.1)} ${round(-s * 0.04)} ${round(k * s * 0.16 * Math.sin(0.9 + i * 0.33))} ${round(-s * 0.12)}`,
          vein,
          s * 0.012,
        );
    sheet.stroke(`M0 ${round(s * 0.46)}V${round(-s * 0.36)}`, vein, s * 0.016);
  },
  (sheet, s, ink) => {
    sheet.stroke(`M0 ${round(s * 0.46)}V${round(-s * 0.36)}`, ink, s * 0.02);
    for (let i = 0; i < 8; i++)
      for (const k of [-1, 1]) {
        const y = s * (0.32 - i * 0.095);
        sheet.path(leaf([0, y], [k * s * (0.32 - i * 0.026), y - s * 0.14], s * 0.085), ink);
      }
    sheet.path(leaf([0, -s * 0.34], [0, -s * 0.47], s * 0.08), ink);
  },
  (sheet, s, ink, vein) => {
    for (let i = 0; i < 7; i++) {
      const turn = -Math.PI / 2 + (i - 3) * 0.56;
      const far = s * (0.46 - Math.abs(i - 3) * 0.045);
      sheet.path(leaf([0, s * 0.12], polar(0, s * 0.12, far, turn), s * 0.17, 0.55), ink);
      const tip = polar(0, s * 0.12, far * 0.8, turn);
      sheet.stroke(`M0 ${round(s * 0.12)}L${round(tip[0])} ${round(tip[1])}`, vein, s * 0.011);
    }
    sheet.stroke(`M0 ${round(s * 0.12)}V${round(s * 0.46)}`, ink, s * 0.024);
  },
  (sheet, s, ink, vein) => {
    sheet.path(
      `M0 ${round(s * 0.24)}C${round(-s * 0.46)} ${round(s * 0.24)} ${round(-s * 0.5)} ${round(-s * 0.24)} ${round(-s * 0.34)} ${round(-s * 0.34)}Q${round(-s * 0.2)} ${round(-s * 0.42)} 0 ${round(-s * 0.3)}Q${round(s * 0.2)} ${round(-s * 0.42)} ${round(s * 0.34)} ${round(-s * 0.34)}C${round(s * 0.5)} ${round(-s * 0.24)} ${round(s * 0.46)} ${round(s * 0.24)} 0 ${round(s * 0.24)}Z`,
      ink,
    );
    for (let i = 0; i < 9; i++) {
      const tip = polar(0, s * 0.22, s * 0.5, -Math.PI / 2 + (i - 4) * 0.24);
      sheet.stroke(`M0 ${round(s * 0.22)}L${round(tip[0])} ${round(tip[1])}`, vein, s * 0.01);
    }
    sheet.stroke(`M0 ${round(s * 0.22)}V${round(s * 0.46)}`, ink, s * 0.024);
  },
  (sheet, s, ink, vein) => {
    const side = (k: number): Point[] =>
      times(
        10,
        (i): Point => [
          k * s * (i % 2 ? 0.1 : 0.3) * (1.05 - Math.abs(i - 5) * 0.1),
          s * (0.3 - i * 0.075),
        ],
      );
    sheet.path(
      smooth([[0, s * 0.36], ...side(1), [0, -s * 0.46], ...side(-1).reverse()], true),
      ink,
    );
    sheet.stroke(`M0 ${round(s * 0.46)}V${round(-s * 0.38)}`, vein, s * 0.018);
    for (let i = 0; i < 5; i++)
      for (const k of [-1, 1])
        sheet.stroke(
          `M0 ${round(s * (0.3 - i * 0.14))}l${round(k * s * 0.18)} ${round(-s * 0.05)}`,
          vein,
          s * 0.011,
        );
  },
  (sheet, s, ink) => {
    sheet.stroke(
      `M0 ${round(s * 0.46)}Q${round(s * 0.05)} 0 ${round(-s * 0.04)} ${round(-s * 0.4)}`,
      ink,
      s * 0.018,
    );
    for (let i = 0; i < 7; i++) {
      const k = i % 2 ? 1 : -1;
      const y = s * (0.34 - i * 0.105);
      const x = s * 0.02;
      sheet.stroke(
        `M${round(x)} ${round(y)}q${round(k * s * 0.08)} ${round(-s * 0.02)} ${round(k * s * 0.12)} ${round(-s * 0.06)}`,
        ink,
        s * 0.014,
      );
      sheet.circle(x + k * s * 0.19, y - s * 0.1, s * 0.092, ink);
    }
    sheet.circle(-s * 0.04, -s * 0.39, s * 0.06, ink);
  },
];

export const leafPrints: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  const [columns, rows] = [4, 5];
  const grounds = [
    "#f3e3c7",
    "#1f4a4a",
    "#d9694a",
    "#e8b45a",
    "#8fae9b",
    "#f0c9b0",
    "#2f6b5f",
    "#b8473f",
  ];
  const inks = [
    "#2f6b5f",
    "#f0c9b0",
    "#f6ead2",
    "#1f4a4a",
    "#f6ead2",
    "#b8473f",
    "#e8b45a",
    "#f3d9b0",
  ];
  sheet.fill("#f8efdf");
  const gap = 14;
  const [cw, ch] = [(w - gap * (columns + 1)) / columns, (h - gap * (rows + 1)) / rows];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const k = (r * 3 + c * 5 + (r % 2)) % grounds.length;
      const [x, y] = [gap + c * (cw + gap), gap + r * (ch + gap)];
      sheet.rect(x, y, cw, ch, at(grounds, k));
      const lean = chance.int(-16, 16);
      sheet.group(
        `transform="translate(${round(x + cw / 2)} ${round(y + ch / 2)}) rotate(${lean})"`,
        () =>
          at(LEAVES, r * 2 + c * 1 + (r > 2 ? 1 : 0))(
            sheet,
            Math.min(cw, ch) * 0.94,
            at(inks, k),
            at(grounds, k),
          ),
      );
    }
  }
  sheet.fill(sheet.spray("#3a2a20", [w, h * 1.02], [0, -h * 0.4], 0.04));
};

export const eucalyptus: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill("#f7f0e4");
  const wash = (x: number, y: number, r: number, turn: number, color: string) => {
    const d = blob(chance, 0, 0, r, 0.07, 8);
    const place = `transform="translate(${round(x)} ${round(y)}) rotate(${round(turn)}) scale(1 .86)"`;
    sheet.group(place, () => {
      sheet.path(
        d,
        sheet.radial(
          r * 0.2,
          -r * 0.1,
          r * 1.15,
          fade(color, 0.42),
          fade(color, 0.55),
          fade(color, 0.86),
        ),
      );
      sheet.path(blob(chance, -r * 0.12, r * 0.1, r * 0.62, 0.25), fade(color, 0.2));
      sheet.stroke(
        `M${round(-r * 0.95)} 0Q0 ${round(r * 0.08)} ${round(r * 0.8)} 0`,
        fade("#f7f0e4", 0.8),
        2,
      );
    });
  };
  const tones = ["#5f8f86", "#7fa79a", "#3f7470", "#94b3a0", "#6d8f9a", "#a9bda0"];
  const branch = (points: Point[], size: number, count: number) => {
    sheet.stroke(smooth(points), "#8a6a55", 5);
    for (let i = 0; i < count; i++) {
      const u = (i + 0.6) / count;
      const k = u * (points.length - 1);
      const [a, b] = [
        at(points, Math.floor(k)),
        at(points, Math.min(points.length - 1, Math.floor(k) + 1)),
      ];
      const [x, y] = [a[0] + (b[0] - a[0]) * (k % 1), a[1] + (b[1] - a[1]) * (k % 1)];
      const along = Math.atan2(b[1] - a[1], b[0] - a[0]);
      for (const sign of [-1, 1]) {
        const r = size * (1.1 - u * 0.62) * chance.between(0.86, 1.12);
        const turn = along + sign * chance.between(0.95, 1.3);
        const [lx, ly] = polar(x, y, r * 1.15, turn);
        sheet.stroke(
          `M${round(x)} ${round(y)}L${round(x + (lx - x) * 0.3)} ${round(y + (ly - y) * 0.3)}`,
          "#8a6a55",
          3,
        );
        wash(lx, ly, r, (turn * 180) / Math.PI, chance.pick(tones));
      }
    }
    const tip = at(points, points.length - 1);
    wash(tip[0], tip[1] - size * 0.3, size * 0.4, -70, at(tones, 3));
  };
  branch(
    [
      [w * 0.46, h * 1.02],
      [w * 0.5, h * 0.75],
      [w * 0.53, h * 0.45],
      [w * 0.46, h * 0.1],
    ],
    w * 0.118,
    11,
  );
  branch(
    [
      [w * 0.5, h * 0.8],
      [w * 0.66, h * 0.62],
      [w * 0.78, h * 0.44],
      [w * 0.8, h * 0.3],
    ],
    w * 0.078,
    7,
  );
  branch(
    [
      [w * 0.5, h * 0.7],
      [w * 0.34, h * 0.55],
      [w * 0.22, h * 0.42],
      [w * 0.18, h * 0.3],
    ],
    w * 0.072,
    7,
  );
  for (let i = 0; i < 26; i++)
    sheet.circle(
      chance.next() * w,
      chance.next() * h,
      chance.between(1, 5),
      fade(chance.pick(tones), 0.4),
    );
};
