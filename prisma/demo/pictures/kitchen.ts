import { at, fade, leaf, mix, poly, round, smooth } from "./pen.ts";
import { plantPot } from "./plant-pot.ts";
import type { Drawing, Sheet } from "./sheet.ts";

export const kitchen: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill("#24474f");
  sheet.rect(0, 0, w, h, sheet.spray("#122a36", [0, 0], [0, h * 0.6], 0.4));
  const [fx, fy, fw, fh] = [w * 0.1, h * 0.13, w * 0.3, h * 0.44];
  sheet.rect(fx - 16, fy - 16, fw + 32, fh + 32, "#e8d9bd");
  sheet.rect(fx, fy, fw, fh, sheet.down(fy, fy + fh, "#34457f", "#8a5a8f", "#e98a6b", "#fbc97f"));
  sheet.inside(`M${fx} ${fy}h${fw}v${fh}h${-fw}Z`, () => {
    sheet.circle(fx + fw * 0.72, fy + fh * 0.3, 26, "#fdf1cf");
    let x = fx;
    while (x < fx + fw) {
      const [across, tall] = [chance.between(30, 62), chance.between(50, 150)];
      sheet.rect(x, fy + fh - tall, across + 1, tall, mix("#5a3a6d", "#3a2a55", chance.next()));
      for (let k = 0; k < 5; k++)
        if (chance.is(0.6))
          sheet.rect(
            x + chance.between(4, across - 10),
            fy + fh - chance.between(8, tall - 4),
            6,
            8,
            "#ffd98a",
          );
      x += across;
    }
  });
  sheet.rect(fx + fw / 2 - 6, fy, 12, fh, "#e8d9bd");
  sheet.rect(fx, fy + fh * 0.46, fw, 10, "#e8d9bd");
  sheet.rect(fx - 34, fy + fh + 10, fw + 68, 18, "#f6ead2");
  plantPot(sheet, fx + fw * 0.16, fy + fh + 10, 74, "#c8553a", "#4f8a5f");
  plantPot(sheet, fx + fw * 0.86, fy + fh + 10, 58, "#e2a33b", "#7da866");
  const table = h * 0.76;
  const [lx, ly] = [w * 0.66, h * 0.33];
  sheet.path(
    poly([
      [lx - w * 0.09, ly],
      [lx + w * 0.09, ly],
      [lx + w * 0.3, table],
      [lx - w * 0.3, table],
    ]),
    sheet.down(ly, table, "#ffe7a8cc", "#ffdf9a55", "#ffd98a22"),
  );
  sheet.stroke(`M${lx} -5V${round(ly - h * 0.14)}`, "#0f222b", 5);
  sheet.path(
    `M${round(lx - w * 0.1)} ${round(ly)}C${round(lx - w * 0.1)} ${round(ly - h * 0.14)} ${round(lx - w * 0.02)} ${round(ly - h * 0.15)} ${round(lx - w * 0.018)} ${round(ly - h * 0.19)}h${round(w * 0.036)}C${round(lx + w * 0.02)} ${round(ly - h * 0.15)} ${round(lx + w * 0.1)} ${round(ly - h * 0.14)} ${round(lx + w * 0.1)} ${round(ly)}Z`,
    "#e0603c",
  );
  sheet.path(
    `M${round(lx + w * 0.1)} ${round(ly)}C${round(lx + w * 0.1)} ${round(ly - h * 0.14)} ${round(lx + w * 0.02)} ${round(ly - h * 0.15)} ${round(lx + w * 0.018)} ${round(ly - h * 0.19)}h-10C${round(lx + w * 0.012)} ${round(ly - h * 0.12)} ${round(lx + w * 0.05)} ${round(ly - h * 0.1)} ${round(lx + w * 0.05)} ${round(ly)}Z`,
    "#a93f33",
  );
  sheet.ellipse(lx, ly, w * 0.1, h * 0.022, "#fff3c4");
  sheet.circle(lx, ly + 2, 20, "#ffffff");
  for (let i = 0; i < 3; i++) {
    const y = h * (0.16 + i * 0.0);
    const x = w * (0.86 + i * 0.045);
    sheet.stroke(`M${round(x)} ${round(y)}v${60 + i * 16}`, "#c9a36a", 4);
    sheet.circle(x, y + 84 + i * 18, 26 - i * 3, at(["#b9573c", "#8fa3a0", "#d9b25f"], i));
  }
  sheet.rect(w * 0.83, h * 0.145, w * 0.15, 7, "#e8d9bd", 'rx="3"');
  sheet.rect(w * 0.3, table, w * 0.68, h * 0.035, "#d79a5c");
  sheet.rect(w * 0.3, table + h * 0.035, w * 0.68, h * 0.018, "#8f5738");
  sheet.path(
    poly([
      [w * 0.36, table + 40],
      [w * 0.385, table + 40],
      [w * 0.365, h],
      [w * 0.345, h],
    ]),
    "#8f5738",
  );
  sheet.path(
    poly([
      [w * 0.9, table + 40],
      [w * 0.925, table + 40],
      [w * 0.945, h],
      [w * 0.925, h],
    ]),
    "#8f5738",
  );
  const bowl = w * 0.63;
  for (const [dx, dy, c] of [
    [-58, -66, "#f0932f"],
    [0, -84, "#f6a93f"],
    [56, -64, "#e87a2a"],
    [-30, -46, "#f6a93f"],
    [30, -48, "#f0932f"],
  ] as const) {
    sheet.circle(bowl + dx, table + dy, 36, c);
    sheet.circle(bowl + dx - 9, table + dy - 11, 9, mix(c, "#fff3d0", 0.55));
  }
  sheet.path(leaf([bowl, table - 116], [bowl + 44, table - 142], 22), "#5f9a58");
  sheet.path(
    `M${round(bowl - 120)} ${round(table - 60)}h240q-8 54 -66 60h-108q-58 -6 -66 -60Z`,
    "#f6ead2",
  );
  sheet.path(
    `M${round(bowl + 120)} ${round(table - 60)}h-70q6 40 -40 60h44q58 -6 66 -60Z`,
    "#d9c4a0",
  );
  sheet.path(
    `M${round(bowl - 112)} ${round(table - 38)}q112 22 224 0l-6 16q-106 22 -212 0Z`,
    "#2f6f7a",
  );
  const pot = w * 0.82;
  sheet.path(
    poly([
      [pot - 40, table],
      [pot - 30, table - 66],
      [pot - 36, table - 128],
      [pot + 36, table - 128],
      [pot + 30, table - 66],
      [pot + 40, table],
    ]),
    "#8fa3a8",
  );
  sheet.path(
    poly([
      [pot + 4, table],
      [pot + 2, table - 66],
      [pot + 6, table - 128],
      [pot + 36, table - 128],
      [pot + 30, table - 66],
      [pot + 40, table],
    ]),
    "#5f747d",
  );
  sheet.rect(pot - 32, table - 72, 64, 10, "#3d4f5a");
  sheet.path(
    poly([
      [pot - 38, table - 128],
      [pot, table - 150],
      [pot + 38, table - 128],
    ]),
    "#b9c8ca",
  );
  sheet.circle(pot, table - 155, 8, "#1d2f3a");
  sheet.stroke(`M${round(pot + 34)} ${round(table - 116)}q44 4 34 76`, "#1d2f3a", 9);
  sheet.path(
    poly([
      [pot - 36, table - 128],
      [pot - 62, table - 122],
      [pot - 34, table - 96],
    ]),
    "#8fa3a8",
  );
  const mug = w * 0.43;
  sheet.add(
    `<circle cx="${round(mug + 36)}" cy="${round(table - 36)}" r="20" fill="none" stroke="#e0603c" stroke-width="9"/>`,
  );
  sheet.rect(mug - 32, table - 72, 66, 72, "#e0603c", 'rx="8"');
  sheet.rect(mug + 8, table - 72, 26, 72, "#a93f33", 'rx="8"');
  for (let i = 0; i < 3; i++)
    sheet.stroke(
      `M${round(mug - 14 + i * 14)} ${round(table - 84)}q-12 -18 0 -34t0 -34`,
      fade("#fff3d8", 0.55),
      4,
    );
  chair(sheet, w * 0.14, h);
};

function chair(sheet: Sheet, x: number, h: number): void {
  const ink = "#c98a4f";
  sheet.stroke(`M${round(x)} ${h + 10}L${round(x + 18)} ${round(h * 0.62)}`, ink, 15);
  sheet.stroke(`M${round(x + 150)} ${h + 10}L${round(x + 142)} ${round(h * 0.84)}`, ink, 15);
  sheet.path(
    smooth(
      [
        [x - 4, h * 0.62],
        [x + 16, h * 0.6],
        [x + 44, h * 0.62],
        [x + 40, h * 0.72],
        [x + 14, h * 0.71],
      ],
      true,
    ),
    "#e2a33b",
  );
  sheet.path(
    smooth(
      [
        [x - 6, h * 0.83],
        [x + 76, h * 0.81],
        [x + 164, h * 0.835],
        [x + 160, h * 0.862],
        [x, h * 0.862],
      ],
      true,
    ),
    "#e2a33b",
  );
}
