import { at, mix, type Point, poly, round, smooth, times } from "./pen.ts";
import type { Drawing } from "./sheet.ts";
import { spruce } from "./trees.ts";

const TURN = Math.PI * 2;

export const rockingBoat: Drawing = (sheet, frame) => {
  const { width: w, height: h } = sheet;
  sheet.fill("#f6d9a8");
  sheet.circle(w * 0.72, h * 0.34, h * 0.17, "#e8694a");
  for (const [x, y, long] of [
    [0.1, 0.18, 0.24],
    [0.2, 0.23, 0.16],
    [0.66, 0.13, 0.22],
  ] as const)
    sheet.rect(
      w * x + Math.sin(frame * TURN + y * 20) * 5,
      h * y,
      w * long,
      8,
      "#fbeecb",
      'rx="4"',
    );
  const wave = (y: number, rise: number, phase: number, color: string) => {
    const line = times(
      17,
      (i): Point => [
        (i / 16) * (w + 40) - 20,
        h * y + Math.sin((i / 16) * TURN * 2 + phase) * rise,
      ],
    );
    sheet.path(`${smooth(line)}V${h + 5}H-20Z`, color);
  };
  wave(0.62, 7, -frame * TURN, "#5fa3a8");
  wave(0.68, 9, 1.5 + frame * TURN, "#3a8194");
  const roll = Math.sin(frame * TURN) * 7;
  const lift = Math.cos(frame * TURN) * 6;
  sheet.group(
    `transform="translate(${round(w * 0.42)} ${round(h * 0.72 + lift)}) rotate(${round(roll)})"`,
    () => {
      sheet.path("M-4 -22V-190Q-74 -96 -86 -30Q-40 -16 -4 -22Z", "#fdf6e6");
      sheet.path("M-4 -22V-190Q-36 -96 -40 -22Q-20 -18 -4 -22Z", "#ecd9b5");
      sheet.path("M6 -26V-170Q58 -86 70 -30Q36 -20 6 -26Z", "#c8453a");
      sheet.rect(-3, -200, 6, 200, "#3a2433");
      sheet.path(
        `M3 -200q16 ${round(Math.sin(frame * TURN * 2) * 4)} 30 6q-14 4 -30 8Z`,
        "#e9a23b",
      );
      sheet.path("M-96 -8Q0 10 92 -14Q82 34 40 40H-52Q-86 30 -96 -8Z", "#3a2433");
      sheet.path("M-92 4Q0 20 88 -2L84 9Q0 30 -88 15Z", "#e9a23b");
    },
  );
  wave(0.77, 9, 3 - frame * TURN, "#25617d");
  wave(0.86, 8, 0.6 + frame * TURN, "#174562");
  wave(0.94, 7, 2.2 - frame * TURN, "#0f2f4c");
};

export const firstSnow: Drawing = (sheet, frame) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h, "#16264f", "#2f4a7f", "#7a86ad", "#d9b9b4"));
  sheet.circle(w * 0.8, h * 0.2, w * 0.075, "#fbf0d4");
  const hill = (y: number, rise: number, phase: number, color: string) => {
    const line = times(
      8,
      (i): Point => [(i / 7) * (w + 40) - 20, h * y + Math.sin(i * 1.3 + phase) * rise],
    );
    sheet.path(`${smooth(line)}V${h + 5}H-20Z`, color);
  };
  const wood = (y: number, size: number, count: number, color: string) =>
    sheet.path(
      times(count, (i) =>
        spruce(
          chance,
          ((i + chance.between(0.1, 0.9)) / count) * w,
          y * h + chance.between(-6, 8),
          size * chance.between(0.6, 1.1),
          0.2,
        ),
      ).join(""),
      color,
    );
  hill(0.6, 22, 0.4, "#6f82b0");
  wood(0.64, 60, 26, "#45598c");
  hill(0.68, 16, 2.1, "#a9b7d6");
  wood(0.71, 96, 15, "#26386b");
  hill(0.76, 13, 4, "#dfe5f2");
  const [x, y] = [w * 0.4, h * 0.78];
  const glow = 0.3 + 0.06 * Math.sin(frame * TURN);
  sheet.circle(
    x + 40,
    y - 16,
    120,
    sheet.radial(x + 40, y - 16, 120, `#ffd98a${Math.round(glow * 255).toString(16)}`, "#ffd98a00"),
  );
  sheet.rect(x, y - 56, 104, 62, "#7a3f3a");
  for (let i = 0; i < 5; i++) sheet.rect(x, y - 46 + i * 11, 104, 2, "#5a2a30");
  sheet.rect(x + 76, y - 108, 16, 40, "#5a2a30");
  sheet.rect(x + 73, y - 112, 22, 8, "#f6f8ff", 'rx="4"');
  sheet.path(
    poly([
      [x - 16, y - 50],
      [x + 52, y - 100],
      [x + 120, y - 50],
    ]),
    "#f6f8ff",
  );
  sheet.path(
    poly([
      [x + 52, y - 100],
      [x + 120, y - 50],
      [x + 96, y - 50],
    ]),
    "#c6d0e8",
  );
  const light = mix("#ffc860", "#ffe9a8", 0.5 + 0.5 * Math.sin(frame * TURN));
  sheet.rect(x + 12, y - 38, 24, 24, light);
  sheet.rect(x + 68, y - 38, 24, 24, light);
  for (const wx of [23, 79]) sheet.path(`M${x + wx} ${y - 38}h2v24h-2Z`, "#5a2a30");
  sheet.rect(x + 43, y - 36, 18, 42, "#3a1f2b");
  for (let i = 0; i < 4; i++) {
    const u = (i / 4 + frame) % 1;
    const fadeOut = 0.5 * (1 - u);
    sheet.circle(
      x + 84 + Math.sin(u * 5 + 1) * 12 + u * 20,
      y - 116 - u * 110,
      6 + u * 16,
      "#e8edf8",
      `fill-opacity="${fadeOut.toFixed(2)}"`,
    );
  }
  hill(0.83, 10, 1, "#f6f8ff");
  wood(0.98, 150, 4, "#16264f");
  hill(0.95, 6, 5, "#ffffff");
  for (let i = 0; i < 130; i++) {
    const size = at([1.4, 2, 2.8], i);
    const fall = (chance.next() + frame) % 1;
    const sway = chance.next();
    sheet.circle(
      chance.next() * w + Math.sin((frame + sway) * TURN) * 6,
      fall * (h + 10) - 5,
      size,
      "#ffffff",
      'fill-opacity=".9"',
    );
  }
};
