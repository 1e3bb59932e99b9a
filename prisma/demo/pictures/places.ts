import { at, fade, mix, type Point, poly, round } from "./pen.ts";
import type { Drawing } from "./sheet.ts";

export const courtyard: Drawing = (sheet) => {
  const { width: w, height: h } = sheet;
  const at2 = (x: number, y: number): Point => [x * w, y * h];
  sheet.fill(sheet.down(0, h * 0.5, "#2f7fb0", "#7cbcd0"));
  sheet.path(
    poly([at2(0, 0.2), at2(0.46, 0.08), at2(0.46, 0.8), at2(0, 0.88)]),
    sheet.down(h * 0.1, h * 0.85, "#f08aa0", "#e56f8d"),
  );
  sheet.path(poly([at2(0.46, 0.08), at2(0.62, 0.14), at2(0.62, 0.8), at2(0.46, 0.8)]), "#b83d6b");
  sheet.path(
    poly([at2(0.62, 0.3), at2(1, 0.3), at2(1, 0.8), at2(0.62, 0.8)]),
    sheet.down(h * 0.3, h * 0.8, "#f9b04f", "#ef8a3a"),
  );
  sheet.path(poly([at2(0.62, 0.3), at2(0.79, 0.3), at2(0.62, 0.56)]), fade("#9c3a3a", 0.55));
  const arch = (x: number, y: number, wide: number, tall: number, skew: number, fill: string) =>
    `M${round(x * w)} ${round(y * h)}V${round((y - tall) * h)}C${round(x * w)} ${round((y - tall) * h - wide * w * 0.72 + skew)} ${round((x + wide) * w)} ${round((y - tall) * h - wide * w * 0.72 + skew * 1.6)} ${round((x + wide) * w)} ${round((y - tall) * h + skew * 2)}V${round(y * h + skew)}Z${fill}`;
  sheet.path(arch(0.12, 0.86, 0.2, 0.33, -14, ""), "#7d2452");
  sheet.path(
    arch(0.155, 0.853, 0.165, 0.325, -12, ""),
    sheet.down(h * 0.4, h * 0.86, "#fbd58a", "#f4a04f"),
  );
  sheet.path(
    poly([at2(0.155, 0.7), at2(0.32, 0.62), at2(0.32, 0.832), at2(0.155, 0.853)]),
    fade("#c8553a", 0.6),
  );
  sheet.path(arch(0.72, 0.8, 0.17, 0.2, 0, ""), "#8a3045");
  sheet.path(arch(0.75, 0.8, 0.14, 0.196, 0, ""), "#2a3a6b");
  sheet.path(
    poly([at2(0, 0.88), at2(0.46, 0.8), at2(1, 0.8), at2(1, 1.01), at2(0, 1.01)]),
    sheet.down(h * 0.8, h, "#f6d2a2", "#eab27d"),
  );
  for (let i = 0; i < 7; i++) {
    const [x, y] = [0.46 + i * 0.052, 0.805 - i * 0.055];
    const high = 0.055;
    sheet.path(
      poly([at2(x, y), at2(1.01, y), at2(1.01, y - high), at2(x, y - high)]),
      mix("#f7c46c", "#e8823f", i / 9),
    );
    sheet.path(
      poly([
        at2(x, y - high),
        at2(1.01, y - high),
        at2(1.01, y - high - 0.012),
        at2(x + 0.014, y - high - 0.012),
      ]),
      "#fde6b3",
    );
  }
  sheet.path(
    poly([at2(0.46, 0.805), at2(0.82, 0.42), at2(0.9, 0.42), at2(0.66, 0.805)]),
    fade("#7d2452", 0.34),
  );
  sheet.path(poly([at2(0.81, 0.3), at2(1, 0.3), at2(1, 0.43), at2(0.81, 0.43)]), "#f9b04f");
  sheet.path(arch(0.85, 0.418, 0.1, 0.06, 0, ""), "#8a3045");
  const pool = poly([at2(0.08, 0.965), at2(0.34, 0.895), at2(0.92, 0.895), at2(0.8, 0.965)]);
  sheet.path(pool, "#c98a60");
  const water = poly([at2(0.1, 0.962), at2(0.345, 0.902), at2(0.9, 0.902), at2(0.79, 0.962)]);
  sheet.path(water, sheet.down(h * 0.9, h * 0.965, "#2a8fa5", "#5fc7c4"));
  sheet.inside(water, () => {
    sheet.path(
      poly([at2(0.2, 0.9), at2(0.42, 0.9), at2(0.36, 0.98), at2(0.08, 0.98)]),
      fade("#f08aa0", 0.55),
    );
    for (let i = 0; i < 9; i++)
      sheet.rect(
        w * (0.16 + ((i * 37) % 60) / 100),
        h * (0.908 + i * 0.006),
        w * 0.12,
        2.5,
        "#e8fbf3",
        'rx="1" fill-opacity=".7"',
      );
  });
  sheet.path(
    poly([at2(0, 0.2), at2(0.46, 0.08), at2(0.46, 0.8), at2(0, 0.88)]),
    sheet.spray("#8d1f5a", [0, h * 0.9], [w * 0.1, h * 0.3], 0.35),
  );
  sheet.rect(
    0.62 * w,
    0.43 * h,
    w,
    h * 0.37,
    sheet.spray("#8d2f3a", [w * 1.02, h], [w * 0.6, h * 0.4], 0.3),
  );
  const palm = (x: number, y: number, s: number) => {
    sheet.stroke(
      `M${round(x)} ${round(y)}q${round(s * 0.1)} ${round(-s * 0.5)} ${round(-s * 0.04)} ${round(-s)}`,
      "#5a2f3f",
      s * 0.055,
    );
    for (let i = 0; i < 9; i++) {
      const turn = Math.PI * (1.02 + (i / 8) * 0.96);
      const [ex, ey] = [
        x - s * 0.04 + Math.cos(turn) * s * 0.56,
        y - s + Math.sin(turn) * s * 0.3 + Math.abs(Math.cos(turn)) * s * 0.3,
      ];
      sheet.path(
        `M${round(x - s * 0.04)} ${round(y - s)}Q${round((x + ex) / 2)} ${round(y - s * 1.22 + Math.sin(turn) * s * 0.16)} ${round(ex)} ${round(ey)}Q${round((x + ex) / 2 + s * 0.02)} ${round(y - s * 1.06 + Math.sin(turn) * s * 0.1)} ${round(x - s * 0.04)} ${round(y - s)}Z`,
        i % 2 ? "#1f5a4f" : "#2f7a5f",
      );
    }
  };
  palm(w * 0.9, h * 0.36, h * 0.24);
  sheet.circle(w * 0.2, h * 0.07, w * 0.045, "#fff3d6");
};

export const isometricTown: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill("#f3d9c0");
  const unit = w / 15;
  const [ux, uy] = [unit * 0.866, unit * 0.5];
  const palettes: [string, string, string][] = [
    ["#fbf1df", "#e8b08e", "#b9695f"],
    ["#f9d27a", "#e89a4a", "#b05a3f"],
    ["#a9d3c8", "#5f9fa0", "#2f6077"],
    ["#f2a58c", "#d8695a", "#963f55"],
    ["#c9e0d6", "#86b5b5", "#4a7a8f"],
  ];
  const spot = (x: number, y: number, z: number): Point => [
    w / 2 + (x - y) * ux,
    h * 0.13 + (x + y) * uy - z * unit,
  ];
  const size = 9;
  for (let sum = -8; sum <= 2 * size + 6; sum++) {
    for (let x = -8; x <= size + 8; x++) {
      const y = sum - x;
      if (y < -8 || y > size + 8) continue;
      const noise =
        0.5 + 0.5 * Math.sin(x * 0.8 + Math.sin(y * 0.5) * 2) * Math.cos(y * 0.7 - x * 0.3);
      const tall = Math.round(noise * 5 + chance.between(-0.6, 0.6)) * 0.5;
      const [top, left, right] = at(palettes, Math.floor(noise * 4 + chance.between(0, 1.3)));
      const z = Math.max(0, tall);
      const corner = (dx: number, dy: number, dz: number) => spot(x + dx, y + dy, dz);
      sheet.path(poly([corner(0, 0, z), corner(1, 0, z), corner(1, 1, z), corner(0, 1, z)]), top);
      const low = -1.6;
      sheet.path(
        poly([corner(0, 1, z), corner(1, 1, z), corner(1, 1, low), corner(0, 1, low)]),
        left,
      );
      sheet.path(
        poly([corner(1, 0, z), corner(1, 1, z), corner(1, 1, low), corner(1, 0, low)]),
        right,
      );
      const kind = chance.next();
      if (z >= 1 && kind < 0.6) {
        for (let level = 0; level + 0.9 <= z; level += 0.75) {
          const c = z - 0.22 - level;
          sheet.path(
            poly([
              corner(0.28, 1, c),
              corner(0.5, 1, c),
              corner(0.5, 1, c - 0.36),
              corner(0.28, 1, c - 0.36),
            ]),
            mix(left, "#2a1f45", 0.6),
          );
          if (kind < 0.4)
            sheet.path(
              poly([
                corner(0.62, 1, c),
                corner(0.84, 1, c),
                corner(0.84, 1, c - 0.36),
                corner(0.62, 1, c - 0.36),
              ]),
              mix(left, "#2a1f45", 0.6),
            );
          sheet.path(
            poly([
              corner(1, 0.28, c),
              corner(1, 0.5, c),
              corner(1, 0.5, c - 0.36),
              corner(1, 0.28, c - 0.36),
            ]),
            level === 0 ? "#ffdf8f" : mix(right, "#1d1638", 0.6),
          );
        }
      }
      if (kind > 0.72 && kind < 0.84) {
        const [tx, ty] = corner(0.5, 0.5, z);
        sheet.ellipse(tx, ty, unit * 0.3, unit * 0.17, fade("#4a2a45", 0.3));
        sheet.path(
          `M${round(tx - unit * 0.27)} ${round(ty - unit * 0.08)}a${round(unit * 0.27)} ${round(unit * 0.16)} 0 0 0 ${round(unit * 0.54)} 0L${round(tx)} ${round(ty - unit * 0.95)}Z`,
          "#3f8f72",
        );
        sheet.path(
          `M${round(tx)} ${round(ty + unit * 0.08)}a${round(unit * 0.27)} ${round(unit * 0.16)} 0 0 0 ${round(unit * 0.27)} ${round(-unit * 0.16)}L${round(tx)} ${round(ty - unit * 0.95)}Z`,
          "#22604f",
        );
      }
    }
  }
  sheet.fill(sheet.down(0, h, "#ffe7c41f", "#5a2a5500", "#5a2a5544"));
};
