import { at, fade, mix, poly, round } from "./pen.ts";
import type { Drawing } from "./sheet.ts";

export const skyline: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  const quay = h * 0.78;
  sheet.fill(sheet.down(0, quay, "#1c1f4a", "#4a3570", "#a64f7c", "#f2906b", "#fcca83"));
  for (let i = 0; i < 70; i++)
    sheet.circle(
      chance.next() * w,
      chance.next() * h * 0.3,
      chance.between(0.6, 1.6),
      "#fff3da",
      'fill-opacity=".7"',
    );
  sheet.circle(
    w * 0.31,
    quay - h * 0.36,
    h * 0.75,
    sheet.radial(w * 0.31, quay - h * 0.36, h * 0.75, "#ffe2a0aa", "#ffb97a33", "#ffb97a00"),
  );
  sheet.circle(w * 0.31, quay - h * 0.36, h * 0.13, "#fff0c4");
  const rows = [
    { tone: "#c96f7d", low: 0.16, high: 0.36, wide: 0.026, lit: 0, light: "#ffd9a0" },
    { tone: "#7d4577", low: 0.1, high: 0.42, wide: 0.032, lit: 0.16, light: "#ffc88a" },
    { tone: "#412a5e", low: 0.12, high: 0.5, wide: 0.038, lit: 0.3, light: "#ffcf7d" },
    { tone: "#1d1840", low: 0.06, high: 0.3, wide: 0.046, lit: 0.36, light: "#ffd98a" },
  ];
  for (const { tone, low, high, wide, lit, light } of rows) {
    let shape = "";
    let panes = "";
    let x = -w * 0.02;
    while (x < w) {
      const across = w * wide * chance.between(0.6, 1.4);
      const swell = 0.55 + 0.45 * Math.sin((x / w) * 7 + wide * 300);
      const tall = h * (low + (high - low) * swell * chance.between(0.4, 1));
      const top = quay - tall;
      shape += `M${round(x)} ${round(quay)}V${round(top)}h${round(across)}V${round(quay)}Z`;
      const roof = chance.int(0, 6);
      const mid = x + across / 2;
      if (roof === 0)
        shape += poly([
          [x + across * 0.2, top + 1],
          [x + across * 0.2, top - across * 0.25],
          [x + across * 0.8, top - across * 0.25],
          [x + across * 0.8, top + 1],
        ]);
      if (roof === 1)
        shape += poly([
          [x, top + 1],
          [mid, top - across * 0.6],
          [x + across, top + 1],
        ]);
      if (roof === 2)
        shape += poly([
          [mid - 1.5, top],
          [mid - 0.8, top - h * 0.12],
          [mid + 0.8, top - h * 0.12],
          [mid + 1.5, top],
        ]);
      if (roof === 3)
        shape += poly([
          [x, top + 1],
          [x, top - across * 0.5],
          [x + across, top + 1],
        ]);
      if (roof === 4)
        shape += `M${round(x + across * 0.15)} ${round(top + 1)}q0 ${round(-across * 0.45)} ${round(across * 0.35)} ${round(-across * 0.45)}t${round(across * 0.35)} ${round(across * 0.45)}Z`;
      const step = 11;
      if (lit > 0) {
        for (let wy = top + 9; wy < quay - 8; wy += step) {
          for (let wx = x + 5; wx < x + across - 7; wx += 9) {
            if (chance.is(lit * 0.75)) panes += `M${round(wx)} ${round(wy)}h4.5v5.5h-4.5Z`;
          }
        }
      }
      x += across * chance.between(0.92, 1.12);
    }
    sheet.path(shape, sheet.down(quay - h * high, quay, tone, mix(tone, "#f2906b", 0.22)));
    sheet.path(panes, light, 'fill-opacity=".9"');
  }
  sheet.rect(0, quay, w, h - quay, sheet.down(quay, h, "#a4567b", "#4a3570", "#1c1844"));
  for (let i = 0; i < 150; i++) {
    const u = chance.next();
    const y = quay + 3 + (h - quay) * u;
    sheet.rect(
      chance.between(-0.02, 1) * w,
      y,
      w * chance.between(0.01, 0.07),
      2.2,
      chance.pick(["#241c4a", "#1d1840", "#ffc88a", "#f2906b"]),
      'rx="1" fill-opacity=".5"',
    );
  }
  for (let i = 0; i < 30; i++) {
    const y = quay + 3 + ((h - quay) * i) / 30;
    sheet.rect(
      w * 0.31 + chance.between(-60, 20),
      y,
      chance.between(24, 80),
      2.4,
      "#fff0c4",
      'rx="1" fill-opacity=".6"',
    );
  }
  sheet.rect(0, quay - 5, w, 7, "#120f2e");
};

export const rooftops: Drawing = (sheet) => {
  const { width: w, height: h, chance } = sheet;
  sheet.fill(sheet.down(0, h * 0.4, "#7cc0cf", "#bfe0d8", "#fbeccb"));
  sheet.circle(w * 0.78, h * 0.12, w * 0.065, "#fff6df");
  const walls = [
    "#f4d6a0",
    "#e98a6b",
    "#f7efdf",
    "#d95f4c",
    "#f2b85c",
    "#8fb9b3",
    "#f3c7b1",
    "#5f93a6",
    "#fbe3c0",
    "#c97b84",
  ];
  const roofs = ["#b5462f", "#9c3a2c", "#c95b38", "#a84a35"];
  const house = (x: number, foot: number, across: number, tall: number, wall: string) => {
    const top = foot - tall;
    const roof = at(roofs, chance.int(0, 3));
    const gable = chance.is(0.5);
    const dark = mix(wall, "#4a2f4f", 0.22);
    sheet.rect(x, top, across, tall + 90, wall);
    sheet.rect(x + across * 0.7, top, across * 0.3, tall + 90, fade("#4a2f4f", 0.12));
    if (chance.is(0.6)) {
      const cx = x + across * chance.between(0.12, 0.7);
      sheet.rect(cx, top - tall * 0.42, across * 0.11, tall * 0.42, mix(wall, "#ffffff", 0.35));
      sheet.rect(cx + across * 0.075, top - tall * 0.42, across * 0.035, tall * 0.42, dark);
      sheet.rect(cx - 3, top - tall * 0.44, across * 0.11 + 6, 7, roof);
    }
    if (gable) {
      sheet.path(
        poly([
          [x, top + 1],
          [x + across / 2, top - across * 0.34],
          [x + across, top + 1],
        ]),
        wall,
      );
      sheet.stroke(
        poly(
          [
            [x - 7, top + 4],
            [x + across / 2, top - across * 0.36],
            [x + across + 7, top + 4],
          ],
          false,
        ),
        roof,
        11,
      );
      sheet.circle(x + across / 2, top - across * 0.1, across * 0.06, dark);
    } else {
      const lift = tall * 0.27;
      const tile = poly([
        [x - 9, top + 7],
        [x + 9, top - lift],
        [x + across - 9, top - lift],
        [x + across + 9, top + 7],
      ]);
      sheet.path(tile, roof);
      sheet.inside(tile, () => {
        for (let tx = x - 8; tx < x + across + 10; tx += 11)
          sheet.stroke(
            `M${round(tx)} ${round(top + 8)}L${round(x + across / 2 + (tx - x - across / 2) * 0.86)} ${round(top - lift)}`,
            mix(roof, "#3a1a2a", 0.3),
            2.4,
          );
      });
      sheet.rect(x - 9, top + 4, across + 18, 5, mix(roof, "#3a1a2a", 0.45));
    }
    const columns = Math.max(2, Math.round(across / 52));
    const lines = Math.max(1, Math.floor(tall / 74));
    const shutter = chance.pick(["#2f6f73", "#34568b", "#7a3b3f", "#476b4b"]);
    const kind = chance.int(0, 2);
    for (let r = 0; r < lines; r++) {
      for (let c = 0; c < columns; c++) {
        const wx = x + (across / columns) * (c + 0.5);
        const wy = top + 24 + r * 72;
        const lit = chance.is(0.14);
        const pane = lit ? "#ffe2a0" : "#3b4a66";
        if (kind === 2) {
          sheet.path(
            `M${round(wx - 11)} ${round(wy + 40)}v-27a11 11 0 0 1 22 0v27Z`,
            pane,
            `stroke="${mix(wall, "#ffffff", 0.6)}" stroke-width="5"`,
          );
        } else {
          sheet.rect(
            wx - 11,
            wy,
            22,
            36,
            pane,
            `stroke="${mix(wall, "#ffffff", 0.6)}" stroke-width="4"`,
          );
          sheet.rect(wx - 1.2, wy, 2.4, 36, mix(wall, "#ffffff", 0.6));
          if (kind === 0) {
            sheet.rect(wx - 24, wy - 1, 11, 38, shutter);
            sheet.rect(wx + 13, wy - 1, 11, 38, shutter);
          } else {
            sheet.rect(wx - 16, wy + 36, 32, 9, "#8d3f35");
            for (let k = 0; k < 5; k++)
              sheet.circle(
                wx - 13 + k * 6.5,
                wy + 33,
                5.5,
                chance.pick(["#4f8a57", "#6ba35c", "#e2556a", "#f6a5b0"]),
              );
          }
        }
      }
    }
  };
  for (let row = 0; row < 7; row++) {
    const foot = h * (0.4 + row * 0.125);
    const scale = 0.62 + row * 0.075;
    let x = -chance.between(20, 130);
    let index = chance.int(0, 9);
    while (x < w) {
      const across = chance.between(112, 196) * scale * 1.12;
      house(
        x,
        foot + chance.between(-16, 16),
        across,
        chance.between(95, 235) * scale,
        mix(at(walls, index), "#cfe6e0", 0.4 - row * 0.066),
      );
      x += across - 2;
      index += chance.int(1, 3);
    }
    sheet.rect(
      -10,
      foot - 30,
      w + 20,
      130,
      sheet.down(foot - 60, foot + 70, "#3a284f00", "#3a284f66"),
    );
    for (let i = 0; i < 3; i++) {
      const x0 = chance.next() * w;
      for (let k = 0; k < 9; k++)
        sheet.circle(
          x0 + chance.between(-34, 34) * scale,
          foot + 12 + chance.between(-30, 12) * scale,
          chance.between(12, 24) * scale,
          at(["#2f6b52", "#3f7f5a", "#58965f"], k),
        );
    }
  }
};
