import { at, fade, ground, mix, type Point, poly, round, smooth, times } from "./pen.ts";
import type { Drawing } from "./sheet.ts";

export const dunes: Drawing = (sheet) => {
  const { width: w, height: h } = sheet;
  sheet.fill(sheet.down(0, h * 0.6, "#e8a87c", "#f3c99b", "#fbe6c2"));
  sheet.circle(w * 0.28, h * 0.26, h * 0.11, "#fff4da");
  const crests: { line: Point[]; light: string; dark: string; spine: Point[] }[] = [
    {
      line: [
        [-0.1, 0.5],
        [0.15, 0.43],
        [0.38, 0.5],
        [0.6, 0.42],
        [0.8, 0.37],
        [1.1, 0.5],
      ],
      spine: [
        [0.8, 0.37],
        [0.77, 0.43],
        [0.84, 0.5],
        [0.8, 0.6],
        [1.1, 0.75],
      ],
      light: "#efb98a",
      dark: "#c98263",
    },
    {
      line: [
        [-0.1, 0.62],
        [0.1, 0.5],
        [0.24, 0.44],
        [0.44, 0.54],
        [0.7, 0.62],
        [1.1, 0.6],
      ],
      spine: [
        [0.24, 0.44],
        [0.21, 0.52],
        [0.3, 0.6],
        [0.25, 0.7],
        [0.42, 0.85],
      ],
      light: "#e9a06f",
      dark: "#a85a4a",
    },
    {
      line: [
        [-0.1, 0.82],
        [0.2, 0.78],
        [0.46, 0.66],
        [0.68, 0.52],
        [0.86, 0.6],
        [1.1, 0.72],
      ],
      spine: [
        [0.68, 0.52],
        [0.63, 0.61],
        [0.72, 0.71],
        [0.6, 0.83],
        [0.7, 1.05],
      ],
      light: "#de8455",
      dark: "#7c3a3d",
    },
    {
      line: [
        [-0.1, 0.76],
        [0.14, 0.72],
        [0.34, 0.8],
        [0.55, 0.93],
        [0.8, 1],
        [1.1, 1.02],
      ],
      spine: [
        [0.14, 0.72],
        [0.1, 0.81],
        [0.2, 0.9],
        [0.16, 1.05],
        [0.2, 1.1],
      ],
      light: "#c9653f",
      dark: "#572a35",
    },
  ];
  for (const { line, spine, light, dark } of crests) {
    const scaled = line.map(([x, y]): Point => [x * w, y * h]);
    const shape = ground(smooth(scaled), -0.1 * w, 1.1 * w, h * 1.1);
    const top = Math.min(...scaled.map((p) => p[1]));
    sheet.path(shape, sheet.down(top, top + h * 0.4, mix(light, "#fff0cf", 0.3), light));
    sheet.inside(shape, () => {
      const edge = smooth(spine.map(([x, y]): Point => [x * w, y * h]));
      const right = `${edge}L${w * 1.2} ${h * 1.1}L${w * 1.2} ${top - 20}L${(at(spine, 0)[0] + 0.02) * w} ${top - 20}Z`;
      sheet.path(
        right,
        sheet.linear(
          [at(spine, 0)[0] * w, top],
          [at(spine, 0)[0] * w + w * 0.35, top + h * 0.4],
          dark,
          mix(dark, light, 0.75),
        ),
      );
      sheet.rect(
        -20,
        top - 20,
        w + 40,
        h,
        sheet.spray(dark, [w * 0.1, h * 1.05], [w * 0.06, top + h * 0.1], 0.34),
      );
    });
  }
  // Three camels would be kitsch; three birds are enough.
  for (const [x, y, s] of [
    [0.56, 0.2, 1],
    [0.61, 0.17, 0.8],
    [0.66, 0.215, 0.7],
  ] as const) {
    const [bx, by] = [w * x, h * y];
    sheet.stroke(
      `M${bx - 14 * s} ${by - 5 * s}Q${bx - 5 * s} ${by - 8 * s} ${bx} ${by}Q${bx + 6 * s} ${by - 8 * s} ${bx + 15 * s} ${by - 4 * s}`,
      "#7c3a3d",
      2.4,
    );
  }
};

export const buttes: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h * 0.75, "#1f6f78", "#79b8a4", "#f5e3a9", "#f4b266"));
  sheet.circle(w * 0.55, h * 0.52, h * 0.2, "#fdf0c4");
  for (const [x, y, long] of [
    [0.2, 0.2, 0.3],
    [0.32, 0.235, 0.22],
    [0.85, 0.14, 0.26],
    [0.75, 0.175, 0.2],
    [0.6, 0.34, 0.16],
  ] as const) {
    sheet.rect(
      w * (x - long / 2),
      h * y,
      w * long,
      h * 0.022,
      "#fbeecb",
      `rx="${h * 0.011}" fill-opacity=".75"`,
    );
  }
  const butte = (x: number, top: number, half: number, foot: number, tones: readonly string[]) => {
    const jag = (share: number) => chance.between(-1, 1) * half * 0.06 + half * share;
    const left: Point[] = [
      [-0.62, 0],
      [-0.66, 0.1],
      [-0.72, 0.16],
      [-0.74, 0.48],
      [-0.82, 0.54],
      [-1.25, 0.86],
      [-1.8, 1],
    ].map(([px = 0, py = 0]) => [x + jag(px), top + (foot - top) * py]);
    const right: Point[] = [
      [0.6, 0.0],
      [0.64, 0.08],
      [0.76, 0.13],
      [0.78, 0.5],
      [0.86, 0.56],
      [1.3, 0.86],
      [1.9, 1],
    ].map(([px = 0, py = 0]) => [x + jag(px), top + (foot - top) * py]);
    const crown: Point[] = times(6, (i) => [
      x + half * (-0.5 + i * 0.2),
      top + (i % 2 ? 0 : 1) * (foot - top) * 0.025,
    ]);
    const shape = poly([...[...left].reverse(), ...crown, ...right]);
    sheet.path(shape, at(tones, 0));
    sheet.inside(shape, () => {
      const bands = ["#00000000", at(tones, 1), "#00000000", at(tones, 1), at(tones, 2)];
      [0.1, 0.19, 0.24, 0.38, 0.5].forEach((share, i) => {
        const y = top + (foot - top) * share;
        const next = (foot - top) * (i === 4 ? 0.6 : 0.055);
        sheet.rect(
          x - half * 2.2,
          y,
          half * 4.4,
          next,
          at(bands, i),
          i === 4 ? 'fill-opacity=".7"' : 'fill-opacity=".55"',
        );
      });
      for (let i = 0; i < 13; i++) {
        const cx = x + half * (-0.7 + i * 0.115) + chance.between(-4, 4);
        sheet.rect(
          cx,
          top,
          chance.between(2, half * 0.07),
          (foot - top) * chance.between(0.25, 0.52),
          at(tones, 3),
          'fill-opacity=".4"',
        );
      }
      sheet.path(
        poly([
          [x + half * 0.25, top - 9],
          [x + half * 0.16, top + (foot - top) * 0.5],
          [x + half * 0.4, foot + 5],
          [x + half * 3, foot + 5],
          [x + half * 3, top - 9],
        ]),
        fade(at(tones, 3), 0.5),
      );
    });
    sheet.path(shape, sheet.spray(at(tones, 3), [x + half * 2, foot], [x - half * 0.4, top], 0.4));
  };
  const far = ["#d9895b", "#c06a4c", "#c8744f", "#a9533f"];
  const near = ["#c65a37", "#9f3d31", "#a94532", "#6f2430"];
  butte(w * 0.86, h * 0.42, w * 0.06, h * 0.76, far);
  butte(w * 0.43, h * 0.52, w * 0.04, h * 0.76, far);
  butte(w * 0.22, h * 0.26, w * 0.1, h * 0.82, near);
  butte(w * 0.7, h * 0.36, w * 0.07, h * 0.82, near);
  const floors: [number, string, string][] = [
    [0.79, "#a8432f", "#7a2a30"],
    [0.86, "#77283a", "#4b1a31"],
    [0.93, "#3f1631", "#240d24"],
  ];
  floors.forEach(([y, top, low], i) => {
    const line: Point[] = times(7, (j) => [
      (j / 6) * (w + 40) - 20,
      h * (y + 0.014 * Math.sin(j * 2.1 + i * 1.3)),
    ]);
    sheet.path(
      ground(smooth(line), -20, w + 20, h + 9),
      sheet.down(h * y, h * (y + 0.12), top, low),
    );
  });
  const cactus = (
    x: number,
    y: number,
    s: number,
    arms: readonly (readonly [number, number, number])[],
  ) => {
    const ink = "#1c0b22";
    sheet.stroke(`M${x} ${y}V${round(y - s)}`, ink, s * 0.17);
    for (const [side, low, up] of arms) {
      sheet.stroke(
        `M${x} ${round(y - s * low)}h${round(side * s * 0.12)}q${round(side * s * 0.14)} 0 ${round(side * s * 0.14)} ${round(-s * 0.14)}V${round(y - s * up)}`,
        ink,
        s * 0.13,
      );
    }
  };
  cactus(w * 0.12, h * 0.96, h * 0.36, [
    [-1, 0.35, 0.7],
    [1, 0.48, 0.86],
  ]);
  cactus(w * 0.9, h * 0.97, h * 0.27, [
    [1, 0.34, 0.78],
    [-1, 0.5, 0.72],
  ]);
  cactus(w * 0.33, h * 0.95, h * 0.12, [[1, 0.4, 0.75]]);
  for (let i = 0; i < 60; i++) {
    const [x, y, s] = [chance.next() * w, h * chance.between(0.93, 1), chance.between(10, 28)];
    for (let k = -2; k <= 2; k++)
      sheet.stroke(
        `M${round(x)} ${round(y)}l${round(k * s * 0.22)} ${round(-s + Math.abs(k) * s * 0.2)}`,
        "#1c0b22",
        1.8,
      );
  }
};
