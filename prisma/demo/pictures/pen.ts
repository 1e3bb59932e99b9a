export type Point = readonly [x: number, y: number];

/** A repeatable source of chance: the same seed always draws the same picture. */
export class Chance {
  #state: number;

  constructor(seed: string) {
    this.#state = 2166136261;
    for (const letter of seed) {
      this.#state = Math.imul(this.#state ^ (letter.codePointAt(0) ?? 0), 16777619);
    }
  }

  /** The next number in [0, 1), by mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  int(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  is(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return at(list, Math.floor(this.next() * list.length));
  }

  shuffle<T>(list: readonly T[]): T[] {
    const result = [...list];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.int(0, i);
      const kept = at(result, i);
      result[i] = at(result, j);
      result[j] = kept;
    }
    return result;
  }
}

/** The item at an index, counting round and round the list. */
export function at<T>(list: readonly T[], index: number): T {
  return list[((index % list.length) + list.length) % list.length] as T;
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function channels(color: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16));
}

/** Mixes two `#rrggbb` colours; 0 is the first, 1 the second. */
export function mix(first: string, second: string, share: number): string {
  const other = channels(second);
  const t = Math.min(1, Math.max(0, share));
  const mixed = channels(first).map((value, i) => Math.round(value + (at(other, i) - value) * t));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** A `#rrggbb` colour with an opacity from 0 to 1. */
export function fade(color: string, opacity: number): string {
  return `${color.slice(0, 7)}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, "0")}`;
}

/** The colour at a share (0 to 1) of the way along a list of colours. */
export function ramp(colors: readonly string[], share: number): string {
  const place = Math.min(0.9999, Math.max(0, share)) * (colors.length - 1);
  const index = Math.floor(place);
  return mix(at(colors, index), at(colors, index + 1), place - index);
}

export function poly(points: readonly Point[], closed = true): string {
  const list = points.map(([x, y]) => `${round(x)} ${round(y)}`).join("L");
  return `M${list}${closed ? "Z" : ""}`;
}

/** A curve through every point (Catmull-Rom as cubic Beziers). */
export function smooth(points: readonly Point[], closed = false): string {
  const count = points.length;
  const point = (i: number): Point =>
    closed ? at(points, i) : at(points, Math.min(count - 1, Math.max(0, i)));
  let path = `M${round(point(0)[0])} ${round(point(0)[1])}`;
  for (let i = 0; i < (closed ? count : count - 1); i++) {
    const [before, from, to, after] = [point(i - 1), point(i), point(i + 1), point(i + 2)];
    const control = [
      from[0] + (to[0] - before[0]) / 6,
      from[1] + (to[1] - before[1]) / 6,
      to[0] - (after[0] - from[0]) / 6,
      to[1] - (after[1] - from[1]) / 6,
      to[0],
      to[1],
    ];
    path += `C${control.map(round).join(" ")}`;
  }
  return closed ? `${path}Z` : path;
}

export function disc(x: number, y: number, r: number): string {
  return `M${round(x - r)} ${round(y)}a${round(r)} ${round(r)} 0 1 0 ${round(2 * r)} 0a${round(r)} ${round(r)} 0 1 0 ${round(-2 * r)} 0Z`;
}

export function polar(x: number, y: number, r: number, angle: number): Point {
  return [x + r * Math.cos(angle), y + r * Math.sin(angle)];
}

/** A pointed leaf from its foot to its tip; width is across the widest place. */
export function leaf(foot: Point, tip: Point, width: number, belly = 0.45): string {
  const [dx, dy] = [tip[0] - foot[0], tip[1] - foot[1]];
  const length = Math.hypot(dx, dy) || 1;
  const [nx, ny] = [(-dy / length) * width * 0.66, (dx / length) * width * 0.66];
  const side = (sign: number, share: number) =>
    `${round(foot[0] + dx * share + nx * sign)} ${round(foot[1] + dy * share + ny * sign)}`;
  const [low, high] = [belly - 0.25, belly + 0.3];
  return `M${poly([foot], false).slice(1)}C${side(1, low)} ${side(1, high)} ${poly([tip], false).slice(1)}C${side(-1, high)} ${side(-1, low)} ${poly([foot], false).slice(1)}Z`;
}

export function blob(chance: Chance, x: number, y: number, r: number, wobble: number, count = 7) {
  const turn = chance.between(0, 6.28);
  return smooth(
    times(count, (i) =>
      polar(x, y, r * chance.between(1 - wobble, 1 + wobble), turn + (i / count) * Math.PI * 2),
    ),
    true,
  );
}

/** A mountain ridge from left to right by midpoint displacement. */
export function ridge(
  chance: Chance,
  width: number,
  y: number,
  rise: number,
  rough = 0.5,
): Point[] {
  const up = chance.is(0.5) ? 0 : 1;
  let heights = times(7, (i) => (i % 2 === up ? -1 : 1) * chance.between(0.05, 0.5));
  let reach = 0.5;
  for (let level = 0; level < 6; level++) {
    heights = heights.flatMap((height, i) => {
      const next = heights[i + 1];
      return next === undefined
        ? [height]
        : [height, (height + next) / 2 + chance.between(-reach, reach) * 0.5];
    });
    reach *= rough;
  }
  const last = heights.length - 1;
  return heights.map((height, i) => [(i / last) * (width + 20) - 10, y + height * rise]);
}

/** Closes a left-to-right line downwards to a floor, as a filled shape. */
export function ground(line: string, left: number, right: number, floor: number): string {
  return `${line}L${round(right)} ${round(floor)}L${round(left)} ${round(floor)}Z`;
}
