import { at, fade, ground, mix, type Point, poly, round, smooth } from "./pen.ts";
import type { Drawing } from "./sheet.ts";

export const regatta: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h, "#f6e7cf", "#f3d3b3", "#dfe3d5", "#9cc5c9"));
  sheet.circle(w * 0.24, h * 0.17, w * 0.1, "#f08f58");
  const facets = ["#f7b28a", "#f9d9a6", "#a9cfd0", "#e9896f", "#7fb3bf"];
  for (let i = 0; i < 16; i++) {
    const x = chance.between(-0.1, 1) * w;
    const lean = chance.between(0.1, 0.4) * w;
    sheet.path(
      poly([
        [x, h * 0.62],
        [x + lean, 0],
        [x + lean * 1.7, 0],
        [x + lean * 0.9, h * 0.62],
      ]),
      at(facets, i),
      'fill-opacity=".13"',
    );
  }
  const line = h * 0.6;
  sheet.path(
    ground(
      smooth([
        [-10, line - 8],
        [w * 0.2, line - 46],
        [w * 0.4, line - 24],
        [w * 0.62, line - 62],
        [w * 0.84, line - 30],
        [w + 10, line - 48],
      ]),
      -10,
      w + 10,
      line,
    ),
    "#8fb3b0",
  );
  sheet.rect(0, line, w, h - line, sheet.down(line, h, "#6fb0b8", "#2f7f95", "#1a4f73", "#12325a"));
  for (let i = 0; i < 60; i++) {
    const u = chance.next();
    sheet.rect(
      chance.between(-0.1, 1) * w,
      line + 6 + (h - line) * u,
      w * chance.between(0.04, 0.2) * (0.4 + u),
      1.5 + u * 4,
      chance.pick(["#f6f0dd", "#0e2a50", "#9fd0d0"]),
      'rx="2" fill-opacity=".25"',
    );
  }
  const boats = [
    { x: 0.16, y: 0.625, s: 0.3, c: ["#fdf6e8", "#f0d6b0", "#c65b4a"] },
    { x: 0.84, y: 0.63, s: 0.34, c: ["#f4b35e", "#dd8a3e", "#fdf6e8"] },
    { x: 0.47, y: 0.64, s: 0.42, c: ["#e9f0ea", "#b9d3d3", "#2f6f8f"] },
    { x: 0.76, y: 0.71, s: 0.6, c: ["#e8624a", "#b83a3f", "#fbeed6"] },
    { x: 0.34, y: 0.85, s: 0.86, c: ["#fdf8ec", "#ecd9b8", "#f2a33c"] },
  ] as const;
  for (const { x, y, s, c } of boats) {
    const [bx, by, k] = [w * x, h * y, (h * s) / 1.55];
    const spot = (px: number, py: number): Point => [bx + px * k, by + py * k];
    sheet.path(poly([spot(-0.02, 0.06), spot(-0.46, 0.06), spot(-0.05, 0.62)]), fade(c[0], 0.3));
    sheet.path(poly([spot(0.03, 0.06), spot(0.34, 0.06), spot(0.03, 0.5)]), fade(c[2], 0.3));
    const main = `M${poly([spot(-0.02, -1)], false).slice(1)}Q${poly([spot(-0.42, -0.5)], false).slice(1)} ${poly([spot(-0.52, -0.06)], false).slice(1)}L${poly([spot(-0.02, -0.03)], false).slice(1)}Z`;
    const jib = `M${poly([spot(0.03, -0.92)], false).slice(1)}Q${poly([spot(0.22, -0.5)], false).slice(1)} ${poly([spot(0.42, -0.08)], false).slice(1)}Q${poly([spot(0.2, -0.05)], false).slice(1)} ${poly([spot(0.03, -0.05)], false).slice(1)}Z`;
    sheet.path(main, c[0]);
    sheet.inside(main, () => {
      sheet.path(poly([spot(-0.02, -1), spot(-0.26, 0), spot(0.1, 0.1)]), c[1]);
      sheet.path(
        poly([spot(-0.6, -0.34), spot(0.1, -0.5), spot(0.1, -0.42), spot(-0.6, -0.26)]),
        c[2],
      );
    });
    sheet.path(jib, c[2]);
    sheet.inside(jib, () =>
      sheet.path(
        poly([spot(0.03, -0.95), spot(0.18, 0), spot(-0.05, 0)]),
        mix(c[2], "#2a2140", 0.22),
      ),
    );
    if (s > 0.4)
      sheet.path(
        main,
        sheet.spray(mix(c[1], "#5a3a3a", 0.5), spot(0.02, 0), spot(-0.4, -0.3), 0.35),
      );
    sheet.path(
      poly([spot(-0.008, -1.03), spot(0.012, -1.03), spot(0.014, 0.03), spot(-0.012, 0.03)]),
      "#3a2a3a",
    );
    sheet.path(
      `M${poly([spot(-0.5, -0.01), spot(0.5, -0.03)], false).slice(1)}Q${poly([spot(0.42, 0.09)], false).slice(1)} ${poly([spot(0.3, 0.1)], false).slice(1)}L${poly([spot(-0.36, 0.1)], false).slice(1)}Q${poly([spot(-0.48, 0.08)], false).slice(1)} ${poly([spot(-0.5, -0.01)], false).slice(1)}Z`,
      "#2a2140",
    );
    sheet.path(
      poly([spot(-0.495, 0.0), spot(0.495, -0.02), spot(0.485, 0.015), spot(-0.485, 0.03)]),
      c[0],
    );
    sheet.rect(
      bx - 0.6 * k,
      by + 0.093 * k,
      1.2 * k,
      0.02 * k,
      "#f6f0dd",
      `rx="${round(0.01 * k)}" fill-opacity=".6"`,
    );
  }
};
