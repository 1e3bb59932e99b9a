import { crc32, deflateSync } from 'node:zlib';
import type { Chance } from './pen.ts';

function chunk(name: string, body: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body]);
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([size, named, sum]);
}

/**
 * A strip of stippled dots as a PNG data address: densest at its top, thinning
 * out to nothing at `length` pixels. It is what gives flat shapes the look of
 * sprayed ink; librsvg's feTurbulence does the same fifty times slower.
 */
export function stippleStrip(
  chance: Chance,
  color: string,
  width: number,
  length: number,
  density: number,
): string {
  const rows = Buffer.alloc((width + 1) * length);
  for (let y = 0; y < length; y++) {
    const share = density * (1 - y / length) ** 1.7;
    for (let x = 1; x <= width; x++) {
      const draw = chance.next();
      if (draw < share) rows[y * (width + 1) + x] = draw < share * 0.6 ? 2 : 1;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(length, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const ink = Buffer.from(color.slice(1, 7), 'hex');
  const png = Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.concat([ink, ink, ink])),
    chunk('tRNS', Buffer.from([0, 120, 230])),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return `data:image/png;base64,${png.toString('base64')}`;
}

const TILE = 256;

/** Adds film grain to raw RGB pixels, in place; strength is the largest step up or down. */
export function addGrain(pixels: Uint8ClampedArray, width: number, chance: Chance, strength: number) {
  const noise = Int8Array.from({ length: TILE * TILE }, () =>
    Math.round((chance.next() + chance.next() - 1) * strength),
  );
  for (let i = 0, pixel = 0; i < pixels.length; i += 3, pixel++) {
    const x = pixel % width;
    const y = (pixel - x) / width;
    // Each band of the tile slides sideways, so that the eye finds no repeat.
    const step = noise[((y % TILE) * TILE + ((x + ((y / TILE) | 0) * 97) % TILE)) % (TILE * TILE)] ?? 0;
    pixels[i] = (pixels[i] ?? 0) + step;
    pixels[i + 1] = (pixels[i + 1] ?? 0) + step;
    pixels[i + 2] = (pixels[i + 2] ?? 0) + step;
  }
}
