import { stippleStrip } from "./grain.ts";
import { Chance, type Point, round } from "./pen.ts";

const LEAD = 150;

/** Where shapes are laid down, one over the other, until `svg()` gives the picture. */
export class Sheet {
  readonly width: number;
  readonly height: number;
  readonly chance: Chance;
  #defs: string[] = [];
  #body: string[] = [];

  constructor(width: number, height: number, seed: string) {
    this.width = width;
    this.height = height;
    this.chance = new Chance(seed);
  }

  svg(): string {
    const { width, height } = this;
    const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
    const defs = this.#defs.join("");
    const body = this.#body.join("");
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><defs>${defs}</defs>${body}</svg>`;
  }

  add(markup: string): void {
    this.#body.push(markup);
  }

  path(d: string, fill: string, more = ""): void {
    this.add(`<path d="${d}" fill="${fill}" ${more}/>`);
  }

  stroke(d: string, color: string, width: number, more = ""): void {
    const line = `stroke="${color}" stroke-width="${round(width)}" stroke-linecap="round"`;
    this.add(`<path d="${d}" fill="none" ${line} stroke-linejoin="round" ${more}/>`);
  }

  rect(x: number, y: number, width: number, height: number, fill: string, more = ""): void {
    const box = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
    this.add(`<rect ${box} fill="${fill}" ${more}/>`);
  }

  fill(paint: string): void {
    this.rect(-2, -2, this.width + 4, this.height + 4, paint);
  }

  circle(x: number, y: number, r: number, fill: string, more = ""): void {
    this.add(`<circle cx="${round(x)}" cy="${round(y)}" r="${round(r)}" fill="${fill}" ${more}/>`);
  }

  ellipse(x: number, y: number, rx: number, ry: number, fill: string, more = ""): void {
    const shape = `cx="${round(x)}" cy="${round(y)}" rx="${round(rx)}" ry="${round(ry)}"`;
    this.add(`<ellipse ${shape} fill="${fill}" ${more}/>`);
  }

  /** Draws with attributes shared by a group, such as a transform or an opacity. */
  group(attributes: string, draw: () => void): void {
    this.add(`<g ${attributes}>`);
    draw();
    this.add("</g>");
  }

  /** Draws only inside a path. */
  inside(d: string, draw: () => void): void {
    const id = this.#define((name) => `<clipPath id="${name}"><path d="${d}"/></clipPath>`);
    this.group(`clip-path="url(#${id})"`, draw);
  }

  /** A gradient between two points, its colours evenly spaced. */
  linear(from: Point, to: Point, ...colors: string[]): string {
    const line = `x1="${round(from[0])}" y1="${round(from[1])}" x2="${round(to[0])}" y2="${round(to[1])}"`;
    return this.#gradient("linearGradient", line, colors);
  }

  /** A gradient from top to bottom of the sheet, or between two heights. */
  down(top: number, bottom: number, ...colors: string[]): string {
    return this.linear([0, top], [0, bottom], ...colors);
  }

  radial(x: number, y: number, r: number, ...colors: string[]): string {
    const shape = `cx="${round(x)}" cy="${round(y)}" r="${round(r)}"`;
    return this.#gradient("radialGradient", shape, colors);
  }

  /** A gradient across each shape's own box (0 to 1), for many shapes alike. */
  across(from: Point, to: Point, ...colors: string[]): string {
    const line = `x1="${from[0]}" y1="${from[1]}" x2="${to[0]}" y2="${to[1]}"`;
    return this.#gradient("linearGradient", line, colors, "objectBoundingBox");
  }

  /** Sprayed ink, dense at `from` and gone at `to`; shapes may reach 150 pixels before `from`. */
  spray(color: string, from: Point, to: Point, density = 0.5): string {
    const length = Math.max(8, Math.round(Math.hypot(to[0] - from[0], to[1] - from[1])));
    const turn = (Math.atan2(to[1] - from[1], to[0] - from[0]) * 180) / Math.PI - 90;
    const strip = stippleStrip(this.chance, color, 256, LEAD, length, density);
    const place = `translate(${round(from[0])} ${round(from[1])}) rotate(${round(turn)}) translate(0 ${-LEAD})`;
    const id = this.#define(
      (name) =>
        `<pattern id="${name}" width="256" height="${LEAD + length + 1500}" patternUnits="userSpaceOnUse" patternTransform="${place}"><image width="256" height="${LEAD + length}" href="${strip}"/></pattern>`,
    );
    return `url(#${id})`;
  }

  #gradient(kind: string, shape: string, colors: string[], units = "userSpaceOnUse"): string {
    const last = Math.max(1, colors.length - 1);
    const stops = colors
      .map((color, i) => `<stop offset="${(i / last).toFixed(3)}" stop-color="${color}"/>`)
      .join("");
    const id = this.#define(
      (name) => `<${kind} id="${name}" gradientUnits="${units}" ${shape}>${stops}</${kind}>`,
    );
    return `url(#${id})`;
  }

  #define(make: (id: string) => string): string {
    const id = `d${this.#defs.length}`;
    this.#defs.push(make(id));
    return id;
  }
}

/** A picture's drawing; frame counts from 0 to 1 in a moving picture. */
export type Drawing = (sheet: Sheet, frame: number) => void;
