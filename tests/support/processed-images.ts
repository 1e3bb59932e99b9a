import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { afterEach, beforeEach, expect } from "vitest";
import { ImageError, type ImageFailure } from "#platform/image-error.ts";
import { createImageProcessor, type ProcessedImage } from "#platform/image-processor.ts";

export const processor = createImageProcessor({ maxPixels: 50_000_000, concurrency: 2 });

export let folder: string;
export let temporaryFolder: string;

/** A fresh folder for each test of the file that calls this. */
export function setUpFolders(): void {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "magpie-images-"));
    temporaryFolder = join(folder, "temporary");
    await mkdir(temporaryFolder);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
}

let count = 0;

export async function process(bytes: Buffer, by = processor): Promise<ProcessedImage> {
  const path = join(folder, `upload-${count++}.png`);
  await writeFile(path, bytes);
  return by.process(path, temporaryFolder);
}

export async function expectRefused(
  bytes: Buffer,
  failure: ImageFailure,
  by = processor,
): Promise<void> {
  const error = await process(bytes, by).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ImageError);
  expect(error).toMatchObject({ failure });
  expect(await readdir(temporaryFolder)).toEqual([]);
}

export async function pixel(image: ProcessedImage, x: number, y: number): Promise<number[]> {
  const bytes = await readFile(image.thumbnails[0]?.path ?? "");
  const region = { left: x, top: y, width: 1, height: 1 };
  return [...(await sharp(bytes).ensureAlpha().extract(region).raw().toBuffer())];
}

export async function expectColour(
  image: ProcessedImage,
  [x, y]: [number, number],
  expected: number[],
  tolerance = 6,
): Promise<void> {
  const found = await pixel(image, x, y);
  const off = expected.map((value, channel) => Math.abs(value - (found[channel] ?? 0)));
  expect(Math.max(...off), `${found} is not ${expected}`).toBeLessThanOrEqual(tolerance);
}

/** Rings and a gradient: something that a hash can hold on to. */
export function drawing(width: number, height: number, frame = 0): Sharp {
  return sharp(rings(width, height, frame), { raw: { width, height, channels: 3 } });
}

export function animation(width: number, height: number, frames: number): Sharp {
  const pixels = Array.from({ length: frames }, (_, frame) => rings(width, height, frame));
  const raw = { width, height: height * frames, channels: 3 as const, pageHeight: height };
  const delay = Array<number>(frames).fill(80);
  const moving = sharp(Buffer.concat(pixels), { raw, animated: true });
  return moving.gif({ delay, effort: 1, keepDuplicateFrames: true }).webp({ delay, effort: 0 });
}

function rings(width: number, height: number, frame: number): Buffer {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const ring = Math.sin(Math.hypot(x - width / 3, y - height / 2) / 20 + frame / 5);
      const offset = (y * width + x) * 3;
      pixels[offset] = 128 + 100 * ring;
      pixels[offset + 1] = (255 * x) / width;
      pixels[offset + 2] = (255 * y) / height;
    }
  }
  return pixels;
}
