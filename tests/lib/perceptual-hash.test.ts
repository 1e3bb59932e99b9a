import sharp, { type Sharp } from "sharp";
import { describe, expect, test } from "vitest";
import {
  hammingDistance,
  NEAR_IDENTICAL_DISTANCE,
  NO_STRUCTURE,
  perceptualHash,
} from "#lib/perceptual-hash.ts";

/**
 * What NEAR_IDENTICAL_DISTANCE rests on. Measured here: copies of 40 drawn scenes differ by at most
 * 10 bits (a crop of 1 % on every side is the worst, the others stay within 6), and the closest two of
 * 160 different scenes, 12,720 pairs, by 18. Photos of one subject come closer to each other than
 * drawings do, so the limit stays at the copies' end of that gap.
 */
const SCENES = 40;

describe("near-identical pictures", () => {
  const copies: Record<string, (picture: Sharp) => Sharp> = {
    "re-encoded as a poor JPEG": (picture) => picture.jpeg({ quality: 25 }),
    "resized to a third": (picture) => picture.resize(100).webp({ quality: 60 }),
    "made 15 % brighter": (picture) => picture.linear(1.15, 0).png(),
    greyscale: (picture) => picture.greyscale().png(),
    "cropped by 1 % on every side": (picture) =>
      picture.extract({ left: 3, top: 2, width: 294, height: 196 }).png(),
  };

  test.each(Object.entries(copies))("a copy %s is near", async (_, change) => {
    const distances = await Promise.all(
      Array.from({ length: SCENES }, async (_, seed) => {
        const copy = await change(draw(seed)).toBuffer();
        return hammingDistance(await hashOf(draw(seed)), await hashOf(sharp(copy)));
      }),
    );
    expect(Math.max(...distances)).toBeLessThanOrEqual(NEAR_IDENTICAL_DISTANCE);
  });

  test("different pictures are far", async () => {
    const hashes = await Promise.all(
      Array.from({ length: SCENES * 4 }, (_, seed) => hashOf(draw(seed))),
    );
    const distances = hashes.flatMap((a, index) =>
      hashes.slice(index + 1).map((b) => hammingDistance(a, b)),
    );
    expect(Math.min(...distances)).toBeGreaterThan(NEAR_IDENTICAL_DISTANCE);
  });
});

describe("pictures without structure", () => {
  test("hash to NO_STRUCTURE, with the noise of a JPEG too", async () => {
    const plain = { width: 64, height: 64, channels: 3 as const, background: "#8a3b12" };
    const jpeg = await sharp({ create: plain }).jpeg({ quality: 40 }).toBuffer();
    expect(await hashOf(sharp({ create: plain }))).toBe(NO_STRUCTURE);
    expect(await hashOf(sharp(jpeg))).toBe(NO_STRUCTURE);

    const random = randomFrom(7);
    const noise = Uint8Array.from({ length: 1024 }, () => 127 + Math.floor(random() * 3));
    expect(perceptualHash(noise)).toBe(NO_STRUCTURE);
  });

  test("are far from every picture with structure", async () => {
    const hash = await hashOf(draw(1));
    expect(hammingDistance(hash, NO_STRUCTURE)).toBe(32);
  });
});

describe("the number", () => {
  test("fits PostgreSQL's signed bigint", async () => {
    const hashes = await Promise.all(Array.from({ length: 20 }, (_, seed) => hashOf(draw(seed))));
    for (const hash of hashes) expect(BigInt.asIntN(64, hash)).toBe(hash);
    expect(hashes.some((hash) => hash < 0n)).toBe(true);
  });

  test("counts the sign bit in the distance", () => {
    expect(hammingDistance(-1n, 0n)).toBe(64);
    expect(hammingDistance(-(2n ** 63n), 0n)).toBe(1);
    expect(hammingDistance(5n, 6n)).toBe(2);
  });

  test("needs 32 x 32 pixels", () => {
    expect(() => perceptualHash(new Uint8Array(1023))).toThrow(RangeError);
  });
});

async function hashOf(picture: Sharp): Promise<bigint> {
  const grey = picture.resize(32, 32, { fit: "fill" }).greyscale().raw();
  return perceptualHash(await grey.toBuffer());
}

const [width, height] = [300, 200];
const drawn = new Map<number, Buffer>();

/** A gradient with a dozen discs and bars; the same picture for the same seed. */
function draw(seed: number): Sharp {
  const pixels = drawn.get(seed) ?? paint(randomFrom(seed + 1));
  drawn.set(seed, pixels);
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

function paint(random: () => number): Buffer {
  const pixels = Buffer.alloc(width * height * 3);
  const tilt = random() * 2 - 1;
  const shapes = Array.from({ length: 12 }, () => ({
    round: random() < 0.6,
    x: random() * width,
    y: random() * height,
    halfWidth: 10 + random() * 55,
    halfHeight: 10 + random() * 55,
    colour: [random() * 255, random() * 255, random() * 255],
  }));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const light = 128 + 60 * ((x / width - 0.5) * tilt + (y / height - 0.5));
      let colour: readonly number[] = [light, light, light + 20];
      for (const shape of shapes) {
        const dx = Math.abs(x - shape.x) / shape.halfWidth;
        const dy = Math.abs(y - shape.y) / shape.halfHeight;
        if (shape.round ? dx * dx + dy * dy < 1 : Math.max(dx, dy) < 1) colour = shape.colour;
      }
      const offset = (y * width + x) * 3;
      for (const [channel, value] of colour.entries()) pixels[offset + channel] = value;
    }
  }
  return pixels;
}

/** mulberry32: small, seeded, good enough to draw with. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
