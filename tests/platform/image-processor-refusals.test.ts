import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ImageError } from "#platform/image-error.ts";
import { createImageProcessor } from "#platform/image-processor.ts";
import { blackPng, isoMedia, NOT_PICTURES, withBadCrc } from "#tests/support/hostile-images.ts";
import {
  animation,
  drawing,
  expectRefused,
  folder,
  process,
  setUpFolders,
  temporaryFolder,
} from "#tests/support/processed-images.ts";
import { processorTime } from "#tests/support/processor-time.ts";

setUpFolders();

describe("refused is", () => {
  test.each(Object.entries(NOT_PICTURES))("%s, whatever its name", async (_, bytes) => {
    await expectRefused(bytes, "not_an_image");
  });

  test("TIFF", async () => {
    await expectRefused(await drawing(20, 20).tiff().toBuffer(), "not_an_image");
  });

  test.each([
    ["heic", "mif1"],
    ["heix", "mif1", "miaf"],
    ["hevc", "hevc"],
    ["mif1", "heic"],
    ["msf1", "hevc"],
  ])("HEIC with the brand %s, in its own words", async (major, ...compatible) => {
    await expectRefused(isoMedia(major, ...compatible), "heic");
  });

  test.each([
    ["avif", "mif1"],
    ["mif1", "avif"],
  ])("a broken AVIF (%s) as damaged", async (...brands) => {
    await expectRefused(isoMedia(brands[0] ?? "", ...brands.slice(1)), "damaged");
  });

  test("a PNG of 16000 x 16000, quickly and without its memory", async () => {
    const bomb = blackPng(16_000, 16_000);
    const memory = globalThis.process.memoryUsage.rss();
    const taken = await processorTime(() => expectRefused(bomb, "too_many_pixels"));
    expect(taken).toBeLessThan(500);
    expect(globalThis.process.memoryUsage.rss() - memory).toBeLessThan(50 * 2 ** 20);
  });

  test("a picture of one pixel more than allowed", async () => {
    const strict = createImageProcessor({ maxPixels: 10_000, concurrency: 1 });
    await expectRefused(blackPng(73, 137), "too_many_pixels", strict);
    expect(await process(blackPng(100, 100), strict)).toMatchObject({ width: 100 });
  });

  test("a file above the byte limit", async () => {
    const strict = createImageProcessor({ maxPixels: 10_000, concurrency: 1, maxBytes: 50 });
    await expectRefused(blackPng(10, 10), "too_many_bytes", strict);
  });

  test.each([0.1, 0.5, 0.99])("a JPEG cut at %d of its length", async (part) => {
    const jpeg = await drawing(600, 400).jpeg().toBuffer();
    await expectRefused(jpeg.subarray(0, jpeg.length * part), "damaged");
  });

  test("a PNG with a wrong checksum, and one cut short", async () => {
    const png = await drawing(100, 100).png().toBuffer();
    await expectRefused(withBadCrc(png), "damaged");
    await expectRefused(png.subarray(0, png.length * 0.6), "damaged");
  });

  test("what takes too long, with what was already written removed", async () => {
    const webp = await animation(400, 300, 60).webp({ effort: 0 }).toBuffer();
    const hasty = createImageProcessor({ maxPixels: 5e7, concurrency: 1, timeoutSeconds: 0.1 });
    await expectRefused(webp, "too_slow", hasty);
  });

  test("whoever comes when the queue is full", async () => {
    const narrow = createImageProcessor({ maxPixels: 5e7, concurrency: 1, maxWaiting: 1 });
    const jpeg = await drawing(400, 300).jpeg().toBuffer();
    const path = join(folder, "upload.jpg");
    await writeFile(path, jpeg);
    const attempts = [1, 2, 3].map(() => narrow.process(path, temporaryFolder));
    const results = await Promise.allSettled(attempts);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(results[2]).toMatchObject({ reason: { failure: "busy" } });
    expect(await narrow.process(path, temporaryFolder)).toMatchObject({ format: "jpeg" });
  });
});

test("bytes flipped at random give a picture or an ImageError, and no file is left behind", async () => {
  const sources = await Promise.all([
    drawing(120, 80).jpeg().toBuffer(),
    drawing(120, 80).png().toBuffer(),
    drawing(120, 80).webp().toBuffer(),
    animation(40, 40, 5).gif().toBuffer(),
    drawing(64, 64).avif({ effort: 0 }).toBuffer(),
  ]);
  for (let round = 0; round < 150; round++) {
    const bytes = Buffer.from(sources[round % sources.length] ?? "");
    for (let flip = 0; flip < 1 + (round % 4); flip++) {
      const at = (round * 7919 + flip * 104_729) % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ (1 << ((round + flip) % 8));
    }
    try {
      for (const { path } of (await process(bytes)).thumbnails) await rm(path);
    } catch (error) {
      expect(error).toBeInstanceOf(ImageError);
    }
  }
  expect(await readdir(temporaryFolder)).toEqual([]);
});
