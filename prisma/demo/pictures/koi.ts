import { at, fade, leaf, mix, type Point, polar, round, smooth, times } from "./pen.ts";
import type { Drawing, Sheet } from "./sheet.ts";

/** A fish seen from above, drawn lengthwise around the origin, swimming to the right. */
function koi(
  sheet: Sheet,
  x: number,
  y: number,
  size: number,
  turn: number,
  bend: number,
  colors: readonly string[],
): void {
  const { chance } = sheet;
  const spine = (u: number): Point => [size * (0.5 - u), Math.sin(u * 3.4) * bend * size * u];
  const girth = (u: number) =>
    size * 0.125 * (Math.sin(Math.PI * Math.min(1, u * 0.86 + 0.12)) ** 0.75 * (1 - u * 0.32));
  const side = (sign: number) =>
    times(11, (i): Point => {
      const u = i / 10;
      const [px, py] = spine(u);
      return [px, py + sign * girth(u)];
    });
  const body = smooth([[size * 0.545, 0], ...side(1), ...side(-1).reverse()], true);
  const tail = spine(0.97);
  const fin = fade(at(colors, 0), 0.85);
  const draw = () => {
    const lobe = (dy: number) =>
      sheet.path(
        leaf(
          tail,
          [tail[0] - size * 0.26, tail[1] + dy * size + bend * size * 0.25],
          size * 0.1,
          0.6,
        ),
        fin,
      );
    lobe(-0.13);
    lobe(0.13);
    lobe(0.01);
    const fins = [
      [0.26, 0.2, 0.2, 0.13],
      [0.62, 0.13, 0.1, 0.07],
    ] as const;
    for (const [u, back, out, wide] of fins) {
      const [px, py] = spine(u);
      const [qx, qy] = spine(u + 0.1);
      const [tx, ty] = [(qx - px) / (size * 0.1), (qy - py) / (size * 0.1)];
      for (const sign of [1, -1]) {
        const foot: Point = [px - ty * sign * girth(u) * 0.7, py + tx * sign * girth(u) * 0.7];
        const reach = girth(u) + out * size * 0.8;
        const tip: Point = [
          px + tx * back * size - ty * sign * reach,
          py + ty * back * size + tx * sign * reach,
        ];
        sheet.path(leaf(foot, tip, size * wide, 0.6), fin);
      }
    }
    sheet.path(body, at(colors, 0));
    sheet.inside(body, () => {
      for (let i = 0; i < 4; i++) {
        const u = [0.06, 0.3, 0.58, 0.84][i] ?? 0;
        const [px, py] = spine(u);
        const patch = times(8, (k) =>
          polar(
            px,
            py + chance.between(-0.04, 0.04) * size,
            size * chance.between(0.06, 0.12),
            (k / 8) * 6.283,
          ),
        );
        sheet.path(smooth(patch, true), at(colors, i === 3 ? 2 : 1));
      }
      sheet.stroke(smooth(times(8, (i) => spine(i / 7))), fade("#ffffff", 0.35), size * 0.02);
      sheet.path(
        smooth(
          [
            [size * 0.6, size * 0.06],
            ...side(1).map(([a, b]): Point => [a, b - size * 0.015]),
            ...side(1)
              .reverse()
              .map(([a, b]): Point => [a, b + size * 0.2]),
          ],
          true,
        ),
        fade("#3a2140", 0.18),
      );
    });
    sheet.circle(size * 0.43, size * 0.055, size * 0.013, "#1d1a2b");
    sheet.circle(size * 0.43, -size * 0.055, size * 0.013, "#1d1a2b");
  };
  const degrees = round((turn * 180) / Math.PI);
  sheet.group(
    `transform="translate(${round(x + size * 0.06)} ${round(y + size * 0.1)}) rotate(${degrees})"`,
    () => sheet.path(body, "#06323a", 'fill-opacity=".4"'),
  );
  sheet.group(`transform="translate(${round(x)} ${round(y)}) rotate(${degrees})"`, draw);
}

export const koiPond: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.radial(w * 0.45, h * 0.45, w * 0.8, "#2f8f8b", "#1c6a70", "#0f4450"));
  for (let i = 0; i < 5; i++) {
    const [x, y] = [chance.between(0.1, 0.9) * w, chance.between(0.1, 0.9) * h];
    for (let k = 1; k < 6; k++)
      sheet.add(
        `<circle cx="${round(x)}" cy="${round(y)}" r="${round(k * k * 3.4 + 22 * k)}" fill="none" stroke="#a9e0d0" stroke-opacity="${(0.32 - k * 0.05).toFixed(2)}" stroke-width="2"/>`,
      );
  }
  const white = ["#fdf3e4", "#e2492f", "#e2492f"];
  const calico = ["#fdf3e4", "#e8763a", "#23202f"];
  const gold = ["#f2a93b", "#e58325", "#fbd38a"];
  const ink = ["#f6ead8", "#2a2633", "#e2492f"];
  koi(sheet, w * 0.3, h * 0.32, w * 0.4, 0.6, 0.28, white);
  koi(sheet, w * 0.67, h * 0.27, w * 0.34, 2.5, -0.3, gold);
  koi(sheet, w * 0.72, h * 0.6, w * 0.42, -2.2, 0.26, calico);
  koi(sheet, w * 0.33, h * 0.72, w * 0.36, -0.5, -0.28, ink);
  koi(sheet, w * 0.56, h * 0.87, w * 0.24, 0.2, 0.3, white);
  koi(sheet, w * 0.1, h * 0.53, w * 0.22, -1.5, 0.3, gold);
  const pad = (x: number, y: number, r: number, turn: number, color: string) => {
    const from = polar(x, y, r, turn + 0.22);
    const to = polar(x, y, r, turn - 0.22);
    const shape = `M${round(x)} ${round(y)}L${round(from[0])} ${round(from[1])}A${round(r)} ${round(r)} 0 1 1 ${round(to[0])} ${round(to[1])}Z`;
    sheet.group('transform="translate(9 14)"', () =>
      sheet.path(shape, "#06323a", 'fill-opacity=".4"'),
    );
    sheet.path(shape, color);
    sheet.path(shape, sheet.spray("#123f2e", [x + r, y + r], [x - r * 0.5, y - r * 0.5], 0.5));
    for (let i = 1; i < 9; i++) {
      const end = polar(x, y, r * 0.86, turn + 0.22 + (i / 9) * 5.84);
      sheet.stroke(
        `M${round(x)} ${round(y)}L${round(end[0])} ${round(end[1])}`,
        mix(color, "#f4f0c0", 0.35),
        2,
      );
    }
  };
  const flower = (x: number, y: number, r: number, tone: string) => {
    for (const [ring, share, count] of [
      [0, 1, 10],
      [1, 0.72, 8],
      [2, 0.45, 6],
    ] as const) {
      for (let i = 0; i < count; i++) {
        const turn = (i / count) * 6.283 + ring * 0.3;
        sheet.path(
          leaf([x, y], polar(x, y, r * share, turn), r * share * 0.44, 0.55),
          mix(tone, "#ffffff", 0.2 + ring * 0.25),
        );
        sheet.path(
          leaf([x, y], polar(x, y, r * share * 0.7, turn), r * share * 0.12, 0.5),
          fade("#d85a86", 0.35),
        );
      }
    }
    sheet.circle(x, y, r * 0.15, "#f5c542");
  };
  pad(w * 0.12, h * 0.12, w * 0.12, 0.9, "#5f9e4d");
  pad(w * 0.28, h * 0.06, w * 0.08, 2.2, "#7cb356");
  pad(w * 0.92, h * 0.1, w * 0.1, 2.6, "#4f8f4d");
  pad(w * 0.9, h * 0.86, w * 0.14, 3.9, "#6aa84f");
  pad(w * 0.74, h * 0.95, w * 0.08, 5.2, "#4f8f4d");
  pad(w * 0.08, h * 0.9, w * 0.11, 5.6, "#7cb356");
  flower(w * 0.14, h * 0.11, w * 0.075, "#f29ab4");
  flower(w * 0.87, h * 0.87, w * 0.085, "#f7b3c4");
};
