import { at, fade, type Point, ramp, round, smooth, times } from "./pen.ts";
import type { Drawing } from "./sheet.ts";

export const jellyfish: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h, "#1a5f8a", "#123b73", "#151f52", "#120f33"));
  for (let i = 0; i < 7; i++) {
    const x = w * (0.05 + i * 0.15);
    sheet.path(
      `M${round(x)} -10h${round(w * 0.06)}L${round(x + w * chance.between(-0.2, 0.1))} ${h}h${round(-w * 0.16)}Z`,
      sheet.down(0, h * 0.8, "#9fe0f022", "#9fe0f000"),
    );
  }
  for (let i = 0; i < 130; i++)
    sheet.circle(
      chance.next() * w,
      chance.next() * h,
      chance.between(0.8, 3),
      "#cfeaff",
      `fill-opacity="${chance.between(0.1, 0.5).toFixed(2)}"`,
    );
  const jelly = (x: number, y: number, r: number, tones: readonly string[], lean: number) => {
    sheet.circle(
      x,
      y,
      r * 2.2,
      sheet.radial(
        x,
        y,
        r * 2.2,
        fade(at(tones, 1), 0.5),
        fade(at(tones, 1), 0.12),
        fade(at(tones, 1), 0),
      ),
    );
    sheet.group(`transform="translate(${round(x)} ${round(y)}) rotate(${lean})"`, () => {
      const paint = sheet.down(
        r * 0.2,
        r * 4.2,
        fade(at(tones, 0), 0.9),
        fade(at(tones, 2), 0.55),
        fade(at(tones, 2), 0),
      );
      for (let i = 0; i < 13; i++) {
        const start = r * (-0.8 + (i / 12) * 1.6);
        const phase = chance.between(0, 6);
        const long = r * chance.between(2.2, 4);
        const line = times(
          10,
          (k): Point => [
            start * (1 - k * 0.03) + Math.sin(k * 0.9 + phase) * r * 0.012 * k * 1.6,
            r * 0.24 + (long * k) / 9,
          ],
        );
        sheet.stroke(smooth(line), paint, 2 + (i % 3));
      }
      for (let i = 0; i < 5; i++) {
        const start = r * (-0.36 + i * 0.18);
        const edge = (sign: number) =>
          times(
            9,
            (k): Point => [
              start +
                Math.sin(k * 1.1 + i * 1.7) * r * 0.08 +
                sign * r * 0.1 * (1 - k / 9) * (0.7 + 0.5 * Math.sin(k * 2.6)),
              r * 0.2 + k * r * 0.26,
            ],
          );
        sheet.path(
          smooth([...edge(1), ...edge(-1).reverse()], true),
          sheet.down(r * 0.2, r * 2.5, fade(at(tones, 0), 0.8), fade(at(tones, 1), 0)),
        );
      }
      let hem = `M${round(-r)} ${round(r * 0.22)}C${round(-r * 1.08)} ${round(-r * 1.15)} ${round(r * 1.08)} ${round(-r * 1.15)} ${round(r)} ${round(r * 0.22)}`;
      for (let i = 0; i < 8; i++) hem += `q${round(-r / 8)} ${round(r * 0.17)} ${round(-r / 4)} 0`;
      sheet.path(
        `${hem}Z`,
        sheet.radial(
          0,
          -r * 0.2,
          r * 1.15,
          fade(at(tones, 0), 0.98),
          fade(at(tones, 1), 0.88),
          fade(at(tones, 2), 0.75),
        ),
      );
      sheet.inside(`${hem}Z`, () => {
        for (let i = -3; i <= 3; i++)
          sheet.stroke(
            `M0 ${round(-r * 0.86)}Q${round(i * r * 0.42)} ${round(-r * 0.5)} ${round(i * r * 0.29)} ${round(r * 0.4)}`,
            fade("#ffffff", 0.28),
            2.4,
          );
        sheet.ellipse(
          -r * 0.38,
          -r * 0.4,
          r * 0.16,
          r * 0.3,
          fade("#ffffff", 0.3),
          'transform="rotate(24)"',
        );
      });
      for (let i = 0; i < 9; i++)
        sheet.circle(
          chance.between(-0.55, 0.55) * r,
          chance.between(-0.5, 0.05) * r,
          r * chance.between(0.02, 0.05),
          fade("#ffffff", 0.5),
        );
    });
  };
  jelly(w * 0.8, h * 0.16, w * 0.085, ["#bfe6ff", "#6fa8e8", "#4a62c0"], 12);
  jelly(w * 0.2, h * 0.56, w * 0.12, ["#e5c4ff", "#a06fe0", "#5b3fb0"], -14);
  jelly(w * 0.86, h * 0.62, w * 0.07, ["#bfe6ff", "#6fa8e8", "#4a62c0"], 8);
  jelly(w * 0.52, h * 0.3, w * 0.23, ["#ffe0d0", "#ff8f9f", "#c04f9f"], 8);
  for (let i = 0; i < 26; i++) {
    const [x, y] = [chance.next() * w, h * chance.between(0.5, 1)];
    sheet.add(
      `<circle cx="${round(x)}" cy="${round(y)}" r="${round(chance.between(3, 9))}" fill="none" stroke="${ramp(["#9fe0f0", "#e5c4ff"], chance.next())}" stroke-opacity=".4" stroke-width="1.6"/>`,
    );
  }
};
