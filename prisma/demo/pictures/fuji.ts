import { at, disc, fade, ground, type Point, poly, smooth, times } from "./pen.ts";
import type { Drawing } from "./sheet.ts";

export const redFuji: Drawing = (sheet) => {
  const { width: w, height: h } = sheet;
  sheet.fill(sheet.down(0, h, "#f3dfb9", "#f0c9a0", "#e79a7b"));
  sheet.circle(w * 0.68, h * 0.3, w * 0.16, "#d8412f");
  sheet.path(
    disc(w * 0.68, h * 0.3, w * 0.16),
    sheet.spray("#8f1f2b", [0, h * 0.46], [0, h * 0.2], 0.4),
  );
  const slope: Point[] = [
    [-40, h * 0.86],
    [w * 0.18, h * 0.74],
    [w * 0.32, h * 0.56],
    [w * 0.405, h * 0.38],
  ];
  const fall: Point[] = [
    [w * 0.525, h * 0.38],
    [w * 0.6, h * 0.55],
    [w * 0.76, h * 0.74],
    [w + 40, h * 0.86],
  ];
  const brim: Point[] = [
    [w * 0.43, h * 0.366],
    [w * 0.462, h * 0.378],
    [w * 0.498, h * 0.362],
  ];
  const cone = `${smooth(slope)}L${poly([...brim, at(fall, 0)], false).slice(1)}${smooth(fall).replace(/^M[^C]*/, "")}L${w + 40} ${h}L-40 ${h}Z`;
  sheet.path(cone, sheet.down(h * 0.36, h * 0.9, "#24476b", "#2f6180", "#5f8f98"));
  sheet.inside(cone, () => {
    sheet.path(
      poly([
        [w * 0.5, h * 0.3],
        [w * 0.56, h * 0.55],
        [w * 0.52, h * 0.7],
        [w * 0.62, h],
        [w * 1.1, h],
        [w * 0.7, h * 0.3],
      ]),
      fade("#142f52", 0.4),
    );
    const teeth: Point[] = times(15, (i) => {
      const share = i / 14;
      const deep = i % 2 ? 0.13 + 0.06 * Math.sin(i * 2.3) : 0.045 + 0.02 * Math.sin(i * 1.1);
      return [w * (0.33 + share * 0.28), h * (0.4 + deep)];
    });
    sheet.path(poly([[w * 0.3, h * 0.3], ...teeth, [w * 0.65, h * 0.3]]), "#fbf3e2");
    sheet.path(
      poly([[w * 0.5, h * 0.3], [w * 0.505, h * 0.41], ...teeth.slice(9), [w * 0.66, h * 0.3]]),
      fade("#9fb6c4", 0.55),
    );
    sheet.rect(0, h * 0.36, w, h * 0.6, sheet.spray("#0d2344", [0, h * 0.95], [0, h * 0.55], 0.35));
  });
  const band = (x: number, y: number, long: number, thick: number, color: string) =>
    sheet.rect(w * x, h * y, w * long, h * thick, color, `rx="${h * thick * 0.5}"`);
  for (const [x, y, long] of [
    [-0.1, 0.7, 0.5],
    [0.05, 0.735, 0.52],
    [0.58, 0.66, 0.6],
    [0.5, 0.695, 0.34],
    [-0.1, 0.2, 0.34],
    [0.04, 0.235, 0.3],
    [0.8, 0.13, 0.4],
  ] as const) {
    band(x, y, long, 0.035, "#fbeed6");
  }
  band(0.2, 0.77, 0.45, 0.024, "#fbeed6");
  const hills: [number, string][] = [
    [0.85, "#3d7a78"],
    [0.91, "#1f5560"],
    [0.965, "#12343f"],
  ];
  hills.forEach(([y, color], i) => {
    const line: Point[] = times(9, (j) => [
      (j / 8) * (w + 40) - 20,
      h * (y + 0.022 * Math.sin(j * 1.7 + i * 2)),
    ]);
    const shape = ground(smooth(line), -20, w + 20, h + 10);
    sheet.path(shape, color);
    sheet.path(shape, sheet.spray("#f3dfb9", [0, h * (y - 0.03)], [0, h * (y + 0.06)], 0.16));
  });
  const { chance } = sheet;
  const bough = (points: Point[], thick: number) => sheet.stroke(smooth(points), "#3a2029", thick);
  bough(
    [
      [w * 1.02, h * 0.02],
      [w * 0.9, h * 0.07],
      [w * 0.8, h * 0.055],
      [w * 0.7, h * 0.1],
      [w * 0.6, h * 0.09],
    ],
    11,
  );
  bough(
    [
      [w * 0.8, h * 0.055],
      [w * 0.74, h * 0.02],
      [w * 0.66, h * 0.02],
    ],
    6,
  );
  bough(
    [
      [w * 0.9, h * 0.07],
      [w * 0.86, h * 0.15],
      [w * 0.78, h * 0.19],
    ],
    6,
  );
  const ends: Point[] = [
    [0.6, 0.09],
    [0.65, 0.095],
    [0.7, 0.1],
    [0.66, 0.02],
    [0.72, 0.02],
    [0.78, 0.19],
    [0.83, 0.165],
    [0.87, 0.13],
    [0.77, 0.06],
    [0.84, 0.06],
    [0.93, 0.05],
    [0.97, 0.03],
  ];
  for (const [x, y] of ends) {
    for (let k = 0; k < 4; k++) {
      const [cx, cy, r] = [
        w * x + chance.between(-26, 26),
        h * y + chance.between(-22, 22),
        chance.between(6, 10),
      ];
      for (let p = 0; p < 5; p++) {
        const turn = (p / 5) * 6.283 + k;
        sheet.circle(
          cx + Math.cos(turn) * r,
          cy + Math.sin(turn) * r,
          r * 0.78,
          k % 2 ? "#f6b8b8" : "#fde3df",
        );
      }
      sheet.circle(cx, cy, r * 0.4, "#c8435a");
    }
  }
};
