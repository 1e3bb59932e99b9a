import { ground, type Point, poly, round, smooth } from "./pen.ts";
import type { Drawing, Sheet } from "./sheet.ts";

export const lighthouse: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h * 0.8, "#0e1a40", "#1f3366", "#4b4b86", "#b9708b", "#f3a683"));
  for (let i = 0; i < 110; i++) {
    sheet.circle(
      chance.next() * w,
      chance.next() ** 1.5 * h * 0.6,
      chance.between(0.6, 2),
      "#fff3da",
      `fill-opacity="${chance.between(0.3, 1).toFixed(2)}"`,
    );
  }
  const [lx, ly] = [w * 0.56, h * 0.27];
  const beam = (angle: number, spread: number, long: number) => {
    const reach = (turn: number): Point => [lx + Math.cos(turn) * long, ly + Math.sin(turn) * long];
    const end = reach(angle);
    sheet.path(
      poly([[lx, ly], reach(angle - spread), reach(angle + spread)]),
      sheet.linear([lx, ly], end, "#fff2b8ee", "#ffe6a066", "#ffe6a000"),
    );
  };
  beam(Math.PI * 1.06, 0.13, w * 0.95);
  beam(Math.PI * 2.04, 0.13, w * 0.75);
  sheet.circle(
    lx,
    ly,
    w * 0.3,
    sheet.radial(lx, ly, w * 0.3, "#fff2b8cc", "#ffd98a33", "#ffd98a00"),
  );
  const sea = h * 0.78;
  sheet.rect(0, sea, w, h - sea, sheet.down(sea, h, "#5b5f92", "#27406f", "#0c1c3f"));
  sheet.path(
    ground(
      smooth([
        [-10, sea - 18],
        [w * 0.12, sea - 42],
        [w * 0.22, sea - 20],
        [w * 0.34, sea],
      ]),
      -10,
      w * 0.34,
      sea + 1,
    ),
    "#3a3a6c",
  );
  for (let i = 0; i < 60; i++) {
    const u = chance.next();
    sheet.rect(
      chance.between(-0.1, 1) * w,
      sea + 3 + (h - sea) * u,
      w * chance.between(0.06, 0.3),
      2 + u * 3,
      chance.pick(["#f3a683", "#8b86b8", "#f7d9b0"]),
      `rx="2" fill-opacity="${(0.45 - u * 0.25).toFixed(2)}"`,
    );
  }
  const foot = h * 0.8;
  const half = (y: number) => w * (0.06 + 0.055 * ((y - ly) / (foot - ly)));
  const tower = poly([
    [lx - half(ly + 60), ly + 60],
    [lx + half(ly + 60), ly + 60],
    [lx + half(foot), foot],
    [lx - half(foot), foot],
  ]);
  sheet.path(tower, "#f6ead7");
  sheet.inside(tower, () => {
    const band = (foot - ly - 60) / 7;
    for (let i = 0; i < 7; i += 2) sheet.rect(0, ly + 60 + i * band, w, band, "#c9382f");
    sheet.rect(
      lx - w * 0.2,
      ly,
      w * 0.4,
      foot,
      sheet.linear([lx - w * 0.12, 0], [lx + w * 0.13, 0], "#1a163f00", "#1a163f11", "#1a163fbb"),
    );
    for (const [dy, dx] of [
      [0.2, -0.01],
      [0.42, 0.02],
      [0.64, -0.02],
    ] as const) {
      const y = ly + 60 + (foot - ly) * dy;
      sheet.path(
        `M${round(lx + dx * w - 11)} ${round(y + 36)}v-24a11 11 0 0 1 22 0v24Z`,
        "#2a2350",
      );
      sheet.path(`M${round(lx + dx * w - 7)} ${round(y + 34)}v-20a7 7 0 0 1 14 0v20Z`, "#ffd98a");
    }
  });
  sheet.path(tower, sheet.spray("#120f33", [lx + w * 0.2, ly], [lx - w * 0.06, ly], 0.35));
  const g = w * 0.083;
  sheet.rect(lx - g * 1.12, ly + 44, g * 2.24, 18, "#1b1a3d");
  sheet.path(
    `M${round(lx - g * 0.8)} ${round(ly + 44)}L${round(lx - g * 0.7)} ${round(ly - 40)}H${round(lx + g * 0.7)}L${round(lx + g * 0.8)} ${round(ly + 44)}Z`,
    "#fff3c4",
  );
  for (const share of [-0.75, -0.25, 0.25, 0.75])
    sheet.stroke(
      `M${round(lx + g * 0.78 * share)} ${round(ly + 44)}L${round(lx + g * 0.7 * share)} ${round(ly - 40)}`,
      "#1b1a3d",
      5,
    );
  sheet.path(
    `M${round(lx - g * 0.92)} ${round(ly - 36)}Q${round(lx)} ${round(ly - 120)} ${round(lx + g * 0.92)} ${round(ly - 36)}Z`,
    "#c9382f",
  );
  sheet.stroke(`M${lx} ${round(ly - 78)}v-34`, "#1b1a3d", 5);
  sheet.circle(lx, ly - 82, 9, "#c9382f");
  for (let i = 0; i < 9; i++)
    sheet.stroke(
      `M${round(lx - g * 1.1 + (g * 2.2 * i) / 8)} ${round(ly + 44)}v-26`,
      "#1b1a3d",
      2.5,
    );
  sheet.stroke(`M${round(lx - g * 1.1)} ${round(ly + 18)}h${round(g * 2.2)}`, "#1b1a3d", 3);
  const rock: Point[] = [
    [0.16, 0.86],
    [0.26, 0.825],
    [0.36, 0.8],
    [0.45, 0.785],
    [0.7, 0.78],
    [0.82, 0.8],
    [0.9, 0.83],
    [1.02, 0.84],
    [1.02, 1.02],
    [0.05, 1.02],
    [0.1, 0.91],
  ].map(([x = 0, y = 0]) => [x * w, y * h]);
  const hx = w * 0.73;
  sheet.rect(hx, h * 0.735, w * 0.17, h * 0.06, "#f6ead7");
  sheet.path(
    poly([
      [hx - 8, h * 0.737],
      [hx + w * 0.085, h * 0.7],
      [hx + w * 0.17 + 8, h * 0.737],
    ]),
    "#8d2f3c",
  );
  sheet.rect(hx + w * 0.03, h * 0.75, 20, 26, "#ffd98a");
  sheet.rect(hx + w * 0.1, h * 0.75, 20, 26, "#ffd98a");
  sheet.path(poly(rock), sheet.down(h * 0.78, h, "#3d3560", "#171a3d"));
  sheet.inside(poly(rock), () => {
    for (let i = 0; i < 46; i++) {
      const [x, y] = [chance.between(0.1, 1) * w, h * chance.between(0.79, 1)];
      const s = chance.between(14, 50);
      sheet.path(
        poly([
          [x, y],
          [x + s, y - s * 0.4],
          [x + s * 1.3, y + s * 0.5],
          [x + s * 0.2, y + s * 0.7],
        ]),
        chance.pick(["#544a7d", "#2a264f", "#6d5a86", "#1f1e45"]),
        'fill-opacity=".6"',
      );
    }
  });
  foam(sheet, h * 0.93, "#8d8fc0", 0.05);
  foam(sheet, h * 0.965, "#1b2f60", 0.07);
};

function foam(sheet: Sheet, y: number, color: string, long: number): void {
  const { width: w, height: h } = sheet;
  let path = `M-10 ${h + 10}V${round(y)}`;
  for (let x = -10; x < w + 20; x += w * long * 2)
    path += `q${round(w * long)} ${round(-w * long * 0.7)} ${round(w * long * 2)} 0`;
  sheet.path(`${path}V${h + 10}Z`, color);
}
