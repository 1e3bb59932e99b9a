import { blob, leaf, mix, polar, round } from "./pen.ts";
import type { Drawing } from "./sheet.ts";

export const breakfast: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill("#fbf3e4");
  const cell = w / 12;
  for (let i = 0; i < 12; i += 2) {
    sheet.rect(i * cell, 0, cell, h, "#7fb3c2", 'fill-opacity=".45"');
    sheet.rect(0, i * cell, w, cell, "#7fb3c2", 'fill-opacity=".45"');
  }
  const shade = (x: number, y: number, r: number) => {
    const far = r * 1.16;
    sheet.circle(
      x + r * 0.07,
      y + r * 0.1,
      far,
      sheet.radial(
        x + r * 0.07,
        y + r * 0.1,
        far,
        "#17364a88",
        "#17364a88",
        "#17364a77",
        "#17364a66",
        "#17364a00",
      ),
    );
  };
  const plate = (x: number, y: number, r: number, rim: string, dish: string) => {
    shade(x, y, r);
    sheet.circle(x, y, r, rim);
    sheet.circle(x, y, r * 0.93, dish);
    sheet.circle(
      x,
      y,
      r * 0.7,
      sheet.radial(
        x - r * 0.2,
        y - r * 0.2,
        r,
        mix(dish, "#ffffff", 0.6),
        mix(dish, "#6d7a8a", 0.14),
      ),
    );
  };
  const [px, py, pr] = [w * 0.44, h * 0.53, w * 0.285];
  plate(px, py, pr, "#d8573f", "#fdf8ee");
  const toast = `M${round(px - pr * 0.66)} ${round(py + pr * 0.05)}q-20 -26 8 -44q60 -26 112 6q26 20 6 44l-6 104q-60 16 -112 0Z`;
  sheet.group(`transform="rotate(-18 ${round(px)} ${round(py)}) translate(10 16)"`, () => {
    sheet.path(toast, "#17364a", 'fill-opacity=".18" transform="translate(8 9)"');
    sheet.path(toast, "#b5723a");
    sheet.group(`transform="translate(${round(px * 0.058)} ${round(py * 0.066)}) scale(.9)"`, () =>
      sheet.path(toast, "#eebc74"),
    );
    sheet.path(toast, sheet.spray("#9c5a2a", [0, py + pr * 0.6], [0, py - pr * 0.4], 0.3));
    sheet.rect(
      px - pr * 0.42,
      py + pr * 0.12,
      46,
      40,
      "#fbe08a",
      `rx="7" transform="rotate(12 ${round(px)} ${round(py)})"`,
    );
  });
  const egg = (x: number, y: number, r: number) => {
    const white = blob(chance, x, y, r, 0.15, 8);
    sheet.group('transform="translate(5 7)"', () =>
      sheet.path(white, "#17364a", 'fill-opacity=".16"'),
    );
    sheet.path(white, "#ffffff");
    sheet.stroke(white, "#efd9b0", 4);
    sheet.circle(
      x + 6,
      y - 4,
      r * 0.44,
      sheet.radial(x - 4, y - 14, r * 0.6, "#ffd257", "#f9a825", "#ec7f1d"),
    );
    sheet.ellipse(x - r * 0.08, y - r * 0.22, r * 0.12, r * 0.07, "#fff6d0");
    for (let i = 0; i < 12; i++)
      sheet.circle(
        x + chance.between(-0.7, 0.7) * r,
        y + chance.between(-0.7, 0.7) * r,
        2.2,
        "#3a3030",
      );
  };
  egg(px + pr * 0.27, py - pr * 0.3, pr * 0.34);
  egg(px + pr * 0.3, py + pr * 0.3, pr * 0.33);
  for (const [dx, dy] of [
    [-0.28, -0.5],
    [-0.06, -0.58],
    [-0.45, -0.34],
  ] as const) {
    sheet.circle(px + pr * dx, py + pr * dy, pr * 0.115, "#d9382f");
    sheet.ellipse(px + pr * (dx - 0.03), py + pr * (dy - 0.04), pr * 0.034, pr * 0.022, "#ffb3a0");
    for (let k = 0; k < 5; k++)
      sheet.path(
        leaf(
          [px + pr * dx, py + pr * dy],
          polar(px + pr * dx, py + pr * dy, pr * 0.07, k * 1.257),
          pr * 0.026,
        ),
        "#3f7f4a",
      );
  }
  plate(w * 0.82, h * 0.23, w * 0.14, "#2f5d74", "#e9eef0");
  sheet.rect(
    w * 0.885,
    h * 0.115,
    w * 0.09,
    w * 0.035,
    "#2f5d74",
    `rx="16" transform="rotate(-38 ${w * 0.89} ${h * 0.15})"`,
  );
  sheet.circle(w * 0.82, h * 0.23, w * 0.098, "#2f5d74");
  sheet.circle(
    w * 0.82,
    h * 0.23,
    w * 0.086,
    sheet.radial(w * 0.8, h * 0.2, w * 0.12, "#9a5f35", "#5a2f1f"),
  );
  sheet.path(
    `M${w * 0.82} ${h * 0.275}c-60 -30 -40 -66 -14 -60q10 2 14 14q4 -12 14 -14c26 -6 46 30 -14 60Z`,
    "#e9c9a0",
  );
  const slice = (x: number, y: number, r: number, skin: string, flesh: string) => {
    shade(x, y, r * 0.92);
    sheet.circle(x, y, r, skin);
    sheet.circle(x, y, r * 0.9, "#fff3d8");
    for (let i = 0; i < 9; i++) {
      const turn = (i / 9) * 6.283;
      const [a, b] = [polar(x, y, r * 0.83, turn + 0.06), polar(x, y, r * 0.83, turn + 0.64)];
      const tip = polar(x, y, r * 0.1, turn + 0.35);
      sheet.path(
        `M${round(tip[0])} ${round(tip[1])}L${round(a[0])} ${round(a[1])}A${round(r * 0.83)} ${round(r * 0.83)} 0 0 1 ${round(b[0])} ${round(b[1])}Z`,
        flesh,
      );
    }
  };
  slice(w * 0.17, h * 0.17, w * 0.105, "#f08a24", "#f9a63f");
  slice(w * 0.33, h * 0.1, w * 0.07, "#e5533d", "#f2826a");
  slice(w * 0.9, h * 0.9, w * 0.09, "#f08a24", "#f9a63f");
  const metal = sheet.linear([w * 0.77, 0], [w * 0.81, 0], "#f6f4ef", "#b9c2c8", "#8a959e");
  sheet.group('transform="translate(6 8)"', () =>
    sheet.rect(w * 0.775, h * 0.5, 18, h * 0.36, "#17364a", 'rx="9" fill-opacity=".2"'),
  );
  sheet.path(
    `M${w * 0.775} ${h * 0.52}q-4 -120 12 -150q22 40 10 150v${h * 0.33}q-11 16 -22 0Z`,
    metal,
  );
  sheet.path(
    `M${w * 0.095} ${h * 0.52}v${h * 0.34}q9 14 18 0v${-h * 0.34}q26 -8 24 -40v-100h-8v84h-8v-84h-10v84h-8v-84h-10v84h-8v-84h-8v100q0 32 18 40Z`,
    sheet.linear([w * 0.07, 0], [w * 0.13, 0], "#f6f4ef", "#b9c2c8", "#8a959e"),
  );
  for (let i = 0; i < 12; i++) {
    const [x, y] = [w * 0.6 + chance.between(-70, 70), h * 0.92 + chance.between(-40, 40)];
    sheet.circle(x + 3, y + 5, 15, "#17364a", 'fill-opacity=".2"');
    sheet.circle(x, y, 15, chance.pick(["#3f4f8a", "#2f3a6d", "#566aa8"]));
    sheet.circle(x - 3, y - 3, 4.5, "#1d2550");
  }
};
