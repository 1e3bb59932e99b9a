import { at, disc, ground, mix, type Point, poly, ramp, round, smooth, times } from "./pen.ts";
import type { Drawing } from "./sheet.ts";

export const sunIntoTheSea: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  const line = h * 0.56;
  sheet.fill(sheet.down(0, line, "#2b2d6e", "#8a3f83", "#e4626f", "#fba65e", "#fed98b"));
  const [x, y, r] = [w * 0.5, line - h * 0.045, w * 0.25];
  sheet.circle(x, y, r * 2.6, sheet.radial(x, y, r * 2.6, "#ffe9a8cc", "#ffc67a44", "#ffb36a00"));
  sheet.inside(`M0 0H${w}V${line}H0Z`, () => {
    sheet.circle(x, y, r, sheet.down(y - r, line, "#fff6cf", "#ffd777", "#ff9d5c"));
  });
  for (const [cx, cy, long, thick] of [
    [0.16, 0.2, 0.5, 15],
    [0.3, 0.222, 0.34, 11],
    [0.84, 0.29, 0.46, 14],
    [0.72, 0.31, 0.3, 9],
    [0.1, 0.4, 0.36, 12],
    [0.95, 0.44, 0.3, 10],
    [0.62, 0.12, 0.24, 8],
  ] as const) {
    sheet.rect(
      w * (cx - long / 2),
      h * cy,
      w * long,
      thick,
      mix("#7a3a80", "#ffb97a", cy * 1.9),
      `rx="${thick / 2}" fill-opacity=".75"`,
    );
  }
  const isle = (left: number, right: number, tall: number, color: string) => {
    const points: Point[] = times(14, (i) => {
      const u = i / 13;
      return [
        w * (left + (right - left) * u),
        line - h * tall * Math.sin(Math.PI * u) ** 0.8 * chance.between(0.6, 1.1),
      ];
    });
    sheet.path(`${poly(points, false)}V${line + 1}H${w * left}Z`, color);
  };
  isle(0.68, 1.2, 0.07, "#6d3a79");
  isle(-0.2, 0.24, 0.045, "#7c3f7c");
  sheet.rect(0, line, w, h - line, sheet.down(line, h, "#f08a63", "#b0486f", "#55306f", "#211b4d"));
  for (let i = 0; i < 74; i++) {
    const u = i / 74;
    const sy = line + 3 + (h - line) * u ** 1.25;
    const half = r * (0.95 - 0.55 * u) * chance.between(0.25, 1);
    const thick = 2.5 + u * 7;
    sheet.rect(
      x - half + chance.between(-30, 30) * (0.4 + u),
      sy,
      half * 2,
      thick,
      ramp(["#fff1bd", "#ffcf7d", "#ff8d6b"], u),
      `rx="${round(thick / 2)}" fill-opacity="${(0.95 - u * 0.5).toFixed(2)}"`,
    );
  }
  for (let i = 0; i < 90; i++) {
    const u = chance.next();
    const sy = line + (h - line) * u ** 1.1;
    const long = w * chance.between(0.05, 0.25) * (0.4 + u);
    sheet.rect(
      chance.between(-0.1, 1) * w,
      sy,
      long,
      1.5 + u * 4,
      chance.is(0.5) ? "#2a1c55" : "#ff9f7a",
      `rx="3" fill-opacity="${(0.14 + u * 0.12).toFixed(2)}"`,
    );
  }
  sheet.path(
    ground(
      smooth(
        [
          [0.6, 1.01],
          [0.72, 0.95],
          [0.86, 0.93],
          [1.02, 0.88],
        ].map(([a = 0, b = 0]): Point => [a * w, b * h]),
      ),
      w * 0.55,
      w * 1.02,
      h * 1.02,
    ),
    "#120f33",
  );
  for (let i = 0; i < 44; i++) {
    const gx = chance.between(0.66, 1) * w;
    const gy = h * (1.03 - (gx / w - 0.6) * 0.35);
    const bend = chance.between(-16, 20);
    sheet.stroke(
      `M${round(gx)} ${round(gy)}q${round(bend * 0.3)} -34 ${round(bend)} ${round(-chance.between(40, 90))}`,
      "#120f33",
      2.6,
    );
  }
};

export const waves: Drawing = (sheet) => {
  const { width: w, height: h } = sheet;
  sheet.fill("#f2e2c4");
  const [sx, sy, sr] = [w * 0.7, h * 0.3, h * 0.17];
  sheet.circle(sx, sy, sr, "#e2583e");
  sheet.path(disc(sx, sy, sr), sheet.spray("#a62639", [0, sy + sr], [0, sy - sr * 0.3], 0.5));
  const blues = ["#7fb5b5", "#4f93a3", "#2f7390", "#1f557a", "#173d63", "#10294b"];
  const radius = w / 9;
  const row = (index: number) => {
    const y = h * 0.5 + index * radius * 0.52;
    const base = at(blues, Math.min(5, Math.floor(index * 0.75)));
    const shift = index % 2 ? radius : 0;
    for (let x = -radius * 2 + shift; x < w + radius * 2; x += radius * 2) {
      const rings = [
        "#f7ecd3",
        base,
        "#f7ecd3",
        base,
        mix(base, "#f7ecd3", 0.75),
        base,
        "#f7ecd3",
        mix(base, "#e2583e", 0.0),
      ];
      const sizes = [1, 0.965, 0.79, 0.755, 0.58, 0.545, 0.36, 0.325];
      sizes.forEach((size, i) => {
        sheet.circle(x, y, radius * size, at(rings, i));
      });
    }
  };
  const boat = (x: number, y: number, s: number) => {
    sheet.group(`transform="translate(${round(x)} ${round(y)}) scale(${s}) rotate(-5)"`, () => {
      sheet.path("M-6 -30L-6 -330Q-130 -170 -150 -56Q-80 -30 -6 -30Z", "#fbf4e3");
      sheet.path("M-6 -30L-6 -330Q-60 -160 -66 -38Q-40 -30 -6 -30Z", "#ecdcbc");
      sheet.path("M8 -40L8 -300Q110 -160 124 -50Q70 -34 8 -40Z", "#e2583e");
      sheet.path("M8 -40L8 -300Q54 -160 58 -38Q30 -36 8 -40Z", "#c23f38");
      sheet.rect(-5, -345, 9, 350, "#3b2330");
      sheet.path("M-160 -14Q0 14 150 -22Q130 60 70 70L-90 70Q-140 50 -160 -14Z", "#3b2330");
      sheet.path("M-156 4Q0 32 146 -4L141 12Q0 46 -150 20Z", "#e9b44c");
      sheet.path("M4 -345l44 12l-44 14Z", "#e9b44c");
    });
  };
  for (let i = 0; i < 13; i++) {
    if (i === 2) boat(w * 0.33, h * 0.56, 1.12);
    row(i);
  }
  sheet.rect(0, h * 0.4, w, h * 0.6, sheet.spray("#0a1c3a", [0, h * 1.01], [0, h * 0.6], 0.35));
};
