import { type Chance, type Point, poly, round, smooth, times } from "./pen.ts";

/** A spruce standing at (x, y), with boughs that droop unevenly. */
export function spruce(chance: Chance, x: number, y: number, height: number, slim = 0.2): string {
  const tiers = Math.max(4, Math.round(height / 14));
  const half = height * slim;
  const side = (sign: number): Point[] =>
    times(tiers, (i): Point[] => {
      const share = (i + 1) / tiers;
      const reach = half * share ** 0.85 * chance.between(0.75, 1.1);
      const down = y - height + height * 0.94 * share;
      return [
        [x + sign * reach, down],
        [x + sign * reach * 0.5, down - height * 0.02],
      ];
    }).flat();
  return poly([[x, y - height], ...side(1), ...side(-1).reverse()]) + trunk(x, y, height);
}

function trunk(x: number, y: number, height: number): string {
  const half = Math.max(0.6, height * 0.018);
  return `M${round(x - half)} ${round(y - height * 0.1)}h${round(2 * half)}v${round(height * 0.12)}h${round(-2 * half)}Z`;
}

/** A slim flame of a tree. */
export function cypress(x: number, y: number, height: number, width: number): string {
  return smooth(
    [
      [x, y - height],
      [x + width * 0.3, y - height * 0.7],
      [x + width * 0.5, y - height * 0.25],
      [x + width * 0.28, y],
      [x - width * 0.28, y],
      [x - width * 0.5, y - height * 0.25],
      [x - width * 0.3, y - height * 0.7],
    ],
    true,
  );
}

/** The height of a left-to-right line at x. */
export function heightAt(line: readonly Point[], x: number): number {
  for (let i = 1; i < line.length; i++) {
    const [from, to] = [line[i - 1], line[i]];
    if (from && to && to[0] >= x) {
      return from[1] + ((to[1] - from[1]) * (x - from[0])) / Math.max(1, to[0] - from[0]);
    }
  }
  return line.at(-1)?.[1] ?? 0;
}
