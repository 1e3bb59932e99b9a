import { type Chance, leaf, mix, polar, poly, round } from "./pen.ts";
import type { Drawing, Sheet } from "./sheet.ts";

export const meadow: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h, "#f9d9b0", "#fbe9c9", "#e6eccf", "#b9d2a0"));
  sheet.circle(w * 0.74, h * 0.3, h * 0.15, "#fff7e0");
  for (let layer = 0; layer < 4; layer++) {
    const near = layer / 3;
    const green = mix("#b9cf9a", "#1f4f45", near);
    const blades = 90 + layer * 20;
    let grass = "";
    for (let i = 0; i < blades; i++) {
      const x = (i / blades) * w + chance.between(-9, 9);
      const tall = h * chance.between(0.1, 0.34) * (0.6 + near * 0.5);
      const lean = chance.between(-0.3, 0.3) * tall;
      const thick = 2 + near * 4;
      grass += `M${round(x - thick)} ${h + 4}Q${round(x)} ${round(h - tall * 0.5)} ${round(x + lean)} ${round(h - tall)}Q${round(x + thick)} ${round(h - tall * 0.4)} ${round(x + thick)} ${h + 4}Z`;
    }
    sheet.path(grass, green);
    const flowers = [16, 15, 14, 9][layer] ?? 9;
    for (let i = 0; i < flowers; i++)
      flower(sheet, chance, ((i + chance.between(0.1, 0.9)) / flowers) * w, near, green);
  }
};

function flower(sheet: Sheet, chance: Chance, x: number, near: number, green: string): void {
  const { height: h } = sheet;
  const tall = h * chance.between(0.34, 0.8) * (0.62 + near * 0.42);
  const lean = chance.between(-50, 50);
  const [fx, fy] = [x + lean, h - tall];
  const s = (14 + near * 30) * chance.between(0.8, 1.25);
  const veil = (color: string) => mix(color, "#fbe9c9", 0.55 - near * 0.55);
  sheet.stroke(
    `M${round(x)} ${h + 5}Q${round(x)} ${round(h - tall * 0.5)} ${round(fx)} ${round(fy)}`,
    green,
    1.6 + near * 2.6,
  );
  for (const side of [-1, 1])
    if (chance.is(0.7)) {
      const u = chance.between(0.25, 0.5);
      const y = h - tall * u;
      const px = x + lean * u * u;
      sheet.path(leaf([px, y], [px + side * s * 1.8, y - s * 1.5], s * 0.4), green);
    }
  const kind = chance.int(0, 4);
  if (kind === 0) {
    const red = veil(chance.pick(["#d8412f", "#e0593a", "#c22f35"]));
    for (const [dx, dy, r] of [
      [-0.5, 0, 0.72],
      [0.5, 0, 0.72],
      [0, -0.35, 0.74],
      [0, 0.25, 0.66],
    ] as const)
      sheet.circle(
        fx + dx * s,
        fy + dy * s,
        r * s,
        mix(red, "#5a0f2a", dy > 0 ? 0.16 : dy < 0 ? 0.07 : 0),
      );
    sheet.circle(fx, fy, s * 0.26, veil("#2a1a2f"));
  } else if (kind === 1) {
    for (let i = 0; i < 13; i++)
      sheet.path(
        leaf([fx, fy], polar(fx, fy, s * 1.1, (i / 13) * 6.283), s * 0.3, 0.65),
        veil("#fffdf4"),
      );
    sheet.circle(fx, fy, s * 0.36, veil("#f2b431"));
  } else if (kind === 2) {
    const blue = veil(chance.pick(["#3f5fb0", "#5a78c9", "#6a55a8"]));
    for (let i = 0; i < 9; i++) {
      const turn = -Math.PI * (0.02 + (i / 8) * 0.96);
      const [a, b, c] = [
        polar(fx, fy, s * 1.25, turn - 0.14),
        polar(fx, fy, s * 1.05, turn),
        polar(fx, fy, s * 1.25, turn + 0.14),
      ];
      sheet.path(poly([[fx, fy], a, b, c]), i % 2 ? blue : mix(blue, "#ffffff", 0.2));
    }
    sheet.ellipse(fx, fy + s * 0.18, s * 0.26, s * 0.34, green);
  } else if (kind === 3) {
    const violet = veil(chance.pick(["#8a5fb0", "#b06fa8", "#e2859a"]));
    for (let i = 0; i < 12; i++)
      for (const side of [-1, 1])
        sheet.ellipse(
          fx - lean * 0.004 * i + side * s * 0.22 * (0.4 + i * 0.06),
          fy + i * s * 0.27 - s * 0.6,
          s * 0.2 * (0.6 + i * 0.05),
          s * 0.17,
          i % 2 ? violet : mix(violet, "#ffffff", 0.22),
        );
  } else {
    for (let i = 0; i < 15; i++) {
      const end = polar(fx, fy, s * chance.between(0.8, 1.2), -Math.PI * (i / 14));
      sheet.stroke(
        `M${round(fx)} ${round(fy + s * 0.7)}L${round(end[0])} ${round(end[1])}`,
        green,
        1.4,
      );
      sheet.circle(end[0], end[1], s * 0.17, veil("#f6c945"));
    }
  }
}
