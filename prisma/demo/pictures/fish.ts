import { at, mix, round } from "./pen.ts";
import type { Drawing, Sheet } from "./sheet.ts";

export const sardines: Drawing = (sheet) => {
  const { width: w, height: h } = sheet;
  sheet.fill("#f3e6cf");
  const rows = 7;
  const tall = h / rows;
  const backs = ["#1f4e79", "#d9482f", "#2c7a7b", "#e09f3e", "#16324f", "#c9563c", "#3a8fa3"];
  for (let row = 0; row < rows; row++) {
    const size = w * (row % 2 ? 0.27 : 0.33);
    const count = Math.ceil(w / size) + 2;
    for (let i = 0; i < count; i++) {
      const x = (i - 0.5) * size * 1.02 - (row % 3) * size * 0.31;
      const y = tall * (row + 0.5);
      const way = row % 2 ? -1 : 1;
      const back = at(backs, row * 2 + i * 3);
      sheet.group(`transform="translate(${round(x)} ${round(y)}) scale(${round(way)} 1)"`, () =>
        fish(sheet, size * 0.92, tall * 0.74, back, (row + i) % 3),
      );
    }
  }
};

function fish(sheet: Sheet, long: number, tall: number, back: string, style: number): void {
  const [a, b] = [long * 0.5, tall * 0.5];
  const body = `M${round(a)} ${round(b * 0.08)}C${round(a * 0.62)} ${round(-b * 1.05)} ${round(-a * 0.1)} ${round(-b * 0.95)} ${round(-a * 0.66)} ${round(-b * 0.12)}L${round(-a * 0.66)} ${round(b * 0.12)}C${round(-a * 0.1)} ${round(b * 0.95)} ${round(a * 0.62)} ${round(b * 1.05)} ${round(a)} ${round(b * 0.08)}Z`;
  const ink = "#17253b";
  sheet.path(
    `M${round(-a * 0.6)} 0L${round(-a * 0.98)} ${round(-b * 0.72)}Q${round(-a * 0.84)} 0 ${round(-a * 0.98)} ${round(b * 0.72)}Z`,
    back,
  );
  sheet.path(
    `M${round(a * 0.15)} ${round(-b * 0.7)}Q${round(-a * 0.05)} ${round(-b * 1.25)} ${round(-a * 0.28)} ${round(-b * 1.1)}L${round(-a * 0.22)} ${round(-b * 0.5)}Z`,
    back,
  );
  sheet.path(body, mix(back, "#fff8ea", 0.82));
  sheet.inside(body, () => {
    sheet.path(
      `M${round(a)} ${round(-b * 0.02)}C${round(a * 0.4)} ${round(-b * 0.25)} ${round(-a * 0.3)} ${round(b * 0.05)} ${round(-a)} 0V${round(-b * 1.2)}H${round(a)}Z`,
      back,
    );
    if (style === 0) {
      for (let i = 0; i < 9; i++)
        sheet.circle(
          a * (0.3 - i * 0.1),
          b * (-0.28 + Math.abs(i - 3) * 0.03),
          b * 0.07,
          "#f3e6cf",
        );
    } else if (style === 1) {
      for (let i = 0; i < 6; i++)
        sheet.stroke(
          `M${round(a * (0.28 - i * 0.14))} ${round(-b)}q${round(-a * 0.08)} ${round(b * 0.6)} ${round(a * 0.03)} ${round(b * 1.05)}`,
          mix(back, ink, 0.5),
          b * 0.06,
        );
    } else {
      for (let i = 0; i < 24; i++)
        sheet.add(
          `<path d="M${round(a * (0.34 - (i % 8) * 0.12))} ${round(b * (-0.6 + Math.floor(i / 8) * 0.24))}q${round(-a * 0.06)} ${round(b * 0.12)} 0 ${round(b * 0.24)}" fill="none" stroke="#f3e6cf" stroke-width="2"/>`,
        );
    }
    sheet.path(
      `M${round(a * 1.1)} ${round(-b)}H${round(a * 0.5)}Q${round(a * 0.36)} 0 ${round(a * 0.5)} ${round(b)}H${round(a * 1.1)}Z`,
      mix(back, ink, 0.35),
      'fill-opacity=".55"',
    );
  });
  sheet.path(
    `M${round(a * 0.34)} ${round(b * 0.2)}Q${round(a * 0.12)} ${round(b * 0.1)} ${round(a * 0.02)} ${round(b * 0.42)}Q${round(a * 0.2)} ${round(b * 0.5)} ${round(a * 0.34)} ${round(b * 0.2)}Z`,
    mix(back, ink, 0.3),
  );
  sheet.circle(a * 0.7, -b * 0.12, b * 0.15, "#fff8ea");
  sheet.circle(a * 0.71, -b * 0.12, b * 0.08, ink);
}
