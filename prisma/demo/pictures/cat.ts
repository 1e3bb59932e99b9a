import { at, type Point, poly, round, smooth, times } from "./pen.ts";
import { plantPot } from "./plant-pot.ts";
import type { Drawing } from "./sheet.ts";

export const catOnSill: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill("#d9704f");
  sheet.rect(0, 0, w, h, sheet.spray("#8a2f3f", [0, h], [0, h * 0.2], 0.35));
  const [x, y, wide, tall] = [w * 0.13, h * 0.08, w * 0.74, h * 0.68];
  sheet.rect(x - 30, y - 30, wide + 60, tall + 60, "#f8ead0");
  sheet.rect(x - 8, y - 8, wide + 16, tall + 16, "#e3cfa9");
  sheet.rect(x, y, wide, tall, sheet.down(y, y + tall, "#15274f", "#24487a", "#4f7fa3", "#a9c0b3"));
  sheet.inside(`M${x} ${y}h${wide}v${tall}h${-wide}Z`, () => {
    for (let i = 0; i < 60; i++)
      sheet.circle(
        x + chance.next() * wide,
        y + chance.next() * tall * 0.6,
        chance.between(0.8, 2.2),
        "#fff6df",
        'fill-opacity=".85"',
      );
    const [mx, my] = [x + wide * 0.7, y + tall * 0.24];
    sheet.circle(mx, my, 190, sheet.radial(mx, my, 190, "#fff3cf99", "#fff3cf22", "#fff3cf00"));
    sheet.circle(mx, my, 74, "#fff3cf");
    sheet.circle(mx - 20, my - 12, 14, "#f0deae");
    sheet.circle(mx + 22, my + 22, 20, "#f0deae");
    for (const [top, color] of [
      [0.68, "#35648a"],
      [0.78, "#1f4668"],
      [0.88, "#122f4d"],
    ] as const) {
      const line = times(
        8,
        (i): Point => [
          x - 10 + ((wide + 20) * i) / 7,
          y + tall * (top + 0.035 * Math.sin(i * 2.2 + top * 30)),
        ],
      );
      sheet.path(`${smooth(line)}V${y + tall}H${x - 10}Z`, color);
    }
    for (const [hx, hy] of [
      [0.15, 0.83],
      [0.24, 0.86],
      [0.55, 0.8],
      [0.86, 0.84],
    ] as const) {
      const [px, py] = [x + wide * hx, y + tall * hy];
      sheet.rect(px, py - 26, 40, 40, "#0d2440");
      sheet.path(
        poly([
          [px - 7, py - 24],
          [px + 20, py - 50],
          [px + 47, py - 24],
        ]),
        "#0a1b33",
      );
      sheet.rect(px + 9, py - 14, 9, 12, "#ffd98a");
      sheet.rect(px + 23, py - 14, 9, 12, "#ffd98a");
    }
  });
  sheet.rect(x + wide * 0.5 - 9, y, 18, tall, "#f8ead0");
  sheet.rect(x, y + tall * 0.42, wide, 14, "#f8ead0");
  sheet.rect(x + wide * 0.5 + 3, y, 6, tall, "#d9c39a");
  const sill = y + tall + 26;
  sheet.rect(x - 74, sill, wide + 148, 46, "#fdf3de");
  sheet.rect(x - 74, sill + 32, wide + 148, 14, "#d9c39a");
  sheet.rect(x - 50, sill + 46, wide + 100, 26, "#8a2f3f", 'fill-opacity=".35"');
  const curtain = (sign: number, edge: number) => {
    for (let i = 0; i < 4; i++) {
      const a = edge + sign * i * 34;
      sheet.path(
        `M${round(a)} -5C${round(a + sign * 6)} ${h * 0.3} ${round(a - sign * 22)} ${h * 0.6} ${round(a + sign * (i * 2 - 6))} ${h * 0.93}H${round(a + sign * 44)}C${round(a + sign * 26)} ${h * 0.6} ${round(a + sign * 44)} ${h * 0.3} ${round(a + sign * 40)} -5Z`,
        at(["#f2b04a", "#e0952f", "#f6c26a", "#d98a2a"], i),
      );
    }
  };
  curtain(1, -24);
  curtain(-1, w + 24);
  plantPot(sheet, x + wide * 0.86, sill, 122, "#2f7a78", "#5f9a5f");
  // The cat, seen from behind: one outline, then the tail over the sill.
  const [cx, cy] = [x + wide * 0.32, sill];
  const p = (dx: number, dy: number) => `${round(cx + dx)} ${round(cy + dy)}`;
  const cat = `M${p(-112, 4)}C${p(-150, -90)} ${p(-96, -190)} ${p(-64, -232)}C${p(-84, -262)} ${p(-84, -300)} ${p(-72, -322)}L${p(-74, -398)}L${p(-30, -352)}Q${p(0, -360)} ${p(30, -352)}L${p(74, -398)}L${p(72, -322)}C${p(84, -300)} ${p(84, -262)} ${p(64, -232)}C${p(96, -190)} ${p(150, -90)} ${p(112, 4)}Z`;
  sheet.path(cat, "#1d1a2f");
  sheet.inside(cat, () => {
    sheet.path(
      `M${p(40, -420)}C${p(70, -300)} ${p(40, -240)} ${p(70, -190)}S${p(90, -60)} ${p(70, 10)}H${p(160, 10)}V${round(cy - 420)}Z`,
      "#4f6f9c",
      'fill-opacity=".45"',
    );
    sheet.path(`M${p(66, -384)}L${p(40, -348)}L${p(66, -336)}Z`, "#c9778a");
    for (let i = 0; i < 3; i++) sheet.stroke(`M${p(-16, -330 + i * 26)}q16 8 32 0`, "#3a3558", 7);
    for (let i = 0; i < 4; i++)
      sheet.stroke(
        `M${p(-60 - i * 9, -170 + i * 36)}q34 -14 46 14M${p(62 + i * 9, -170 + i * 36)}q-34 -14 -46 14`,
        "#3a3558",
        7,
      );
  });
  sheet.stroke(
    `M${p(64, -10)}C${p(150, -4)} ${p(168, 30)} ${p(160, 96)}S${p(196, 176)} ${p(222, 140)}`,
    "#1d1a2f",
    32,
  );
  sheet.stroke(`M${p(222, 140)}l1 -1`, "#f8ead0", 26);
};
