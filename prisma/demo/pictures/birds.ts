import { at, type Point, poly, ridge, round, times } from "./pen.ts";
import type { Drawing } from "./sheet.ts";

export const birdsOnWires: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h, "#f4ead2", "#f9d9a8", "#f6b486", "#e98478"));
  sheet.circle(w * 0.2, h * 0.66, h * 0.3, "#f9efd4");
  for (const [x, y, long] of [
    [0.55, 0.2, 0.22],
    [0.63, 0.25, 0.16],
    [0.1, 0.16, 0.16],
    [0.9, 0.55, 0.2],
  ] as const)
    sheet.rect(w * x, h * y, w * long, h * 0.03, "#fff6e4", `rx="${h * 0.015}" fill-opacity=".7"`);
  const ink = "#3a2440";
  const poles = [w * 0.06, w * 0.5, w * 0.94];
  const line = (i: number, x: number) => {
    const [a, b] =
      x < (poles[1] ?? 0) ? [poles[0] ?? 0, poles[1] ?? 0] : [poles[1] ?? 0, poles[2] ?? 0];
    const u = (x - a) / (b - a);
    return (
      h * (0.2 + i * 0.085) +
      Math.sin(Math.PI * Math.min(1, Math.max(-0.3, u))) * h * (0.1 + i * 0.012)
    );
  };
  sheet.path(`${poly(ridge(chance, w, h * 0.9, h * 0.1, 0.4), false)}V${h + 5}H-10Z`, "#b85a6d");
  for (const px of poles) {
    sheet.rect(px - 7, h * 0.12, 14, h, ink);
    for (const [dy, half] of [
      [0.19, 62],
      [0.36, 52],
    ] as const)
      sheet.rect(px - half, h * dy, half * 2, 9, ink);
    for (let i = 0; i < 5; i++) sheet.rect(px - 58 + i * 27, h * 0.19 - 13, 7, 13, "#c9788a");
    sheet.stroke(`M${px - 40} ${h * 0.22}L${px} ${h * 0.34}L${px + 40} ${h * 0.22}`, ink, 4);
  }
  for (let i = 0; i < 5; i++)
    sheet.stroke(
      poly(
        times(121, (k): Point => [(k / 120) * w, line(i, (k / 120) * w)]),
        false,
      ),
      ink,
      2.2,
    );
  const bird = (x: number, y: number, s: number, way: number, kind: number) => {
    sheet.group(
      `transform="translate(${round(x)} ${round(y)}) scale(${round(way)} 1) rotate(${kind === 1 ? -16 : 6})"`,
      () => {
        const p = (a: number, b: number) => `${round(a * s)} ${round(b * s)}`;
        sheet.path(
          `M${p(0.42, -1.02)}L${p(0.66, -0.94)}L${p(0.44, -0.86)}C${p(0.46, -0.5)} ${p(0.36, -0.12)} ${p(0, -0.04)}C${p(-0.2, -0.02)} ${p(-0.3, -0.1)} ${p(-0.4, -0.06)}L${p(-0.9, 0.4)}L${p(-1, 0.26)}L${p(-0.56, -0.26)}C${p(-0.5, -0.6)} ${p(-0.16, -0.86)} ${p(0, -1)}C${p(0.08, -1.16)} ${p(0.34, -1.18)} ${p(0.42, -1.02)}Z`,
          ink,
        );
        if (kind === 2)
          sheet.path(
            `M${p(-0.1, -0.7)}C${p(-0.4, -1.3)} ${p(-0.9, -1.4)} ${p(-1.2, -1.3)}C${p(-1, -0.9)} ${p(-0.7, -0.5)} ${p(-0.2, -0.3)}Z`,
            ink,
          );
        sheet.circle(s * 0.28, -s * 0.98, s * 0.05, "#f9efd4");
        sheet.path(
          `M${p(0.4, -0.62)}C${p(0.4, -0.3)} ${p(0.28, -0.14)} ${p(0.02, -0.1)}C${p(0.14, -0.3)} ${p(0.2, -0.5)} ${p(0.4, -0.62)}Z`,
          at(["#e98478", "#f6b486", "#f9efd4"], kind),
          'fill-opacity=".85"',
        );
      },
    );
  };
  for (let i = 0; i < 5; i++) {
    let x = w * chance.between(0.1, 0.2);
    while (x < w * 0.92) {
      if (poles.every((px) => Math.abs(px - x) > 44))
        bird(
          x,
          line(i, x),
          chance.between(21, 27),
          chance.is(0.5) ? 1 : -1,
          chance.is(0.12) ? 2 : chance.int(0, 1),
        );
      x += chance.is(0.35) ? chance.between(30, 44) : chance.between(90, 260);
    }
  }
  for (const [x, y, s] of [
    [0.7, 0.1, 1],
    [0.74, 0.15, 0.8],
    [0.77, 0.08, 0.7],
    [0.33, 0.1, 0.9],
    [0.36, 0.06, 0.7],
  ] as const)
    sheet.stroke(
      `M${w * x - 20 * s} ${h * y - 8 * s}Q${w * x - 8 * s} ${h * y - 14 * s} ${w * x} ${h * y}Q${w * x + 8 * s} ${h * y - 14 * s} ${w * x + 22 * s} ${h * y - 8 * s}`,
      ink,
      4 * s,
    );
};
