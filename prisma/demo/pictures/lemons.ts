import { at, leaf, type Point, polar, round } from "./pen.ts";
import type { Drawing } from "./sheet.ts";

export const lemons: Drawing = (sheet) => {
  const { width: w, chance } = sheet;
  sheet.fill("#16395f");
  const sprig = (x: number, y: number, s: number, turn: number, cut: boolean) => {
    sheet.group(`transform="translate(${round(x)} ${round(y)}) rotate(${turn})"`, () => {
      sheet.stroke(
        `M${round(-s * 1.25)} ${round(-s * 0.4)}Q${round(-s * 0.6)} ${round(-s * 0.8)} 0 ${round(-s * 0.62)}`,
        "#a9783f",
        s * 0.055,
      );
      const green = (k: number) => at(["#3f8a63", "#5fa872", "#2f7058"], k);
      const leaves: [Point, Point][] = [
        [
          [-s * 1.1, -s * 0.5],
          [-s * 1.5, -s * 1.05],
        ],
        [
          [-s * 0.8, -s * 0.66],
          [-s * 0.9, -s * 1.35],
        ],
        [
          [-s * 0.95, -s * 0.56],
          [-s * 1.55, -s * 0.2],
        ],
        [
          [-s * 0.3, -s * 0.7],
          [s * 0.25, -s * 1.3],
        ],
      ];
      leaves.forEach(([foot, tip], k) => {
        sheet.path(leaf(foot, tip, s * 0.42), green(k));
        sheet.path(leaf(foot, tip, s * 0.05), "#b9d9a0");
      });
      const body = `M${round(-s * 0.78)} 0C${round(-s * 0.62)} ${round(-s * 0.28)} ${round(-s * 0.5)} ${round(-s * 0.6)} 0 ${round(-s * 0.62)}C${round(s * 0.5)} ${round(-s * 0.6)} ${round(s * 0.62)} ${round(-s * 0.28)} ${round(s * 0.8)} ${round(-s * 0.06)}Q${round(s * 0.86)} 0 ${round(s * 0.8)} ${round(s * 0.06)}C${round(s * 0.62)} ${round(s * 0.28)} ${round(s * 0.5)} ${round(s * 0.6)} 0 ${round(s * 0.62)}C${round(-s * 0.5)} ${round(s * 0.6)} ${round(-s * 0.62)} ${round(s * 0.28)} ${round(-s * 0.78)} 0Z`;
      sheet.path(
        body,
        cut
          ? "#fbe7a0"
          : sheet.radial(-s * 0.2, -s * 0.25, s * 1.1, "#fce38a", "#f7c93a", "#e09a1f"),
      );
      if (cut) {
        sheet.circle(0, 0, s * 0.54, "#fff8de");
        for (let i = 0; i < 9; i++) {
          const a = (i / 9) * 6.283;
          const [p, q, o] = [
            polar(0, 0, s * 0.5, a + 0.08),
            polar(0, 0, s * 0.5, a + 0.62),
            polar(0, 0, s * 0.08, a + 0.35),
          ];
          sheet.path(
            `M${round(o[0])} ${round(o[1])}L${round(p[0])} ${round(p[1])}A${round(s * 0.5)} ${round(s * 0.5)} 0 0 1 ${round(q[0])} ${round(q[1])}Z`,
            i % 2 ? "#f9d65a" : "#f5c83f",
          );
        }
      } else {
        for (let i = 0; i < 26; i++)
          sheet.circle(
            chance.between(-0.42, 0.5) * s,
            chance.between(-0.4, 0.42) * s,
            s * 0.014,
            "#c98a1f",
            'fill-opacity=".6"',
          );
        sheet.ellipse(
          -s * 0.24,
          -s * 0.3,
          s * 0.22,
          s * 0.09,
          "#fff6cf",
          'fill-opacity=".7" transform="rotate(-28)"',
        );
      }
    });
  };
  const step = w / 3.2;
  for (let r = -1; r < 5; r++) {
    for (let c = -1; c < 5; c++) {
      const [x, y] = [
        c * step + (r % 2 ? step / 2 : 0) + step * 0.35,
        r * step * 0.84 + step * 0.5,
      ];
      sprig(
        x,
        y,
        step * 0.35,
        ((r * 5 + c * 3) % 8) * 45 + chance.int(-14, 14),
        (r + c * 2) % 3 === 0,
      );
      const [bx, by] = [x + step * 0.5, y + step * 0.08];
      for (let i = 0; i < 5; i++)
        sheet.path(
          leaf([bx, by], polar(bx, by, step * 0.1, i * 1.257 + r), step * 0.055, 0.6),
          "#fdf6ea",
        );
      sheet.circle(bx, by, step * 0.022, "#f5c83f");
    }
  }
};
