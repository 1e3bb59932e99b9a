import { at, fade, ground, type Point, poly, smooth, times } from "./pen.ts";
import type { Drawing, Sheet } from "./sheet.ts";
import { spruce } from "./trees.ts";

/** A peak with a lit and a shaded face, parted by a crooked spine. */
function peak(
  sheet: Sheet,
  apex: Point,
  foot: number,
  half: number,
  tones: readonly string[],
): void {
  const { chance } = sheet;
  const [x, y] = apex;
  const steps = 12;
  const spine: Point[] = times(steps + 1, (i) => [
    x +
      (i === 0 ? 0 : (i % 2 ? 1 : -0.5) * half * 0.045 * chance.between(0.4, 1.6)) +
      (i / steps) * half * 0.16,
    y + ((foot - y) * i) / steps,
  ]);
  const edge = (sign: number): Point[] =>
    times(steps, (i) => [
      x + sign * half * ((i + 1) / steps) ** 1.12 + chance.between(-1, 1) * half * 0.025,
      y + (foot - y) * ((i + 1) / steps),
    ]);
  const [left, right] = [edge(-1), edge(1)];
  const shade = poly([...spine, ...[...right].reverse()]);
  sheet.path(poly([apex, ...left, ...[...spine].reverse()]), at(tones, 0));
  sheet.path(shade, at(tones, 1));
  sheet.path(shade, sheet.spray(at(tones, 4), [x + half, foot], [x, y + (foot - y) * 0.2], 0.45));
  const snow = (line: Point[], color: string, deep: number) => {
    const cut: Point[] = [];
    const count = 7;
    for (let i = 0; i <= count; i++) {
      const share = i / count;
      const from = at(line, 4);
      const to = at(spine, 5);
      const drop = (i % 2 ? deep : -deep * 0.3) * chance.between(0.5, 1.1);
      cut.push([from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share + drop]);
    }
    cut[0] = at(line, 4);
    sheet.path(poly([apex, ...line.slice(0, 4), ...cut, ...spine.slice(1, 6).reverse()]), color);
  };
  snow(left, at(tones, 2), (foot - y) * 0.13);
  snow(right, at(tones, 3), (foot - y) * 0.13);
}

export const alps: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h * 0.6, "#2f6f8f", "#8cc0c0", "#f6e3b8"));
  sheet.circle(w * 0.77, h * 0.17, w * 0.075, "#fbeec5");
  for (const [x, y, long] of [
    [0.1, 0.13, 0.34],
    [0.34, 0.19, 0.22],
    [0.88, 0.27, 0.26],
  ] as const) {
    sheet.rect(
      w * (x - long / 2),
      h * y,
      w * long,
      h * 0.016,
      "#f3ead0",
      `rx="${h * 0.008}" fill-opacity=".8"`,
    );
    sheet.rect(
      w * (x - long / 5),
      h * (y + 0.021),
      w * long * 0.7,
      h * 0.012,
      "#f3ead0",
      `rx="${h * 0.006}" fill-opacity=".6"`,
    );
  }
  const far = ["#7fa9b4", "#5f8fa3", "#e9efe4", "#b5cdd2", "#46748c"];
  const near = ["#4f8296", "#2b566f", "#fdf7e6", "#a9c4cc", "#173a55"];
  peak(sheet, [w * 0.12, h * 0.37], h * 0.75, w * 0.36, far);
  peak(sheet, [w * 0.86, h * 0.35], h * 0.75, w * 0.4, far);
  peak(sheet, [w * 0.5, h * 0.19], h * 0.78, w * 0.5, near);
  const shore = h * 0.72;
  const hills = smooth(
    times(8, (i) => [(i / 7) * w * 1.04 - w * 0.02, shore - h * (0.03 + 0.03 * Math.sin(i * 1.9))]),
  );
  sheet.path(ground(hills, -20, w + 20, h), "#2d6a5f");
  sheet.rect(0, shore, w, h - shore, sheet.down(shore, h, "#7db3b1", "#2d6f83", "#1b4a63"));
  sheet.path(
    poly([
      [w * 0.3, shore],
      [w * 0.56, h * 0.93],
      [w * 0.82, shore],
    ]),
    fade("#12405c", 0.35),
  );
  for (let i = 0; i < 26; i++) {
    const y = shore + (h - shore) * (i / 26) ** 1.3;
    const long = w * chance.between(0.05, 0.2);
    sheet.rect(chance.between(-0.1, 1) * w, y, long, 2 + i * 0.13, fade("#f4ecd0", 0.35), 'rx="2"');
  }
  const trees = (from: number, to: number, foot: number, size: number, color: string) => {
    const wood = times(Math.round(((to - from) * w) / (size * 0.2)), () => {
      const x = chance.between(from, to) * w;
      return spruce(
        chance,
        x,
        foot + chance.between(0, size * 0.16),
        size * chance.between(0.55, 1.1),
        0.19,
      );
    });
    sheet.path(wood.join(""), color);
  };
  trees(0, 1, shore + 4, h * 0.06, "#1f5750");
  trees(-0.05, 0.3, h * 0.95, h * 0.2, "#154440");
  trees(0.74, 1.05, h * 0.97, h * 0.24, "#154440");
  trees(-0.05, 0.2, h * 1.04, h * 0.27, "#0c2c2f");
  trees(0.86, 1.05, h * 1.05, h * 0.3, "#0c2c2f");
  sheet.path(
    ground(
      smooth([
        [-10, h * 0.95],
        [w * 0.3, h * 0.985],
        [w * 0.7, h * 0.985],
        [w + 10, h * 0.95],
      ]),
      -10,
      w + 10,
      h + 10,
    ),
    "#0c2c2f",
  );
};
