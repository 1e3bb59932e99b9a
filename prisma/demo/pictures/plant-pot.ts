import { fade, leaf, mix, type Point, polar, poly } from "./pen.ts";
import type { Sheet } from "./sheet.ts";

export function plantPot(
  sheet: Sheet,
  x: number,
  foot: number,
  size: number,
  pot: string,
  green: string,
): void {
  for (let i = 0; i < 9; i++) {
    const turn = -Math.PI * (0.14 + (i / 8) * 0.72);
    const from: Point = [x, foot - size * 0.7];
    sheet.path(
      leaf(from, polar(x, foot - size * 0.7, size * (1.05 + (i % 3) * 0.28), turn), size * 0.24),
      i % 2 ? green : mix(green, "#12343a", 0.3),
    );
  }
  sheet.path(
    poly([
      [x - size * 0.42, foot - size * 0.75],
      [x + size * 0.42, foot - size * 0.75],
      [x + size * 0.3, foot],
      [x - size * 0.3, foot],
    ]),
    pot,
  );
  sheet.path(
    poly([
      [x + size * 0.12, foot - size * 0.75],
      [x + size * 0.42, foot - size * 0.75],
      [x + size * 0.3, foot],
      [x + size * 0.1, foot],
    ]),
    fade("#2a1430", 0.25),
  );
  sheet.rect(
    x - size * 0.47,
    foot - size * 0.82,
    size * 0.94,
    size * 0.17,
    mix(pot, "#fff0d0", 0.15),
    'rx="3"',
  );
}
