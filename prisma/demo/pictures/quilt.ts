import { at, leaf, mix, type Point, poly, round } from "./pen.ts";
import type { Drawing, Sheet } from "./sheet.ts";

export const quilt: Drawing = (sheet) => {
  const { width: w, chance } = sheet;
  const cloths = [
    "#24405f",
    "#c8503a",
    "#e8b04a",
    "#f3e6cd",
    "#7fa39a",
    "#8a3f4f",
    "#3f6f72",
    "#e39a7a",
  ];
  const s = w / 4;
  const u = s / 4;
  const patch = (d: string, color: string, weave: number) => {
    sheet.path(d, color);
    const ink = mix(color, color === "#f3e6cd" ? "#c8503a" : "#f9efdc", 0.3);
    sheet.inside(d, () => {
      if (weave === 1)
        for (let i = -2; i < 20; i++) sheet.stroke(`M${round(i * 13)} 0v${round(s)}`, ink, 2);
      if (weave === 2)
        for (let i = 0; i < 144; i++)
          sheet.circle(
            (i % 12) * 23 + (Math.floor(i / 12) % 2) * 11,
            Math.floor(i / 12) * 21,
            3,
            ink,
          );
      if (weave === 3)
        for (let i = 0; i < 64; i++)
          sheet.path(
            leaf(
              [(i % 8) * 34, Math.floor(i / 8) * 33 + 16],
              [(i % 8) * 34 + 16, Math.floor(i / 8) * 33],
              7,
            ),
            ink,
          );
    });
  };
  const at0 = (a: number, b: number): Point => [a * u, b * u];
  for (let r = 0; r < 5; r++) {
    for (let c = 0; c < 4; c++) {
      const [back, one, two, three] = chance.shuffle(cloths);
      const pick = [back, one, two, three] as string[];
      sheet.group(`transform="translate(${round(c * s)} ${round(r * s)})"`, () => {
        patch(`M0 0h${s}v${s}h${-s}Z`, at(pick, 0), 0);
        const kind = (r * 2 + c * 3 + (r % 2)) % 4;
        if (kind === 0) {
          for (let i = 0; i < 4; i++) {
            const turn = (p: readonly [number, number]): Point => {
              let [a, b] = p;
              for (let k = 0; k < i; k++) [a, b] = [4 - b, a];
              return at0(a, b);
            };
            patch(poly([turn([1, 0]), turn([2, 1]), turn([1, 1])]), at(pick, 1), 0);
            patch(poly([turn([3, 0]), turn([2, 1]), turn([3, 1])]), at(pick, 1), 0);
            patch(poly([turn([0, 0]), turn([1, 0]), turn([1, 1]), turn([0, 1])]), at(pick, 3), 0);
          }
          patch(poly([at0(1, 1), at0(3, 1), at0(3, 3), at0(1, 3)]), at(pick, 1), 2);
          patch(poly([at0(2, 1.3), at0(2.7, 2), at0(2, 2.7), at0(1.3, 2)]), at(pick, 2), 0);
        } else if (kind === 1) {
          for (let i = 0; i < 4; i++) {
            const far = 4 - i;
            patch(
              poly(
                [
                  at0(i / 2, i / 2),
                  at0(far + i / 2, i / 2),
                  at0(far + i / 2, far + i / 2),
                  at0(i / 2, far + i / 2),
                ].map(([a, b]): Point => [Math.min(s, a), Math.min(s, b)]),
              ),
              at(pick, i),
              i === 1 ? 1 : 0,
            );
          }
        } else if (kind === 2) {
          for (let i = 0; i < 16; i++) {
            const [a, b] = [i % 4, Math.floor(i / 4)];
            const lean = (a + b) % 2 === 0;
            patch(
              lean
                ? poly([at0(a, b), at0(a + 1, b), at0(a, b + 1)])
                : poly([at0(a, b), at0(a + 1, b), at0(a + 1, b + 1)]),
              at(pick, 1 + ((a + b * 2) % 3)),
              i % 5 === 0 ? 1 : 0,
            );
          }
        } else {
          patch(poly([at0(2, 0), at0(4, 2), at0(2, 4), at0(0, 2)]), at(pick, 1), 3);
          patch(poly([at0(1, 1), at0(3, 1), at0(3, 3), at0(1, 3)]), at(pick, 2), 0);
          patch(poly([at0(2, 1), at0(3, 2), at0(2, 3), at0(1, 2)]), at(pick, 3), 2);
        }
        stitches(sheet, s);
      });
    }
  }
};

function stitches(sheet: Sheet, s: number): void {
  sheet.add(
    `<rect x="7" y="7" width="${round(s - 14)}" height="${round(s - 14)}" fill="none" stroke="#fff6e4" stroke-width="2" stroke-dasharray="8 7" stroke-opacity=".75"/>`,
  );
  sheet.rect(0, 0, s, s, "none", 'stroke="#2a2030" stroke-opacity=".35" stroke-width="2"');
}
