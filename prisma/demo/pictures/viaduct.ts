import { fade, ground, mix, poly, ridge, round, times } from "./pen.ts";
import type { Drawing } from "./sheet.ts";
import { heightAt, spruce } from "./trees.ts";

export const viaduct: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h * 0.8, "#12274f", "#26527c", "#5f93a0", "#e9cfa4"));
  for (let i = 0; i < 90; i++)
    sheet.circle(
      chance.next() * w,
      chance.next() * h * 0.4,
      chance.between(0.6, 1.7),
      "#fff6df",
      'fill-opacity=".75"',
    );
  const [mx, my, mr] = [w * 0.82, h * 0.12, round(h * 0.08)];
  sheet.path(
    `M${mx} ${my}a${mr} ${mr} 0 1 1 ${-mr * 1.4} ${mr * 1.4}a${round(mr * 0.86)} ${round(mr * 0.86)} 0 0 0 ${mr * 1.4} ${-mr * 1.4}Z`,
    "#fdf1cf",
  );
  ["#7fa9a6", "#4f8590", "#2f6377"].forEach((tone, i) => {
    const line = ridge(chance, w, h * (0.52 + i * 0.09), h * (0.24 - i * 0.04), 0.45);
    sheet.path(
      ground(poly(line, false), -10, w + 10, h),
      sheet.down(h * 0.4, h * 0.85, tone, mix(tone, "#f0dcb4", 0.5)),
    );
  });
  const deck = h * 0.5;
  const pier = w / 8.5;
  let holes = "";
  for (let i = 0; i < 10; i++) {
    const x = -pier * 0.7 + i * pier;
    const r = pier * 0.39;
    holes += `M${round(x)} ${h}V${round(deck + h * 0.07 + r)}a${round(r)} ${round(r)} 0 0 1 ${round(2 * r)} 0V${h}Z`;
  }
  const wall = `M-10 ${deck}H${w + 10}V${h}H-10Z${holes}`;
  sheet.add(
    `<path d="${wall}" fill="${sheet.down(deck, h, "#c98e63", "#8a5550", "#4a3148")}" fill-rule="evenodd"/>`,
  );
  for (let i = 0; i < 10; i++) {
    const x = -pier * 0.7 + i * pier;
    const r = pier * 0.39;
    sheet.path(
      `M${round(x + 2 * r)} ${h}V${round(deck + h * 0.07 + r)}a${round(r)} ${round(r)} 0 0 0 ${round(-r)} ${round(-r)}q${round(r * 0.72)} ${round(r * 0.2)} ${round(r * 0.72)} ${round(r)}V${h}Z`,
      "#3a2340",
      'fill-opacity=".75"',
    );
    sheet.stroke(
      `M${round(x - 5)} ${round(deck + h * 0.07 + r)}a${round(r + 5)} ${round(r + 5)} 0 0 1 ${round(2 * r + 10)} 0`,
      "#e2b183",
      5,
    );
    sheet.rect(x + 2 * r - 4, deck + h * 0.07 + r - 3, pier - 2 * r + 8, 9, "#e2b183");
    for (let k = 0; k < 16; k++)
      sheet.rect(
        x + 2 * r + chance.between(2, pier - 2 * r - 18),
        deck + h * 0.1 + r + chance.between(0, h * 0.3),
        15,
        6,
        fade(chance.pick(["#3a2340", "#f0c79a"]), 0.22),
      );
  }
  sheet.rect(-10, deck - 12, w + 20, 16, "#e9bd8c");
  sheet.rect(-10, deck + 4, w + 20, 6, "#5f3b45");
  const coach = (x: number, long: number, engine: boolean) => {
    const y = deck - 16;
    const tall = h * 0.085;
    sheet.path(
      engine
        ? `M${round(x)} ${y}v${round(-tall)}h${round(long * 0.72)}q${round(long * 0.24)} 0 ${round(long * 0.28)} ${round(tall)}Z`
        : `M${round(x)} ${y}v${round(-tall)}h${round(long)}v${round(tall)}Z`,
      "#a62f38",
    );
    sheet.rect(x, y - tall - 6, long * (engine ? 0.76 : 1), 8, "#2a2038", 'rx="3"');
    sheet.rect(x, y - tall * 0.32, long * (engine ? 0.93 : 1), 6, "#f3dcb0");
    const panes = engine ? 4 : 7;
    for (let i = 0; i < panes; i++)
      sheet.rect(
        x + long * 0.05 + (i * long * (engine ? 0.62 : 0.92)) / panes,
        y - tall * 0.82,
        ((long * (engine ? 0.62 : 0.92)) / panes) * 0.74,
        tall * 0.38,
        "#ffe39c",
        'rx="2"',
      );
    for (const u of [0.16, 0.3, 0.7, 0.84]) sheet.circle(x + long * u, y + 1, 6, "#2a2038");
  };
  const long = w * 0.145;
  for (let i = 0; i < 4; i++) coach(w * 0.06 + i * (long + 6), long, false);
  coach(w * 0.06 + 4 * (long + 6), long, true);
  const lamp = w * 0.06 + 5 * (long + 6);
  sheet.path(
    poly([
      [lamp - 14, deck - 30],
      [lamp + w * 0.2, deck - 66],
      [lamp + w * 0.2, deck - 8],
    ]),
    sheet.linear([lamp, 0], [lamp + w * 0.2, 0], "#ffe9b0bb", "#ffe9b000"),
  );
  for (const [tone, base, size] of [
    ["#1d4a58", 0.86, 0.16],
    ["#10303f", 0.94, 0.24],
  ] as const) {
    const line = ridge(chance, w, h * base, h * 0.1, 0.4);
    const wood = times(Math.round(w / (size * 110)), () => {
      const x = chance.between(-20, w + 20);
      return spruce(chance, x, heightAt(line, x) + 14, h * size * chance.between(0.5, 1.1), 0.19);
    });
    sheet.path(ground(poly(line, false), -10, w + 10, h + 5) + wood.join(""), tone);
  }
};
