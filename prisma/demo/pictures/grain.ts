import { crc32, deflateSync } from "node:zlib";
import type { Chance } from "./pen.ts";

function chunk(name: string, body: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), body]);
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([size, named, sum]);
}

/**
 * A strip of stippled dots as a PNG data address: densest for its first `lead`
 * pixels, then thinning out to nothing over `length` more. It is what gives flat shapes the look of
 * sprayed ink; librsvg's feTurbulence does the same fifty times slower.
 */
export function stippleStrip(
  chance: Chance,
  color: string,
  width: number,
  lead: number,
  length: number,
  density: number,
): string {
  const rows = Buffer.alloc((width + 1) * (lead + length));
  for (let y = 0; y < lead + length; y++) {
    const share = density * (1 - Math.max(0, y - lead) / length) ** 1.7;
    for (let x = 1; x <= width; x++) {
      const draw = chance.next();
      if (draw < share) rows[y * (width + 1) + x] = draw < share * 0.6 ? 2 : 1;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(lead + length, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const ink = Buffer.from(color.slice(1, 7), "hex");
  const png = Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    chunk("PLTE", Buffer.concat([ink, ink, ink])),
    chunk("tRNS", Buffer.from([0, 120, 230])),
    chunk("IDAT", deflateSync(rows, { level: 1 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return `data:image/png;base64,${png.toString("base64")}`;
}

const TILE = 256;

/** Adds film grain to raw RGB pixels, in place; strength is the largest step up or down. */
export function addGrain(
  pixels: Uint8ClampedArray,
  width: number,
  chance: Chance,
  strength: number,
) {
  const noise = Int8Array.from({ length: TILE * TILE }, () =>
    Math.round((chance.next() + chance.next() - 1) * strength),
  );
  for (let start = 0, y = 0; start < pixels.length; start += width * 3, y++) {
    const row = (y % TILE) * TILE;
    // Each band of the tile slides sideways, so that the eye finds no repeat.
    const slide = Math.floor(y / TILE) * 97;
    for (let x = 0; x < width; x++) {
      const step = noise[row + ((x + slide) % TILE)] ?? 0;
      const i = start + x * 3;
      pixels[i] = (pixels[i] ?? 0) + step;
      pixels[i + 1] = (pixels[i + 1] ?? 0) + step;
      pixels[i + 2] = (pixels[i + 2] ?? 0) + step;
    }
  }
}
