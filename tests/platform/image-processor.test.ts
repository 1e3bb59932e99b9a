import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import sharp, { type Sharp } from "sharp";
import { describe, expect, test } from "vitest";
import { hammingDistance, NEAR_IDENTICAL_DISTANCE } from "#lib/perceptual-hash.ts";
import { createImageProcessor } from "#platform/image-processor.ts";
import { apng, blackPng } from "#tests/support/hostile-images.ts";
import {
  animation,
  drawing,
  expectColour,
  expectRefused,
  pixel,
  process,
  setUpFolders,
  temporaryFolder,
} from "#tests/support/processed-images.ts";

setUpFolders();

describe("what is known about a picture", () => {
  test.each([
    ["jpeg", (picture: Sharp) => picture.jpeg()],
    ["png", (picture: Sharp) => picture.png()],
    ["webp", (picture: Sharp) => picture.webp()],
    ["gif", (picture: Sharp) => picture.gif()],
    ["avif", (picture: Sharp) => picture.avif({ effort: 0 })],
  ] as const)("is told of a %s", async (format, encode) => {
    const bytes = await encode(drawing(500, 300)).toBuffer();
    const image = await process(bytes);
    expect(image).toMatchObject({
      format,
      width: 500,
      height: 300,
      frames: 1,
      bytes: bytes.length,
    });
    expect(image.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(image.dominantColour).toMatch(/^#[0-9a-f]{6}$/);
    const original = await process(await drawing(500, 300).png().toBuffer());
    const distance = hammingDistance(image.perceptualHash, original.perceptualHash);
    expect(distance).toBeLessThanOrEqual(NEAR_IDENTICAL_DISTANCE);
  });

  test("the dominant colour is one that is in the picture, transparency aside", async () => {
    const red = { r: 200, g: 30, b: 40, alpha: 1 };
    const picture = sharp({ create: { width: 90, height: 90, channels: 4, background: red } });
    const [top, bottom] = [10, 50];
    const clear = { r: 0, g: 0, b: 255, alpha: 0 };
    const png = await picture.extend({ top, bottom, background: clear }).png().toBuffer();
    expect((await process(png)).dominantColour).toBe("#c81e28");
  });
});

describe("thumbnails", () => {
  test.each([
    [200, 100, [[320, 200, 100]]],
    [320, 200, [[320, 320, 200]]],
    [
      500,
      250,
      [
        [320, 320, 160],
        [640, 500, 250],
      ],
    ],
    [
      1000,
      400,
      [
        [320, 320, 128],
        [640, 640, 256],
        [1280, 1000, 400],
      ],
    ],
    [
      3000,
      300,
      [
        [320, 320, 32],
        [640, 640, 64],
        [1280, 1280, 128],
      ],
    ],
    [1, 20_000, [[320, 1, 16_383]]],
    [40, 20_000, [[320, 33, 16_383]]],
    [
      20_000,
      1,
      [
        [320, 320, 1],
        [640, 640, 1],
        [1280, 1280, 1],
      ],
    ],
  ])("of %i x %i pixels are never enlarged and fit into WebP", async (width, height, expected) => {
    const image = await process(blackPng(width, height));
    const sizes = image.thumbnails.map((each) => [each.nominal, each.width, each.height]);
    expect(sizes).toEqual(expected);
    for (const thumbnail of image.thumbnails) {
      const metadata = await sharp(await readFile(thumbnail.path)).metadata();
      expect(metadata).toMatchObject({
        format: "webp",
        width: thumbnail.width,
        height: thumbnail.height,
      });
    }
    expect(await readdir(temporaryFolder)).toHaveLength(expected.length);
  });

  test("carry no EXIF, place, XMP nor colour profile", async () => {
    const exif = { IFD0: { Artist: "Jane Doe" }, IFD3: { GPSLatitude: "52/1 30/1 0/1" } };
    const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">secret</rdf:RDF></x:xmpmeta>`;
    const jpeg = await drawing(700, 400)
      .withExif(exif)
      .withXmp(xmp)
      .withIccProfile("p3")
      .jpeg()
      .toBuffer();
    const before = await sharp(jpeg).metadata();
    expect(before.exif && before.xmp && before.icc).toBeTruthy();
    for (const { path } of (await process(jpeg)).thumbnails) {
      const bytes = await readFile(path);
      const { exif, xmp, icc, iptc } = await sharp(bytes).metadata();
      expect([exif, xmp, icc, iptc]).toEqual([undefined, undefined, undefined, undefined]);
      expect(bytes.toString("latin1")).not.toMatch(/Jane Doe|EXIF|XMP |ICCP|secret/);
    }
  });

  test("of a polyglot carry nothing of what was hidden behind the picture", async () => {
    const jpeg = await drawing(400, 300).jpeg().toBuffer();
    const hidden = Buffer.from("PK\x03\x04<script>alert(1)</script>", "latin1");
    const image = await process(Buffer.concat([jpeg, hidden]));
    expect(image.format).toBe("jpeg");
    for (const { path } of image.thumbnails) {
      const bytes = await readFile(path);
      expect([bytes.indexOf("<script>"), bytes.indexOf("PK\x03\x04")]).toEqual([-1, -1]);
    }
  });

  test("keep transparency", async () => {
    const background = { r: 255, g: 0, b: 0, alpha: 0.5 };
    const create = { width: 400, height: 400, channels: 4 as const, background };
    const image = await process(await sharp({ create }).png().toBuffer());
    const [, , , alpha] = await pixel(image, 10, 10);
    expect(alpha).toBeGreaterThan(120);
    expect(alpha).toBeLessThan(136);
  });
});

describe("orientation", () => {
  // How a camera stores an upright picture; within one pipeline sharp mirrors before it turns.
  const stored: Record<number, (upright: Sharp) => Sharp> = {
    1: (upright) => upright,
    2: (upright) => upright.flop(),
    3: (upright) => upright.rotate(180),
    4: (upright) => upright.flip(),
    5: (upright) => upright.flop().rotate(270),
    6: (upright) => upright.rotate(270),
    7: (upright) => upright.flop().rotate(90),
    8: (upright) => upright.rotate(90),
  };

  // Quadrants red, green, blue, white, so that every turn and mirror shows.
  const upright = Buffer.alloc(300 * 200 * 3);
  for (let index = 0; index < 300 * 200; index++) {
    const [right, low] = [index % 300 >= 150, index >= 300 * 100];
    const colour = low
      ? right
        ? [255, 255, 255]
        : [0, 0, 255]
      : right
        ? [0, 255, 0]
        : [255, 0, 0];
    upright.set(colour, index * 3);
  }

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("%i is turned upright", async (orientation) => {
    const turn = stored[orientation] ?? expect.unreachable();
    const raw = { width: 300, height: 200, channels: 3 as const };
    const turned = await turn(sharp(upright, { raw })).png().toBuffer();
    const jpeg = await sharp(turned).withMetadata({ orientation }).jpeg().toBuffer();
    const image = await process(jpeg);
    expect(image).toMatchObject({ width: 300, height: 200 });
    expect(image.thumbnails).toMatchObject([{ width: 300, height: 200 }]);
    await expectColour(image, [75, 50], [255, 0, 0]);
    await expectColour(image, [225, 50], [0, 255, 0]);
    await expectColour(image, [75, 150], [0, 0, 255]);
    await expectColour(image, [225, 150], [255, 255, 255]);
  });
});

describe("colours", () => {
  const orange = { r: 200, g: 60, b: 30 };
  const plain = () => sharp({ create: { width: 64, height: 64, channels: 3, background: orange } });

  test.each([
    ["8 bits without a profile", plain().png(), 4],
    ["8 bits in Display P3", plain().withIccProfile("p3").png(), 4],
    ["16 bits without a profile", plain().toColourspace("rgb16").png(), 4],
    ["16 bits in sRGB", plain().toColourspace("rgb16").withIccProfile("srgb").png(), 4],
    ["16 bits in Display P3", plain().toColourspace("rgb16").withIccProfile("p3").png(), 4],
    ["10-bit AVIF", plain().toColourspace("rgb16").avif({ bitdepth: 10, effort: 0 }), 6],
    ["a palette", plain().png({ palette: true }), 4],
    ["CMYK with a profile", plain().toColourspace("cmyk").withIccProfile("cmyk").jpeg(), 30],
    ["CMYK without a profile", plain().toColourspace("cmyk").jpeg(), 40],
  ])("of %s are right in sRGB", async (_, picture, tolerance) => {
    const image = await process(await picture.toBuffer());
    await expectColour(image, [32, 32], [200, 60, 30], tolerance);
  });

  test("of greyscale stay grey, at 8 and 16 bits", async () => {
    const grey = { create: { width: 64, height: 64, channels: 3 as const, background: "#808080" } };
    for (const picture of [
      sharp(grey).greyscale().jpeg(),
      sharp(grey).toColourspace("grey16").png(),
    ]) {
      const image = await process(await picture.toBuffer());
      await expectColour(image, [32, 32], [128, 128, 128]);
    }
  });
});

describe("animations", () => {
  test.each(["gif", "webp"] as const)("in %s keep moving in every size", async (format) => {
    const image = await process(await animation(400, 300, 12).toFormat(format).toBuffer());
    expect(image).toMatchObject({ format, width: 400, height: 300, frames: 12 });
    expect(image.thumbnails.map(({ width }) => width)).toEqual([320, 400]);
    for (const { path, height } of image.thumbnails) {
      const metadata = await sharp(await readFile(path), { animated: true }).metadata();
      expect(metadata).toMatchObject({ format: "webp", pages: 12, pageHeight: height });
      expect(metadata.delay).toEqual(Array(12).fill(80));
    }
  });

  test("of 300 frames are taken and of 301 refused", async () => {
    await expectRefused(await animation(4, 4, 301).gif().toBuffer(), "too_many_frames");
    expect((await process(await animation(4, 4, 300).gif().toBuffer())).frames).toBe(300);
  });

  test("count the pixels of all frames", async () => {
    const gif = await animation(100, 100, 10).gif().toBuffer();
    const strict = createImageProcessor({ maxPixels: 99_999, concurrency: 1 });
    await expectRefused(gif, "too_many_pixels", strict);
    const exact = createImageProcessor({ maxPixels: 100_000, concurrency: 1 });
    expect((await process(gif, exact)).frames).toBe(10);
  });

  test("that break off are damaged in WebP, and end sooner in GIF", async () => {
    const webp = await animation(200, 200, 10).webp().toBuffer();
    await expectRefused(webp.subarray(0, webp.length * 0.7), "damaged");
    // libnsgif counts the whole frames that are there, and finds nothing wrong with them.
    const gif = await animation(200, 200, 10).gif().toBuffer();
    const { frames } = await process(gif.subarray(0, gif.length * 0.7));
    expect(frames).toBeGreaterThan(1);
    expect(frames).toBeLessThan(10);
  });

  test("in PNG are pictures of their first frame", async () => {
    expect(await process(apng(64, 64))).toMatchObject({ format: "png", frames: 1 });
  });
});
