import { fade, ground, mix, type Point, poly, ramp, ridge, times } from "./pen.ts";
import type { Drawing, Sheet } from "./sheet.ts";
import { heightAt, spruce } from "./trees.ts";

interface Hour {
  sky: string[];
  sun: string;
  far: string;
  near: string;
  mist: string;
  sunAt: Point;
  sunSize: number;
}

function mistyRanges(sheet: Sheet, hour: Hour, layers: number): void {
  const { width, height, chance } = sheet;
  sheet.fill(sheet.down(0, height * 0.75, ...hour.sky));
  const [x, y] = [width * hour.sunAt[0], height * hour.sunAt[1]];
  const glow = hour.sunSize * 6;
  sheet.circle(
    x,
    y,
    glow,
    sheet.radial(x, y, glow, fade(hour.sun, 0.75), fade(hour.sun, 0.2), fade(hour.sun, 0)),
  );
  sheet.circle(x, y, hour.sunSize, mix(hour.sun, "#ffffff", 0.35));
  for (let i = 0; i < layers; i++) {
    const share = i / (layers - 1);
    const base = height * (0.42 + 0.5 * share ** 1.15);
    const rise = height * (0.16 + 0.16 * (1 - Math.abs(share - 0.35)));
    const line = ridge(chance, width, base, rise, 0.46 + 0.06 * share);
    const tone = mix(hour.far, hour.near, share ** 0.9);
    const shape = ground(poly(line, false), -10, width + 10, height + 10);
    const top = Math.min(...line.map((point) => point[1]));
    sheet.path(
      shape,
      sheet.down(top, base + height * 0.22, tone, mix(tone, hour.mist, 0.85 - 0.45 * share)),
    );
    if (i % 2 === 1)
      sheet.path(
        shape,
        sheet.spray(
          mix(tone, hour.near, 0.6),
          [0, top],
          [0, top + height * 0.34],
          0.1 + 0.16 * share,
        ),
      );
    if (share > 0.55) {
      const size = height * (0.02 + 0.09 * (share - 0.5) ** 1.3 * 2.6);
      const forest = times(Math.round((width / size) * 1.5), () => {
        const foot = chance.between(-10, width + 10);
        return spruce(
          chance,
          foot,
          heightAt(line, foot) + size * 0.3,
          size * chance.between(0.55, 1.2),
          0.17,
        );
      });
      sheet.path(forest.join(""), tone);
    }
  }
}

export const fogOverTheRidge: Drawing = (sheet) =>
  mistyRanges(
    sheet,
    {
      sky: ["#8fb8c4", "#cfe0da", "#f7ead2"],
      sun: "#fff3cf",
      far: "#a9c6c8",
      near: "#12343f",
      mist: "#eef1e6",
      sunAt: [0.7, 0.27],
      sunSize: 38,
    },
    8,
  );

export const lastLight: Drawing = (sheet) =>
  mistyRanges(
    sheet,
    {
      sky: ["#3c2a5e", "#a2476f", "#f08a5d", "#ffd08a"],
      sun: "#ffd9a0",
      far: "#d9788a",
      near: "#1d1238",
      mist: "#f6a57f",
      sunAt: [0.36, 0.4],
      sunSize: 52,
    },
    7,
  );

export const moonLake: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  const water = h * 0.66;
  sheet.fill(sheet.down(0, water, "#0b1740", "#1f3a73", "#5a6fae"));
  for (let i = 0; i < 170; i++) {
    const y = chance.next() ** 1.6 * water;
    sheet.circle(
      chance.next() * w,
      y,
      chance.between(0.6, 1.9),
      "#fff6dd",
      `fill-opacity="${chance.between(0.3, 0.95).toFixed(2)}"`,
    );
  }
  const [mx, my] = [w * 0.68, h * 0.25];
  sheet.circle(
    mx,
    my,
    h * 0.55,
    sheet.radial(mx, my, h * 0.55, "#cfd8ff66", "#9fb0f022", "#9fb0f000"),
  );
  sheet.circle(mx, my, h * 0.095, "#fdf3d3");
  sheet.circle(mx - h * 0.03, my - h * 0.02, h * 0.02, "#eadfb8");
  sheet.circle(mx + h * 0.03, my + h * 0.035, h * 0.027, "#eadfb8");
  sheet.rect(0, water, w, h - water, sheet.down(water, h, "#56699f", "#20346c", "#0a1436"));
  const tones = ["#4b5f9c", "#31477f", "#1d2f62", "#0d1a42"];
  tones.forEach((tone, i) => {
    const share = i / 3;
    const line = ridge(chance, w, water - h * (0.2 - share * 0.17), h * (0.4 - share * 0.28), 0.48);
    const low = line.map(([x, y]): Point => [x, Math.min(y, water - 3)]);
    const wood =
      share < 0.6
        ? ""
        : times(150, () => {
            const x = chance.between(-10, w + 10);
            return spruce(
              chance,
              x,
              heightAt(low, x) + 5,
              chance.between(18, 44) * (share + 0.2),
              0.17,
            );
          }).join("");
    const top = Math.min(...low.map((p) => p[1]));
    sheet.path(
      ground(poly(low, false), -10, w + 10, water) + wood,
      sheet.down(top, water, tone, mix(tone, "#8d9ad0", 0.35 * (1 - share))),
    );
    const mirrored = low.map(([x, y]): Point => [x, water + (water - y) * 0.62]);
    sheet.path(ground(poly(mirrored, false), -10, w + 10, water), fade(tone, 0.5));
  });
  for (let i = 0; i < 40; i++) {
    const share = (i / 40) ** 1.4;
    const y = water + 4 + (h - water) * share;
    const long = chance.between(14, 70) * (0.5 + share * 1.4);
    sheet.rect(
      mx - long / 2 + chance.between(-1, 1) * (16 + share * 46),
      y,
      long,
      2.2,
      ramp(["#fdf3d3", "#b9c4f2"], share),
      `rx="1" fill-opacity="${(0.9 - share * 0.55).toFixed(2)}"`,
    );
  }
  for (let i = 0; i < 46; i++) {
    const y = water + (h - water) * chance.next();
    sheet.rect(
      chance.next() * w,
      y,
      chance.between(30, 160),
      1.6,
      "#aebcf0",
      'fill-opacity=".22" rx="1"',
    );
  }
};
