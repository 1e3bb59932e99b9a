import { disc, fade, ground, mix, type Point, poly, round, smooth } from "./pen.ts";
import type { Drawing } from "./sheet.ts";
import { cypress, heightAt } from "./trees.ts";

export const tuscany: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h * 0.5, "#f7c873", "#fae3a6", "#fdf2d2"));
  sheet.circle(w * 0.2, h * 0.2, h * 0.1, "#f0803c");
  sheet.path(
    disc(w * 0.2, h * 0.2, h * 0.1),
    sheet.spray("#c8443a", [0, h * 0.31], [0, h * 0.12], 0.5),
  );
  const hills: { line: readonly Point[]; tone: string; row: string; fan: Point; gap: number }[] = [
    {
      line: [
        [-0.05, 0.4],
        [0.2, 0.34],
        [0.5, 0.41],
        [0.8, 0.33],
        [1.05, 0.38],
      ],
      tone: "#b9c6a1",
      row: "#a9b98f",
      fan: [0.4, -0.6],
      gap: 0.02,
    },
    {
      line: [
        [-0.05, 0.42],
        [0.25, 0.48],
        [0.55, 0.4],
        [0.78, 0.44],
        [1.05, 0.4],
      ],
      tone: "#9db27d",
      row: "#86a069",
      fan: [0.7, -0.2],
      gap: 0.03,
    },
    {
      line: [
        [-0.05, 0.5],
        [0.18, 0.46],
        [0.45, 0.54],
        [0.75, 0.5],
        [1.05, 0.56],
      ],
      tone: "#d9b455",
      row: "#c99a3c",
      fan: [0.1, 0.1],
      gap: 0.05,
    },
    {
      line: [
        [-0.05, 0.66],
        [0.25, 0.6],
        [0.55, 0.55],
        [0.8, 0.62],
        [1.05, 0.58],
      ],
      tone: "#6f9457",
      row: "#557c47",
      fan: [0.62, 0.2],
      gap: 0.06,
    },
    {
      line: [
        [-0.05, 0.68],
        [0.2, 0.7],
        [0.5, 0.76],
        [0.8, 0.68],
        [1.05, 0.74],
      ],
      tone: "#e3873f",
      row: "#c86a31",
      fan: [0.86, 0.34],
      gap: 0.07,
    },
    {
      line: [
        [-0.05, 0.86],
        [0.2, 0.79],
        [0.45, 0.85],
        [0.75, 0.93],
        [1.05, 0.86],
      ],
      tone: "#3f6b4a",
      row: "#2c5340",
      fan: [0.2, 0.42],
      gap: 0.09,
    },
  ];
  hills.forEach(({ line, tone, row, fan, gap }, index) => {
    const scaled = line.map(([x, y]): Point => [x * w, y * h]);
    const curve = smooth(scaled);
    const shape = ground(curve, -0.05 * w, 1.05 * w, h * 1.05);
    sheet.path(shape, tone);
    sheet.inside(shape, () => {
      const [fx, fy] = [fan[0] * w, fan[1] * h];
      for (let i = -40; i < 40; i++) {
        const angle = Math.PI / 2 + i * gap * 1.5;
        const reach = h * 2.4;
        const half = gap * 0.36;
        const bend = Math.sin(index * 2 + i * 0.1) * 90;
        const [ax, ay] = [fx + Math.cos(angle - half) * reach, fy + Math.sin(angle - half) * reach];
        const [bx, by] = [fx + Math.cos(angle + half) * reach, fy + Math.sin(angle + half) * reach];
        sheet.path(
          `M${round(fx)} ${round(fy)}Q${round((fx + ax) / 2 + bend)} ${round((fy + ay) / 2)} ${round(ax)} ${round(ay)}L${round(bx)} ${round(by)}Q${round((fx + bx) / 2 + bend)} ${round((fy + by) / 2)} ${round(fx)} ${round(fy)}Z`,
          row,
        );
      }
      const top = Math.min(...scaled.map((p) => p[1]));
      sheet.rect(
        -20,
        top - 10,
        w + 40,
        h,
        sheet.spray(mix(row, "#16302f", 0.45), [0, top + h * 0.34], [0, top + h * 0.06], 0.32),
      );
    });
    const green = mix("#1f4a3e", tone, 0.4 - index * 0.07);
    const grove = (from: number, count: number, step: number, size: number) => {
      for (let i = 0; i < count; i++) {
        const x = (from + i * step) * w;
        const y = heightAt(scaled, x);
        const tall = size * h * chance.between(0.75, 1.15);
        sheet.path(cypress(x, y + 6, tall, tall * 0.24), green);
        sheet.path(
          cypress(x + tall * 0.045, y + 6, tall * 0.9, tall * 0.13),
          fade("#0d2a2c", 0.35),
        );
      }
    };
    if (index === 1) grove(0.66, 6, 0.017, 0.06);
    if (index === 2) {
      const [x, y] = [w * 0.2, h * 0.465];
      sheet.rect(x, y - 44, 92, 52, "#f6e2c0");
      sheet.rect(x + 60, y - 70, 38, 80, "#fbeed6");
      sheet.rect(x + 60, y - 44, 32, 52, "#d8ae8a");
      sheet.path(
        poly([
          [x - 8, y - 42],
          [x + 8, y - 62],
          [x + 60, y - 62],
          [x + 60, y - 42],
        ]),
        "#b8492f",
      );
      sheet.path(
        poly([
          [x + 54, y - 68],
          [x + 79, y - 86],
          [x + 104, y - 68],
        ]),
        "#a23c2b",
      );
      for (const [dx, dy] of [
        [14, -30],
        [36, -30],
        [74, -58],
        [74, -32],
      ] as const)
        sheet.rect(x + dx, y + dy, 9, 13, "#5b3a35");
      grove(0.155, 3, 0.013, 0.13);
      grove(0.3, 2, 0.016, 0.11);
    }
    if (index === 3) grove(0.84, 4, 0.028, 0.16);
    if (index === 5) {
      grove(0.05, 3, 0.05, 0.3);
      grove(0.93, 1, 0.1, 0.34);
    }
  });
};
