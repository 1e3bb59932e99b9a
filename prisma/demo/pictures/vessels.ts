import { at, blob, disc, leaf, mix, type Point, polar, round, smooth } from "./pen.ts";
import type { Drawing, Sheet } from "./sheet.ts";

/** A turned vessel: half-widths from rim to foot, evenly spaced, as shares of its height. */
function vessel(x: number, foot: number, tall: number, halves: readonly number[]): string {
  const last = halves.length - 1;
  const side = (sign: number) =>
    halves.map((half, i): Point => [x + sign * half * tall, foot - tall + (tall * i) / last]);
  const right = smooth(side(1));
  const left = smooth(side(-1).reverse()).replace(/^M/, "L");
  return `${right}${left}Z`;
}

const FORMS = {
  bottle: [0.07, 0.065, 0.07, 0.09, 0.19, 0.24, 0.245, 0.24, 0.22],
  gourd: [0.09, 0.07, 0.1, 0.2, 0.28, 0.31, 0.28, 0.2, 0.14],
  cone: [0.1, 0.11, 0.13, 0.15, 0.18, 0.21, 0.24, 0.27, 0.29],
  urn: [0.24, 0.18, 0.16, 0.24, 0.34, 0.37, 0.33, 0.24, 0.17],
  flask: [0.045, 0.045, 0.05, 0.05, 0.06, 0.2, 0.3, 0.3, 0.2],
  tall: [0.1, 0.07, 0.06, 0.07, 0.1, 0.13, 0.15, 0.14, 0.1],
  jar: [0.24, 0.27, 0.33, 0.38, 0.4, 0.4, 0.39, 0.36, 0.3],
} as const;

export const fiveVases: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill("#f0e2cb");
  sheet.path(blob(chance, w * 0.4, h * 0.34, w * 0.33, 0.14), "#e9b9a0");
  sheet.path(blob(chance, w * 0.72, h * 0.48, w * 0.24, 0.16), "#e3c37c");
  const table = h * 0.74;
  sheet.rect(0, table, w, h - table, "#2f4a4f");
  sheet.rect(0, table, w, h - table, sheet.spray("#142a33", [0, h], [0, table], 0.5));
  const stem = (points: Point[], color: string, leaves: number, size: number, ink: string) => {
    sheet.stroke(smooth(points), ink, 4.5);
    for (let i = 0; i < leaves; i++) {
      const u = 0.18 + (0.82 * i) / leaves;
      const k = u * (points.length - 1);
      const a = at(points, Math.floor(k));
      const b = at(points, Math.min(points.length - 1, Math.floor(k) + 1));
      const foot: Point = [a[0] + (b[0] - a[0]) * (k % 1), a[1] + (b[1] - a[1]) * (k % 1)];
      const turn = Math.atan2(b[1] - a[1], b[0] - a[0]) + (i % 2 ? 0.85 : -0.85);
      sheet.path(
        leaf(foot, polar(foot[0], foot[1], size, turn), size * 0.42),
        i % 3 ? color : mix(color, "#f0e2cb", 0.22),
      );
    }
    const tip = at(points, points.length - 1);
    const before = at(points, points.length - 2);
    sheet.path(
      leaf(
        tip,
        polar(tip[0], tip[1], size, Math.atan2(tip[1] - before[1], tip[0] - before[0])),
        size * 0.42,
      ),
      color,
    );
  };
  stem(
    [
      [w * 0.3, h * 0.52],
      [w * 0.27, h * 0.38],
      [w * 0.3, h * 0.24],
      [w * 0.38, h * 0.1],
    ],
    "#35695c",
    12,
    w * 0.085,
    "#27443f",
  );
  stem(
    [
      [w * 0.3, h * 0.52],
      [w * 0.22, h * 0.4],
      [w * 0.16, h * 0.3],
      [w * 0.13, h * 0.2],
    ],
    "#5c8a6a",
    9,
    w * 0.07,
    "#27443f",
  );
  for (const [ex, ey] of [
    [0.63, 0.2],
    [0.7, 0.15],
    [0.77, 0.22],
    [0.73, 0.3],
  ] as const) {
    sheet.stroke(
      `M${w * 0.69} ${h * 0.52}Q${w * 0.69} ${h * 0.34} ${w * ex} ${h * ey}`,
      "#6d4a3f",
      3.4,
    );
    for (let i = 0; i < 12; i++)
      sheet.circle(
        w * ex + chance.between(-26, 26),
        h * ey + chance.between(-30, 30),
        chance.between(7, 13),
        chance.pick(["#c8452f", "#e0693f", "#a9332f"]),
      );
  }
  const vase = (d: string, fill: string, x: number, half: number, trim: () => void) => {
    sheet.path(d, fill);
    sheet.inside(d, () => {
      trim();
      sheet.rect(
        x - half * 2,
        0,
        half * 4,
        h,
        sheet.linear(
          [x - half, 0],
          [x + half, 0],
          "#ffffff33",
          "#ffffff00",
          "#2a1a3000",
          "#2a1a3066",
        ),
      );
      sheet.rect(
        x - half * 2,
        0,
        half * 4,
        h,
        sheet.spray(
          mix(fill, "#1d1430", 0.6),
          [x + half * 1.1, table],
          [x - half * 0.6, table - half],
          0.5,
        ),
      );
    });
  };
  const shadow = (x: number, y: number, half: number) =>
    sheet.ellipse(x + half * 0.5, y, half * 1.5, half * 0.16, "#0d2029", 'fill-opacity=".45"');
  shadow(w * 0.3, h * 0.795, w * 0.14);
  vase(vessel(w * 0.3, h * 0.8, h * 0.3, FORMS.gourd), "#c8553a", w * 0.3, h * 0.093, () => {
    for (let i = 0; i < 3; i++) sheet.rect(0, h * (0.63 + i * 0.035), w, h * 0.013, "#f0d9b5");
  });
  shadow(w * 0.69, h * 0.79, w * 0.1);
  vase(vessel(w * 0.69, h * 0.79, h * 0.29, FORMS.cone), "#e9dcc3", w * 0.69, h * 0.08, () => {
    for (let i = 0; i < 9; i++)
      sheet.stroke(
        `M${w * 0.4} ${h * (0.5 + i * 0.036)}l${w * 0.6} ${h * 0.0}`,
        "#2f5d62",
        i % 2 ? 4 : 13,
      );
  });
  shadow(w * 0.5, h * 0.845, w * 0.09);
  vase(vessel(w * 0.5, h * 0.85, h * 0.34, FORMS.flask), "#2f7f86", w * 0.5, h * 0.1, () =>
    sheet.path(disc(w * 0.49, h * 0.76, h * 0.045), "#f0c368"),
  );
  shadow(w * 0.86, h * 0.855, w * 0.08);
  vase(vessel(w * 0.86, h * 0.86, h * 0.16, FORMS.jar), "#e2a33b", w * 0.86, h * 0.064, () => {
    for (let i = 0; i < 12; i++)
      sheet.stroke(`M${w * (0.76 + i * 0.02)} ${h * 0.69}l${w * -0.03} ${h * 0.2}`, "#b8702a", 4);
  });
  shadow(w * 0.13, h * 0.875, w * 0.08);
  vase(vessel(w * 0.13, h * 0.88, h * 0.2, FORMS.urn), "#1f2f3f", w * 0.13, h * 0.074, () => {
    for (let i = 0; i < 40; i++)
      sheet.circle(
        w * 0.13 + chance.between(-90, 90),
        h * chance.between(0.7, 0.87),
        3.4,
        "#e9b9a0",
      );
  });
  fruit(sheet, w * 0.34, h * 0.9, w * 0.05, "#e8863a");
  fruit(sheet, w * 0.42, h * 0.915, w * 0.045, "#d9482f");
  fruit(sheet, w * 0.68, h * 0.9, w * 0.05, "#8fa34f");
};

function fruit(sheet: Sheet, x: number, y: number, r: number, color: string): void {
  sheet.ellipse(x + r * 0.4, y + r * 0.88, r * 1.2, r * 0.2, "#0d2029", 'fill-opacity=".45"');
  sheet.circle(x, y, r, color);
  sheet.path(
    disc(x, y, r),
    sheet.spray(mix(color, "#3a1030", 0.6), [x + r, y + r], [x - r * 0.5, y - r * 0.5], 0.6),
  );
  sheet.stroke(`M${round(x)} ${round(y - r * 0.85)}q2 -10 7 -14`, "#3a2a24", 3.4);
  sheet.path(leaf([x + 4, y - r * 0.95], [x + r * 0.9, y - r * 1.25], r * 0.36), "#3f7f5a");
}

export const quietBottles: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.linear([0, 0], [w, h * 0.6], "#d9cdbb", "#c9bba9", "#b3a699"));
  const table = h * 0.66;
  sheet.rect(0, table, w, h - table, sheet.down(table, h, "#c7a98d", "#a9866f"));
  sheet.rect(0, table, w, h - table, sheet.spray("#6d4f4a", [0, h * 1.02], [0, table], 0.35));
  const pot = (
    x: number,
    foot: number,
    tall: number,
    form: keyof typeof FORMS,
    color: string,
    band?: string,
  ) => {
    const d = vessel(w * x, h * foot, h * tall, FORMS[form]);
    const half = Math.max(...FORMS[form]) * h * tall;
    const cx = w * x;
    sheet.path(
      `M${round(cx - half * 0.7)} ${round(h * foot - 4)}L${round(cx + half * 0.7)} ${round(h * foot)}L${round(cx + half * 4)} ${round(h * foot + half * 0.3)}L${round(cx + half * 2.6)} ${round(h * foot - half * 0.22)}Z`,
      "#5a3f42",
      'fill-opacity=".28"',
    );
    sheet.path(d, color);
    sheet.inside(d, () => {
      if (band) sheet.rect(0, h * (foot - tall * 0.45), w, h * tall * 0.16, band);
      sheet.rect(
        cx - half * 1.2,
        0,
        half * 2.4,
        h,
        sheet.linear(
          [cx - half, 0],
          [cx + half, 0],
          "#fff8ea00",
          "#fff8ea55",
          "#fff8ea00",
          "#3a2a3a44",
          "#3a2a3a88",
        ),
      );
    });
    sheet.path(
      d,
      sheet.spray(
        mix(color, "#3a2438", 0.6),
        [cx + half * 1.3, h * foot],
        [cx - half * 0.4, h * (foot - tall * 0.4)],
        0.55,
      ),
    );
    const rim = FORMS[form][0] * h * tall;
    sheet.ellipse(cx, h * (foot - tall), rim, rim * 0.22, mix(color, "#3a2438", 0.5));
  };
  pot(0.36, 0.75, 0.56, "bottle", "#e9dfcc");
  pot(0.62, 0.75, 0.5, "tall", "#8a6f72");
  pot(0.52, 0.765, 0.42, "bottle", "#6f8791");
  pot(0.24, 0.785, 0.3, "jar", "#c98d6d");
  pot(0.73, 0.79, 0.33, "gourd", "#d8b66f", "#b98f4f");
  pot(0.44, 0.81, 0.26, "cone", "#b8a58e", "#e9dfcc");
  pot(0.585, 0.83, 0.17, "jar", "#efe6d6");
  const pear = (x: number, y: number, s: number, color: string) => {
    const d = vessel(w * x, h * y, s, [0.06, 0.13, 0.17, 0.2, 0.29, 0.38, 0.41, 0.37, 0.22]);
    sheet.path(
      `M${round(w * x - s * 0.2)} ${round(h * y - 4)}L${round(w * x + s * 1.4)} ${round(h * y + s * 0.14)}L${round(w * x + s * 0.9)} ${round(h * y - s * 0.08)}Z`,
      "#5a3f42",
      'fill-opacity=".3"',
    );
    sheet.stroke(
      `M${round(w * x)} ${round(h * y - s * 0.98)}q2 ${round(-s * 0.14)} ${round(s * 0.1)} ${round(-s * 0.2)}`,
      "#4a3430",
      4,
    );
    sheet.path(
      d,
      sheet.radial(
        w * x - s * 0.14,
        h * y - s * 0.45,
        s * 0.7,
        mix(color, "#fff6d0", 0.4),
        color,
        mix(color, "#5a3030", 0.5),
      ),
    );
    sheet.path(
      d,
      sheet.spray("#7a3f30", [w * x + s * 0.5, h * y], [w * x - s * 0.2, h * y - s * 0.5], 0.45),
    );
  };
  pear(0.82, 0.86, h * 0.17, "#c9b45a");
  pear(0.33, 0.88, h * 0.16, "#b9a24f");
  for (let i = 0; i < 3; i++)
    sheet.rect(chance.next() * w, table - 1.5, w * 0.3, 2, "#e9dfcc", 'fill-opacity=".25"');
};
