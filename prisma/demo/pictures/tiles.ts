import { fade, leaf, type Point, polar, poly, ramp, round, times } from "./pen.ts";
import type { Drawing } from "./sheet.ts";

export const truchet: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill("#0f2d3a");
  const s = w / 15;
  const inks = ["#f2e3c4", "#e9a23b", "#d9573a", "#5fb0a8"];
  const layers: [number, string | null][] = [
    [0.46, "#0a2029"],
    [0.36, null],
    [0.2, "#0f2d3a"],
    [0.075, "#f6ecd6"],
  ];
  const flips = times(20 * 20, () => chance.is(0.5));
  for (const [thick, color] of layers) {
    for (let r = 0; r * s < h; r++) {
      for (let c = 0; c < 15; c++) {
        const [x, y] = [c * s, r * s];
        const flip = flips[r * 20 + c];
        const k = s / 2;
        const tone =
          color ?? ramp(inks, 0.5 + 0.5 * Math.sin(c * 0.42 + Math.cos(r * 0.5) * 1.6 + r * 0.2));
        const d = flip
          ? `M${round(x + k)} ${round(y)}a${round(k)} ${round(k)} 0 0 1 ${round(-k)} ${round(k)}M${round(x + s)} ${round(y + k)}a${round(k)} ${round(k)} 0 0 0 ${round(-k)} ${round(k)}`
          : `M${round(x + k)} ${round(y)}a${round(k)} ${round(k)} 0 0 0 ${round(k)} ${round(k)}M${round(x)} ${round(y + k)}a${round(k)} ${round(k)} 0 0 1 ${round(k)} ${round(k)}`;
        sheet.add(
          `<path d="${d}" fill="none" stroke="${tone}" stroke-width="${round(s * thick)}"/>`,
        );
      }
    }
  }
};

export const azulejos: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill("#f4ede0");
  const s = w / 4;
  const [deep, mid, pale, gold, cream] = [
    "#1b3a7a",
    "#3f6fb5",
    "#a9c6e3",
    "#e2a83a",
    "#fbf6ea",
  ] as const;
  const tile = (kind: number) => {
    const k = s / 2;
    const four = (draw: () => void) =>
      times(4, (i) => sheet.group(`transform="rotate(${i * 90})"`, draw));
    sheet.rect(-k, -k, s, s, cream);
    if (kind === 0) {
      four(() => {
        sheet.path(
          `M${round(-k)} ${round(-k)}h${round(k * 0.76)}a${round(k * 0.76)} ${round(k * 0.76)} 0 0 1 ${round(-k * 0.76)} ${round(k * 0.76)}Z`,
          deep,
        );
        sheet.path(
          `M${round(-k)} ${round(-k)}h${round(k * 0.58)}a${round(k * 0.58)} ${round(k * 0.58)} 0 0 1 ${round(-k * 0.58)} ${round(k * 0.58)}Z`,
          gold,
        );
        sheet.path(
          `M${round(-k)} ${round(-k)}h${round(k * 0.4)}a${round(k * 0.4)} ${round(k * 0.4)} 0 0 1 ${round(-k * 0.4)} ${round(k * 0.4)}Z`,
          cream,
        );
        sheet.path(leaf([0, -k * 0.1], [0, -k * 0.98], k * 0.4, 0.55), mid);
        sheet.path(leaf([0, -k * 0.3], [0, -k * 0.86], k * 0.15, 0.5), cream);
        sheet.path(leaf([k * 0.08, -k * 0.08], [k * 0.54, -k * 0.54], k * 0.2), deep);
      });
      sheet.circle(0, 0, k * 0.17, gold);
      sheet.circle(0, 0, k * 0.08, deep);
    } else if (kind === 1) {
      sheet.rect(-k, -k, s, s, mid);
      sheet.path(
        poly(
          times(
            16,
            (i): Point => polar(0, 0, k * (i % 2 ? 0.56 : 0.98), (i / 16) * 6.283 + Math.PI / 8),
          ),
        ),
        cream,
      );
      sheet.path(
        poly(
          times(
            16,
            (i): Point => polar(0, 0, k * (i % 2 ? 0.48 : 0.82), (i / 16) * 6.283 + Math.PI / 8),
          ),
        ),
        deep,
      );
      times(8, (i) =>
        sheet.path(
          leaf([0, 0], polar(0, 0, k * 0.54, (i / 8) * 6.283), k * 0.2, 0.6),
          i % 2 ? pale : gold,
        ),
      );
      sheet.circle(0, 0, k * 0.14, cream);
      four(() => {
        sheet.circle(-k, -k, k * 0.42, cream);
        sheet.circle(-k, -k, k * 0.3, gold);
        sheet.circle(-k, -k, k * 0.16, deep);
      });
    } else if (kind === 2) {
      four(() => {
        sheet.stroke(
          `M0 0C${round(k * 0.1)} ${round(-k * 0.5)} ${round(k * 0.5)} ${round(-k * 0.72)} ${round(k * 0.72)} ${round(-k * 0.5)}C${round(k * 0.86)} ${round(-k * 0.3)} ${round(k * 0.56)} ${round(-k * 0.2)} ${round(k * 0.54)} ${round(-k * 0.4)}`,
          deep,
          k * 0.085,
        );
        sheet.path(leaf([k * 0.22, -k * 0.5], [-k * 0.06, -k * 0.9], k * 0.2), mid);
        sheet.path(leaf([k * 0.62, -k * 0.6], [k * 0.94, -k * 0.94], k * 0.2), gold);
        sheet.path(leaf([k * 0.5, -k * 0.62], [k * 0.3, -k * 0.98], k * 0.16), pale);
        sheet.circle(0, -k * 0.98, k * 0.1, deep);
      });
      times(8, (i) =>
        sheet.path(
          leaf([0, 0], polar(0, 0, k * 0.33, (i / 8) * 6.283), k * 0.15, 0.6),
          i % 2 ? gold : deep,
        ),
      );
    } else {
      sheet.rect(-k, -k, s, s, pale);
      four(() => {
        sheet.path(
          poly([
            [-k, -k],
            [0, -k],
            [-k, 0],
          ]),
          deep,
        );
        sheet.path(
          poly([
            [-k, -k],
            [-k * 0.34, -k],
            [-k, -k * 0.34],
          ]),
          gold,
        );
        sheet.path(
          `M0 ${round(-k)}Q${round(k * 0.42)} ${round(-k * 0.42)} 0 0Q${round(-k * 0.42)} ${round(-k * 0.42)} 0 ${round(-k)}Z`,
          cream,
        );
        sheet.path(leaf([0, -k * 0.14], [0, -k * 0.86], k * 0.2), mid);
      });
      sheet.circle(0, 0, k * 0.16, deep);
    }
    sheet.rect(
      -k,
      -k,
      s,
      s,
      fade(chance.pick(["#ffffff", "#1b3a7a", "#e2a83a"]), chance.between(0.01, 0.07)),
    );
    sheet.rect(
      -k,
      -k,
      s,
      s,
      sheet.across([0, 0], [1, 1], "#ffffff44", "#ffffff00", "#1b2a4a22"),
      'stroke="#c9bfae" stroke-width="3"',
    );
  };
  for (let r = 0; r < 4; r++)
    for (let c = 0; c < 4; c++) {
      const kind = (r + c) % 2 === 0 ? (((r >> 1) + (c >> 1)) % 2 === 0 ? 0 : 1) : r % 2 ? 2 : 3;
      sheet.group(`transform="translate(${round((c + 0.5) * s)} ${round((r + 0.5) * s)})"`, () =>
        tile(kind),
      );
    }
  sheet.stroke(`M${w * 0.62} ${h}l-14 -60l20 -46l-10 -70`, "#8a8070", 1.6, 'stroke-opacity=".6"');
};
