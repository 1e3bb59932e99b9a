import {
  at,
  disc,
  fade,
  ground,
  type Point,
  poly,
  ramp,
  ridge,
  round,
  smooth,
  times,
} from "./pen.ts";
import type { Drawing, Sheet } from "./sheet.ts";
import { heightAt, spruce } from "./trees.ts";

export const ringedPlanet: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.linear([0, 0], [w, h], "#1a1440", "#2c1f5c", "#4a2a6d", "#16123a"));
  for (let i = 0; i < 4; i++) {
    const [x, y, r] = [chance.next() * w, chance.next() * h, w * chance.between(0.4, 0.7)];
    sheet.circle(
      x,
      y,
      r,
      sheet.radial(
        x,
        y,
        r,
        fade(chance.pick(["#d85a8a", "#4f6fd0", "#8a4fc0"]), 0.28),
        fade("#4a2a6d", 0),
      ),
    );
  }
  for (let i = 0; i < 240; i++)
    sheet.circle(
      chance.next() * w,
      chance.next() * h,
      chance.between(0.5, 2.2),
      chance.pick(["#fff6e0", "#ffd9c0", "#cfd8ff"]),
      `fill-opacity="${chance.between(0.3, 1).toFixed(2)}"`,
    );
  for (let i = 0; i < 8; i++)
    sparkle(sheet, chance.next() * w, chance.next() * h, chance.between(7, 16), "#fff6e0");
  const globe = (x: number, y: number, r: number, tones: readonly string[], tilt: number) => {
    const d = disc(x, y, r);
    sheet.path(d, at(tones, 0));
    sheet.inside(d, () => {
      sheet.group(`transform="rotate(${tilt} ${round(x)} ${round(y)})"`, () => {
        for (let i = 0; i < 12; i++) {
          const top = y - r + (i / 12) * r * 2;
          const line = times(
            7,
            (k): Point => [
              x - r * 1.1 + (k / 6) * r * 2.2,
              top + Math.sin(k * 1.7 + i * 2.4) * r * 0.03,
            ],
          );
          sheet.path(
            ground(smooth(line), x - r * 1.1, x + r * 1.1, top + r * chance.between(0.07, 0.2)),
            at(tones, 1 + (i % (tones.length - 1))),
            'fill-opacity=".75"',
          );
        }
      });
      sheet.circle(
        x,
        y,
        r,
        sheet.radial(
          x - r * 0.4,
          y - r * 0.4,
          r * 1.5,
          "#fff3d855",
          "#fff3d800",
          "#1a144088",
          "#0d0a26ee",
        ),
      );
    });
    sheet.path(
      d,
      sheet.spray("#0d0a26", [x + r * 0.9, y + r * 0.9], [x - r * 0.4, y - r * 0.4], 0.6),
    );
  };
  const [x, y, r] = [w * 0.5, h * 0.46, w * 0.27];
  const ring = (front: boolean) => {
    sheet.group(`transform="rotate(-20 ${round(x)} ${round(y)})"`, () => {
      sheet.inside(
        front ? `M0 ${round(y)}H${w * 1.4}V${h}H0Z` : `M${-w} 0H${w * 2}V${round(y)}H${-w}Z`,
        () => {
          [2.05, 1.96, 1.82, 1.74, 1.6, 1.5, 1.4].forEach((k, i) => {
            sheet.add(
              `<ellipse cx="${round(x)}" cy="${round(y)}" rx="${round(r * k)}" ry="${round(r * k * 0.26)}" fill="none" stroke="${at(["#f6d9a8", "#e8a87a", "#f9e6c4", "#c9788a", "#f2c08a", "#f9e6c4", "#b0608a"], i)}" stroke-width="${round(r * at([0.03, 0.09, 0.1, 0.03, 0.13, 0.03, 0.07], i))}" stroke-opacity="${front ? 0.95 : 0.6}"/>`,
            );
          });
        },
      );
    });
  };
  sheet.inside(`M${-w} ${-h}H${w * 2}V${h * 2}H${-w}Z`, () => ring(false));
  globe(x, y, r, ["#f0a868", "#f6cf94", "#e08a5f", "#f9e3b8", "#d0705f"], -20);
  ring(true);
  globe(w * 0.2, h * 0.16, w * 0.075, ["#6fb0c0", "#9fd6d0", "#4f86a8", "#c9ece0"], 15);
  globe(w * 0.82, h * 0.8, w * 0.11, ["#c9587a", "#e88a94", "#a83f70", "#f2b0a8"], -40);
  globe(w * 0.25, h * 0.83, w * 0.035, ["#e8d9c0", "#c9b59a", "#f6ead2"], 0);
  globe(w * 0.86, h * 0.2, w * 0.025, ["#f2c06a", "#f9dfa0", "#d99a4a"], 0);
  sheet.stroke(
    `M${round(w * 0.06)} ${round(h * 0.32)}l${round(w * 0.16)} ${round(-h * 0.045)}`,
    sheet.linear([w * 0.06, 0], [w * 0.22, 0], "#fff6e000", "#fff6e0"),
    3,
  );
};

function sparkle(sheet: Sheet, x: number, y: number, s: number, color: string): void {
  const n = round;
  sheet.path(
    `M${n(x)} ${n(y - s)}Q${n(x)} ${n(y)} ${n(x + s)} ${n(y)}Q${n(x)} ${n(y)} ${n(x)} ${n(y + s)}Q${n(x)} ${n(y)} ${n(x - s)} ${n(y)}Q${n(x)} ${n(y)} ${n(x)} ${n(y - s)}Z`,
    color,
  );
}

export const starTrails: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h, "#081230", "#12275a", "#2f4f86", "#d98a5f", "#f6c07a"));
  const [x, y] = [w * 0.44, h * 0.42];
  for (let i = 0; i < 620; i++) {
    const r = Math.sqrt(chance.next()) * w * 0.74 + 6;
    const from = chance.between(0, 6.283);
    const long = chance.between(0.4, 1.25);
    const [a, b]: Point[] = [
      [x + r * Math.cos(from), y + r * Math.sin(from)],
      [x + r * Math.cos(from + long), y + r * Math.sin(from + long)],
    ];
    if (!a || !b) continue;
    const low = Math.max(a[1], b[1]) / h;
    const color = chance.pick(["#ffffff", "#cfe0ff", "#ffe6b8", "#9fc0ff", "#ffd0b0"]);
    const line = `stroke="${color}" stroke-opacity="${Math.max(0.12, chance.between(0.4, 0.95) - Math.max(0, low - 0.55) * 1.2).toFixed(2)}" stroke-width="${round(chance.between(0.8, 2.4))}" stroke-linecap="round"`;
    sheet.add(
      `<path d="M${round(a[0])} ${round(a[1])}A${round(r)} ${round(r)} 0 0 1 ${round(b[0])} ${round(b[1])}" fill="none" ${line}/>`,
    );
  }
  sheet.circle(x, y, 2.6, "#ffffff");
  [
    ["#4a4a7a", 0.8, 0.14],
    ["#252a55", 0.86, 0.1],
    ["#0b1130", 0.93, 0.06],
  ].forEach(([tone, base, rise], i) => {
    const line = ridge(chance, w, h * Number(base), h * Number(rise), 0.46);
    const wood =
      i < 2
        ? ""
        : times(60, () => {
            const tx = chance.next() * w;
            return spruce(chance, tx, heightAt(line, tx) + 8, h * chance.between(0.06, 0.2), 0.17);
          }).join("");
    sheet.path(ground(poly(line, false), -10, w + 10, h + 5) + wood, String(tone));
  });
  const [tx, ty] = [w * 0.72, h * 0.955];
  sheet.circle(tx, ty, 130, sheet.radial(tx, ty, 130, "#ffcf7d99", "#ffb36a33", "#ffb36a00"));
  sheet.path(
    poly([
      [tx - 62, ty + 26],
      [tx - 6, ty - 52],
      [tx + 58, ty + 26],
    ]),
    "#f2a24a",
  );
  sheet.path(
    poly([
      [tx - 6, ty - 52],
      [tx + 58, ty + 26],
      [tx + 90, ty + 18],
    ]),
    "#b8602f",
  );
  sheet.path(
    poly([
      [tx - 18, ty + 26],
      [tx - 6, ty - 50],
      [tx + 12, ty + 26],
    ]),
    "#fff0c0",
  );
  sheet.rect(-5, ty + 24, w + 10, h, "#0b1130");
};

export const moonPhases: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.radial(w * 0.5, h * 0.5, w * 0.6, "#26356a", "#182250", "#0c1233"));
  for (let i = 0; i < 200; i++)
    sheet.circle(
      chance.next() * w,
      chance.next() * h,
      chance.between(0.5, 1.7),
      "#fff3d6",
      `fill-opacity="${chance.between(0.2, 0.9).toFixed(2)}"`,
    );
  const count = 9;
  const moon = (x: number, y: number, r: number, phase: number) => {
    sheet.circle(
      x,
      y,
      r * 1.7,
      sheet.radial(
        x,
        y,
        r * 1.7,
        fade("#f6dfa8", 0.34 * (1 - Math.abs(phase))),
        fade("#f6dfa8", 0),
      ),
    );
    const d = disc(x, y, r);
    sheet.path(d, "#1c2756");
    const bulge = r * Math.cos(Math.PI * phase);
    const side = phase >= 0 ? 1 : 0;
    const lit = `M${round(x)} ${round(y - r)}A${round(r)} ${round(r)} 0 0 ${side} ${round(x)} ${round(y + r)}A${round(Math.max(0.1, Math.abs(bulge)))} ${round(r)} 0 0 ${bulge > 0 ? side : 1 - side} ${round(x)} ${round(y - r)}Z`;
    sheet.path(lit, "#f8e6b8");
    sheet.inside(lit, () => {
      for (const [dx, dy, s] of [
        [-0.3, -0.3, 0.24],
        [0.25, 0.1, 0.3],
        [-0.15, 0.45, 0.18],
        [0.35, -0.45, 0.14],
        [-0.55, 0.15, 0.12],
      ] as const)
        sheet.circle(x + dx * r, y + dy * r, s * r, "#e3c98c");
    });
    sheet.path(lit, sheet.spray("#a8763f", [x + r, y + r], [x - r * 0.6, y - r * 0.6], 0.4));
  };
  for (let i = 0; i < count; i++) {
    const k = i - 4;
    const r = h * (k === 0 ? 0.23 : 0.115 - Math.abs(k) * 0.008);
    const x = w * 0.5 + Math.sign(k) * (h * 0.16 + Math.abs(k) * w * 0.093);
    moon(
      x,
      h * 0.5 - h * 0.1 + h * 0.1 * Math.cos(k * 0.5),
      r,
      k === 0 ? 0.0001 : -(k / 4) * 0.94 || 0,
    );
  }
  for (const k of [-1, 1]) {
    sheet.stroke(`M${w * 0.5} ${h * (0.5 + k * 0.4)}m${-w * 0.34} 0h${w * 0.68}`, "#c9a25f", 2);
    for (let i = -8; i <= 8; i++)
      sheet.circle(w * 0.5 + i * w * 0.042, h * (0.5 + k * 0.4), i % 4 === 0 ? 6 : 2.6, "#c9a25f");
    sparkle(sheet, w * 0.5, h * (0.5 + k * 0.4), 22, "#f8e6b8");
  }
  for (let i = 0; i < 22; i++)
    sparkle(
      sheet,
      chance.next() * w,
      chance.next() * h,
      chance.between(4, 10),
      ramp(["#f8e6b8", "#9fb4f0"], chance.next()),
    );
};
