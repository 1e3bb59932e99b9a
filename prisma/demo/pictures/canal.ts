import { at, fade, ground, type Point, poly, round, smooth, times } from "./pen.ts";
import type { Drawing, Sheet } from "./sheet.ts";

export const canalHouses: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  const quay = h * 0.7;
  sheet.fill(sheet.down(0, quay, "#9fc3cf", "#dfe5d8", "#fbe7c8"));
  const cloud = (x: number, y: number, s: number) => {
    for (const [dx, long] of [
      [0, 150],
      [-50, 90],
      [60, 110],
    ] as const)
      sheet.rect(
        x + dx * s,
        y + (dx % 7) * 5 * s,
        long * s,
        20 * s,
        "#fffaf0",
        `rx="${10 * s}" fill-opacity=".85"`,
      );
  };
  cloud(w * 0.12, h * 0.12, 1);
  cloud(w * 0.62, h * 0.07, 1.2);
  cloud(w * 0.85, h * 0.19, 0.8);
  const bricks = [
    "#a23e36",
    "#2f4858",
    "#d98c4a",
    "#5b2f3a",
    "#e7dac0",
    "#7d9a8c",
    "#c4573f",
    "#3d5a6c",
    "#8a4b3a",
    "#e2b35f",
  ];
  const count = 9;
  const across = w / (count - 0.4);
  const houses = times(count, (i) => ({
    x: -across * 0.3 + i * across,
    wide: across,
    tall: h * chance.between(0.36, 0.5),
    wall: at(bricks, i),
    gable: at([0, 2, 1, 3, 0, 1, 2, 3, 0], i),
  }));
  const draw = (detail: boolean) => {
    for (const { x, wide, tall, wall, gable } of houses) {
      const top = quay - tall;
      const mid = x + wide / 2;
      const trim = wall === "#e7dac0" ? "#8a4b3a" : "#f8efdc";
      const outline: Point[] = [];
      if (gable === 0)
        for (let s = 0; s < 5; s++)
          outline.push(
            [x + (wide / 2) * (s / 5.2), top - s * 19],
            [x + (wide / 2) * (s / 5.2), top - (s + 1) * 19],
          );
      if (gable === 1)
        outline.push(
          [x, top],
          [x + wide * 0.06, top - 28],
          [x + wide * 0.2, top - 42],
          [x + wide * 0.27, top - 72],
          [x + wide * 0.36, top - 98],
          [x + wide * 0.44, top - 106],
        );
      if (gable === 2)
        outline.push(
          [x, top],
          [x + wide * 0.27, top - 4],
          [x + wide * 0.27, top - 76],
          [x + wide * 0.3, top - 82],
          [mid, top - 108],
        );
      if (gable === 3)
        outline.push(
          [x - 4, top],
          [x - 4, top - 16],
          [x + wide * 0.06, top - 16],
          [x + wide * 0.06, top - 24],
        );
      const full = [...outline, ...outline.map(([px, py]): Point => [2 * mid - px, py]).reverse()];
      sheet.path(poly([[x, quay], [x, top], ...full, [x + wide, top], [x + wide, quay]]), wall);
      if (!detail) continue;
      sheet.stroke(poly(full, false), trim, 6);
      sheet.rect(x + wide * 0.82, top, wide * 0.18, tall, fade("#1d1430", 0.16));
      const floors = 4;
      for (let f = 0; f < floors; f++) {
        const tallPane = (tall / floors) * (0.62 - f * 0.0);
        const y = top + 16 + (f * (tall - 18)) / floors;
        for (let c = 0; c < 3; c++) {
          if (f === floors - 1 && c === 1) continue;
          const paneWide = wide * 0.19;
          const px = x + wide * (0.2 + c * 0.3) - paneWide / 2;
          sheet.rect(
            px,
            y,
            paneWide,
            tallPane,
            chance.is(0.2) ? "#ffdf9a" : "#26364a",
            `stroke="${trim}" stroke-width="4"`,
          );
          sheet.path(
            `M${round(px + paneWide / 2)} ${round(y)}v${round(tallPane)}M${round(px)} ${round(y + tallPane * 0.4)}h${round(paneWide)}`,
            "none",
            `stroke="${trim}" stroke-width="2.6"`,
          );
        }
      }
      sheet.rect(
        mid - wide * 0.11,
        quay - tall * 0.2,
        wide * 0.22,
        tall * 0.2,
        chance.pick(["#1f3d3a", "#5b1f2a", "#1d2b45"]),
        `stroke="${trim}" stroke-width="4"`,
      );
      if (gable === 2 || gable === 0)
        sheet.rect(mid - 9, top - 60, 18, 26, "#26364a", `stroke="${trim}" stroke-width="4"`);
      sheet.path(
        poly([
          [x, top],
          [x + 5, top],
          [x + 5, quay],
          [x, quay],
        ]),
        fade("#1d1430", 0.25),
      );
    }
  };
  draw(true);
  sheet.rect(0, quay - 8, w, 26, "#6d5a55");
  for (let x = 0; x < w; x += 34) sheet.rect(x, quay + 4, 31, 12, "#57474a");
  sheet.rect(0, quay + 18, w, h, "#2c5561");
  sheet.group(`transform="translate(0 ${round(2 * quay + 30)}) scale(1 -1)" opacity=".5"`, () =>
    draw(false),
  );
  sheet.rect(0, quay + 18, w, h, sheet.down(quay + 18, h, "#3f6f7611", "#2c5561cc", "#16323f"));
  for (let i = 0; i < 120; i++) {
    const u = chance.next() ** 0.8;
    sheet.rect(
      chance.between(-0.05, 1) * w,
      quay + 26 + (h - quay) * u,
      w * chance.between(0.02, 0.1) * (0.5 + u),
      2 + u * 3,
      chance.pick(["#f8efdc", "#9fc3cf", "#16323f", "#2c5561"]),
      'rx="2" fill-opacity=".4"',
    );
  }
  boatAndTree(sheet, quay);
};

function boatAndTree(sheet: Sheet, quay: number): void {
  const { width: w, height: h, chance } = sheet;
  for (const tx of [0.235, 0.69]) {
    const x = w * tx;
    sheet.stroke(
      `M${x} ${quay}q6 -60 -2 -120m2 30q-26 -30 -40 -44m44 16q24 -26 38 -36`,
      "#33262b",
      8,
    );
    for (let i = 0; i < 70; i++) {
      const turn = chance.between(0, 6.28);
      const far = Math.sqrt(chance.next()) * 84;
      sheet.circle(
        x + Math.cos(turn) * far * 1.05,
        quay - 150 + Math.sin(turn) * far * 0.8,
        chance.between(7, 16),
        chance.pick(["#4f7f52", "#6d9a58", "#3a6a4c", "#8db268"]),
      );
    }
  }
  const [bx, by] = [w * 0.42, h * 0.86];
  sheet.path(
    ground(
      smooth([
        [bx - 150, by - 26],
        [bx, by - 6],
        [bx + 170, by - 30],
      ]),
      bx - 112,
      bx + 132,
      by + 30,
    ),
    "#b8382f",
  );
  sheet.path(
    smooth(
      [
        [bx - 150, by - 26],
        [bx, by - 6],
        [bx + 170, by - 30],
        [bx, by + 6],
      ],
      true,
    ),
    "#f8efdc",
  );
  sheet.rect(bx - 60, by - 52, 110, 42, "#f2dfb8");
  sheet.rect(bx - 68, by - 60, 126, 12, "#1d2b45");
  for (const dx of [-48, -16, 16]) sheet.rect(bx + dx, by - 40, 22, 16, "#26364a");
  sheet.rect(bx - 130, by + 27, 280, 7, "#0f2530", 'rx="3" fill-opacity=".6"');
}
