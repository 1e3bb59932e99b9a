import { at, mix, type Point, polar, poly, ramp, round, smooth, times } from "./pen.ts";
import type { Drawing } from "./sheet.ts";

export const contours: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  const step = 15;
  const [columns, rows] = [Math.ceil(w / step) + 1, Math.ceil(h / step) + 1];
  const bumps = times(24, () => ({
    x: chance.next() * w,
    y: chance.next() * h,
    r: chance.between(0.07, 0.2) * w,
    k: chance.between(-0.6, 1.1),
  }));
  const level = (x: number, y: number) =>
    bumps.reduce(
      (sum, b) => sum + b.k * Math.exp(-((x - b.x) ** 2 + (y - b.y) ** 2) / b.r ** 2),
      0,
    ) +
    0.05 * Math.sin(x * 0.016) * Math.cos(y * 0.019);
  const grid = times(rows, (r) => times(columns, (c) => level(c * step, r * step)));
  const flat = grid.flat();
  const [low, high] = [Math.min(...flat), Math.max(...flat)];
  const tones = [
    "#0f3d4c",
    "#1c6470",
    "#3f9490",
    "#a9cfa8",
    "#f0e3b2",
    "#ecb86f",
    "#d9804f",
    "#b04a3f",
  ];
  const bands = 18;
  sheet.fill(at(tones, 0));
  const value = (r: number, c: number) => grid[r]?.[c] ?? 0;
  for (let band = 1; band < bands; band++) {
    const cut = low + ((high - low) * band) / bands;
    let area = "";
    let edges = "";
    for (let r = 0; r < rows - 1; r++) {
      for (let c = 0; c < columns - 1; c++) {
        const corners = [value(r, c), value(r, c + 1), value(r + 1, c + 1), value(r + 1, c)];
        const spots: Point[] = [
          [c, r],
          [c + 1, r],
          [c + 1, r + 1],
          [c, r + 1],
        ];
        const inside: Point[] = [];
        const crossing: Point[] = [];
        corners.forEach((v, i) => {
          const next = at(corners, i + 1);
          const [p, q] = [at(spots, i), at(spots, i + 1)];
          if (v >= cut) inside.push([p[0] * step, p[1] * step]);
          if (v >= cut !== next >= cut) {
            const u = (cut - v) / (next - v);
            const cross: Point = [
              (p[0] + (q[0] - p[0]) * u) * step,
              (p[1] + (q[1] - p[1]) * u) * step,
            ];
            inside.push(cross);
            crossing.push(cross);
          }
        });
        const full = inside.length === 4 && crossing.length === 0;
        if (full) {
          let run = c + 1;
          while (
            run < columns - 1 &&
            [value(r, run), value(r, run + 1), value(r + 1, run), value(r + 1, run + 1)].every(
              (v) => v >= cut,
            )
          )
            run++;
          area += `M${c * step} ${r * step}H${run * step}V${(r + 1) * step + 0.5}H${c * step}Z`;
          c = run - 1;
        } else if (inside.length > 2) area += poly(inside);
        if (crossing.length === 2) edges += poly(crossing, false);
      }
    }
    const tone = ramp(tones, band / bands);
    sheet.path(area, tone, `stroke="${tone}" stroke-width="1"`);
    sheet.stroke(edges, mix(tone, "#0a2430", 0.5), band % 5 === 0 ? 3 : 1.3);
  }
  const path = times(
    9,
    (i): Point => [w * (0.08 + i * 0.105), h * (0.8 - i * 0.07 + 0.09 * Math.sin(i * 1.9))],
  );
  sheet.stroke(smooth(path), "#fff6e0", 5, 'stroke-dasharray="2 14"');
  const end = at(path, 8);
  sheet.path(`M${round(end[0])} ${round(end[1])}c-34 -44 -30 -80 0 -80s34 36 0 80Z`, "#fff6e0");
  sheet.circle(end[0], end[1] - 52, 11, "#b04a3f");
};

export const terrazzo: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill("#f2e4d6");
  const tones = [
    "#c86b52",
    "#2f5f63",
    "#e2b05f",
    "#e8a99a",
    "#7fa39c",
    "#3a3542",
    "#fffaf2",
    "#b9869a",
  ];
  const placed: { x: number; y: number; r: number }[] = [];
  for (let i = 0; i < 2600; i++) {
    const r =
      i < 260 ? chance.between(34, 62) : i < 900 ? chance.between(13, 30) : chance.between(4, 10);
    const [x, y] = [chance.next() * w, chance.next() * h];
    if (placed.some((other) => Math.hypot(other.x - x, other.y - y) < (other.r + r) * 0.9 + 3))
      continue;
    placed.push({ x, y, r });
    const count = chance.int(4, 7);
    const start = chance.between(0, 6.28);
    const [sx, turn] = [chance.between(0.6, 1), chance.int(0, 180)];
    const chip = poly(
      times(count, (k) =>
        polar(
          0,
          0,
          r * chance.between(0.72, 1.1),
          start + ((k + chance.between(-0.25, 0.25)) / count) * 6.283,
        ),
      ),
    );
    const color = chance.pick(tones);
    sheet.group(
      `transform="translate(${round(x)} ${round(y)}) rotate(${turn}) scale(1 ${round(sx)})"`,
      () => {
        sheet.path(chip, color);
        if (r > 26)
          sheet.inside(chip, () => {
            sheet.stroke(
              `M${round(-r)} ${round(r * 0.2)}Q0 ${round(-r * 0.3)} ${round(r)} ${round(r * 0.1)}`,
              mix(color, "#ffffff", 0.35),
              r * 0.09,
              'stroke-opacity=".6"',
            );
            sheet.stroke(
              `M${round(-r)} ${round(-r * 0.5)}Q${round(r * 0.2)} ${round(r * 0.4)} ${round(r)} ${round(-r * 0.2)}`,
              mix(color, "#2a2030", 0.3),
              r * 0.05,
              'stroke-opacity=".5"',
            );
          });
      },
    );
  }
};
