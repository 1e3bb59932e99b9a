import { type Point, poly, smooth, times } from "./pen.ts";
import type { Drawing } from "./sheet.ts";

export const cutOuts: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  const panels: [number, number, number, number, string, string][] = [
    [0, 0, 0.27, 0.56, "#1f3f8f", "#fdf6e8"],
    [0.27, 0, 0.2, 0.36, "#f2b234", "#d8352f"],
    [0.47, 0, 0.3, 0.62, "#fdf6e8", "#1f7a5a"],
    [0.77, 0, 0.23, 0.44, "#e2557a", "#fdf6e8"],
    [0.27, 0.36, 0.2, 0.64, "#d8352f", "#14213f"],
    [0, 0.56, 0.27, 0.44, "#2f9a8f", "#f2b234"],
    [0.47, 0.62, 0.3, 0.38, "#14213f", "#f08a3c"],
    [0.77, 0.44, 0.23, 0.56, "#7a4fa0", "#f2b234"],
  ];
  for (const [x, y, pw, ph, back, ink] of panels) {
    const box: Point[] = [
      [x, y],
      [x + pw, y],
      [x + pw, y + ph],
      [x, y + ph],
    ].map(([a = 0, b = 0]) => [a * w + chance.between(-3, 3), b * h + chance.between(-3, 3)]);
    sheet.path(poly(box), back, `stroke="${back}" stroke-width="5"`);
    const [cx, foot, tall] = [(x + pw / 2) * w, (y + ph * 0.93) * h, ph * h * 0.86];
    const half = pw * w * 0.4;
    const count = Math.max(4, Math.round(tall / 74));
    const bend = chance.between(-0.16, 0.16) * half;
    const rise = (u: number): Point => [cx + Math.sin(u * 4) * bend, foot - tall * u];
    const side = (k: number): Point[] =>
      times(count, (i) => i).flatMap((i): Point[] => {
        const u = (i + 0.35) / count;
        const [px, py] = rise(u);
        const reach = half * (1 - 0.62 * u ** 1.6) * chance.between(0.8, 1.05);
        const lobe = (tall / count) * 0.3;
        return [
          [px + k * half * 0.16, py + lobe * 0.9],
          [px + k * reach * 0.66, py + lobe * 0.1],
          [px + k * reach, py - lobe * 0.95],
          [px + k * reach * 0.84, py - lobe * 1.7],
          [px + k * reach * 0.46, py - lobe * 0.9],
          [px + k * half * 0.14, py - lobe * 0.9],
        ];
      });
    const tip = rise(1);
    sheet.path(
      smooth(
        [
          [cx + half * 0.12, foot],
          ...side(1),
          [tip[0] + 10, tip[1]],
          [tip[0], tip[1] - 8],
          [tip[0] - 10, tip[1]],
          ...side(-1).reverse(),
          [cx - half * 0.12, foot],
        ],
        true,
      ),
      ink,
    );
  }
};
