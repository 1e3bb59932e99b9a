/**
 * Decodes pictures that strangers made and derives what Magpie serves from them. Protects against:
 *
 * - rare loaders with a history of holes, and an SVG or PDF that calls itself .png: only five
 *   decoders are allowed, and the type is what they say, never header, extension or name;
 * - decompression bombs: a 1 MB PNG of 16000 x 16000 otherwise costs over 1 GB. Pixels, frames,
 *   channels, bytes, seconds, and how many are decoded and waiting at once are all bounded;
 * - damage that an exploit hides behind: any warning refuses the picture, and it is never retried
 *   looser;
 * - places and names in photos: thumbnails are encoded from pixels, so EXIF, GPS, XMP and ICC stay
 *   behind. The original keeps everything, polyglots too: serve it only as an attachment or sandboxed.
 *
 * Facts checked on sharp 0.35.5 (libvips 8.18.7), its sources in node_modules/sharp/src.
 */
import { randomUUID, subtle } from "node:crypto";
import { open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import sharp, { type Sharp } from "sharp";
import { dominantColour } from "#lib/dominant-colour.ts";
import { perceptualHash } from "#lib/perceptual-hash.ts";
import { shrink, type ThumbnailWidth, thumbnailSizes } from "#lib/thumbnail-sizes.ts";
import { ImageError, throwImageError } from "#platform/image-error.ts";
import {
  type ImageFormat,
  type InspectedImage,
  inspectImage,
  safely,
} from "#platform/inspect-image.ts";
import { clearDiskError } from "#platform/storage.ts";

/**
 * A WebP in the temporary folder, which the caller moves or removes. `nominal` names the size in
 * keys; a picture narrower than that keeps its own `width`. Animated when the picture is.
 */
export interface Thumbnail {
  nominal: ThumbnailWidth;
  width: number;
  height: number;
  path: string;
}

export interface ProcessedImage {
  format: ImageFormat;
  /** One frame's, upright; so is the height. */
  width: number;
  height: number;
  frames: number;
  bytes: number;
  /** Of the original bytes, in hexadecimal. */
  sha256: string;
  /** As `#rrggbb`. */
  dominantColour: string;
  /** 64 bits as a signed number; `NO_STRUCTURE` for a plain picture. An animation's first frame. */
  perceptualHash: bigint;
  thumbnails: Thumbnail[];
}

export interface ImageProcessor {
  /**
   * Throws `ImageError`, or `Unavailable` when the disk is full; leaves no file behind then.
   * The file at `path` stays.
   */
  process(path: string, temporaryFolder: string): Promise<ProcessedImage>;
  /** Squares of these sides around what catches the eye, of an animation's first frame; else the same. */
  squares(path: string, temporaryFolder: string, sides: readonly number[]): Promise<SquaredImage>;
}

export interface SquaredImage {
  /** Of the original bytes, in hexadecimal. */
  sha256: string;
  /** WebP files in the temporary folder, which the caller moves or removes. */
  squares: { side: number; path: string }[];
}

export interface ImageProcessorOptions {
  /** Of all frames together. */
  maxPixels: number;
  maxBytes?: number;
  /** Pictures decoded at once; of those above `LARGE_PIXELS` always one. */
  concurrency: number;
  /** Pictures that may wait for a decoder; more are refused as `busy`. */
  maxWaiting?: number;
  timeoutSeconds?: number;
}

// Effort 2 takes half the time of 3 and 4 for 6 % more bytes.
const WEBP = { quality: 78, effort: 2 };
// Frames multiply the encoder's work: effort 1 takes a third less time than 3, for 4 % more bytes.
const ANIMATED_WEBP = { quality: 70, effort: 1 };
const SAMPLE = 32;
/**
 * Larger ones are decoded one at a time. Measured at 49 million pixels, on top of the process itself:
 * AVIF 860 MB (10 bits: 1,150), interlaced 16-bit PNG 470, progressive JPEG 310, others less.
 */
const LARGE_PIXELS = 16_000_000;

type Dimensions = Pick<Thumbnail, "width" | "height">;

/** Whole seconds for sharp's `timeout`; throws once none are left. */
type SecondsLeft = () => number;

/** Fresh pipelines over the same picture: all its frames, and its first one. */
interface Source {
  all(): Sharp;
  first(): Sharp;
}

export function createImageProcessor(options: ImageProcessorOptions): ImageProcessor {
  const { maxPixels, concurrency, timeoutSeconds = 10 } = options;
  const { maxBytes = 25 * 1024 * 1024, maxWaiting = concurrency * 8 } = options;
  restrictDecoders();
  const limit = pLimit(concurrency);
  const limitLarge = pLimit(1);
  let admitted = 0;

  async function inTurn<T>(
    path: string,
    work: (bytes: Buffer, image: InspectedImage) => Promise<T>,
  ): Promise<T> {
    const image = await limit(async () =>
      inspectImage(await readAtMost(path, maxBytes), maxPixels),
    );
    const deriveNow = () => limit(async () => work(await readAtMost(path, maxBytes), image));
    // Large ones queue outside: waiting for each other, they hold no place that small ones could use.
    const isLarge = image.width * image.height * image.frames > LARGE_PIXELS;
    return isLarge ? limitLarge(deriveNow) : deriveNow();
  }

  async function derive(
    bytes: Buffer,
    image: InspectedImage,
    temporaryFolder: string,
  ): Promise<ProcessedImage> {
    const { format, width, height, frames } = image;
    const secondsLeft = startClock(timeoutSeconds);
    const thumbnails: Thumbnail[] = [];
    try {
      const source =
        frames > 1
          ? animation(bytes, maxPixels)
          : await still(bytes, maxPixels, image, secondsLeft);
      const webp = frames > 1 ? ANIMATED_WEBP : WEBP;

      const sampled = await sample(source, secondsLeft);
      for (const size of thumbnailSizes(image)) {
        const file = join(temporaryFolder, `thumbnail-${randomUUID()}.webp`);
        const encoded = await run(resizeTo(source.all(), size).webp(webp), secondsLeft);
        thumbnails.push({ ...size, path: file });
        await writeFile(file, encoded.data, { flag: "wx" });
      }
      const sha256 = await hashOf(bytes);
      return { format, width, height, frames, bytes: bytes.length, sha256, ...sampled, thumbnails };
    } catch (error) {
      await Promise.allSettled(thumbnails.map((made) => rm(made.path, { force: true })));
      throw clearDiskError(error);
    }
  }

  async function deriveSquares(
    bytes: Buffer,
    image: InspectedImage,
    { temporaryFolder, sides }: { temporaryFolder: string; sides: readonly number[] },
  ): Promise<SquaredImage> {
    const secondsLeft = startClock(timeoutSeconds);
    const largest = Math.max(...sides);
    const upright = sharp(bytes, safely(maxPixels)).autoOrient();
    const inSrgb = image.decodesToP3 ? upright.withIccProfile("srgb", { attach: false }) : upright;
    const cropped = inSrgb.resize(largest, largest, { fit: "cover", position: "attention" }).raw();
    const { data, info } = await run(cropped, secondsLeft);
    const raw = { width: info.width, height: info.height, channels: info.channels };
    const squares: SquaredImage["squares"] = [];
    try {
      for (const side of sides) {
        const file = join(temporaryFolder, `square-${randomUUID()}.webp`);
        const small = resizeTo(sharp(data, { raw }), { width: side, height: side });
        const encoded = await run(small.webp(WEBP), secondsLeft);
        squares.push({ side, path: file });
        await writeFile(file, encoded.data, { flag: "wx" });
      }
      return { sha256: await hashOf(bytes), squares };
    } catch (error) {
      await Promise.allSettled(squares.map((made) => rm(made.path, { force: true })));
      throw clearDiskError(error);
    }
  }

  async function admit<T>(work: () => Promise<T>): Promise<T> {
    if (admitted >= concurrency + maxWaiting) throw new ImageError("busy");
    admitted++;
    try {
      return await work();
    } finally {
      admitted--;
    }
  }

  return {
    process: (path, temporaryFolder) =>
      admit(() => inTurn(path, (bytes, image) => derive(bytes, image, temporaryFolder))),
    squares: (path, temporaryFolder, sides) =>
      admit(() =>
        inTurn(path, (bytes, image) => deriveSquares(bytes, image, { temporaryFolder, sides })),
      ),
  };
}

const hashOf = async (bytes: Buffer): Promise<string> =>
  Buffer.from(await subtle.digest("SHA-256", bytes)).toString("hex");

/**
 * Process-wide and for good. Blocking a class blocks what derives from it
 * (https://sharp.pixelplumbing.com/api-utility#block). Only the decoders of buffers come back, so a
 * path, which a stranger might steer, opens nothing.
 */
function restrictDecoders(): void {
  sharp.block({ operation: ["VipsForeignLoad"] });
  const decoders = ["Jpeg", "Png", "Webp", "Nsgif", "Heif"];
  sharp.unblock({ operation: decoders.map((name) => `VipsForeignLoad${name}Buffer`) });
  // The cache would keep strangers' pictures in memory, and `concurrency` already fills the cores.
  sharp.cache(false);
  sharp.concurrency(1);
}

async function readAtMost(path: string, maxBytes: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    if ((await file.stat()).size > maxBytes) throw new ImageError("too_many_bytes");
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** One clock for all steps: sharp's own timeout starts anew with every pipeline. */
function startClock(seconds: number): SecondsLeft {
  const end = performance.now() + seconds * 1000;
  return () => {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left <= 0) throw new ImageError("too_slow");
    return left;
  };
}

/** Decodes once, upright and no larger than the largest thumbnail; everything else derives from that. */
async function still(
  bytes: Buffer,
  maxPixels: number,
  image: InspectedImage,
  secondsLeft: SecondsLeft,
): Promise<Source> {
  const largest = shrink(image, 1280);
  const upright = resizeTo(sharp(bytes, safely(maxPixels)).autoOrient(), largest);
  const inSrgb = image.decodesToP3 ? upright.withIccProfile("srgb", { attach: false }) : upright;
  const { data, info } = await run(inSrgb.raw(), secondsLeft);
  const raw = { width: info.width, height: info.height, channels: info.channels };
  const source = () => sharp(data, { raw, limitInputPixels: maxPixels });
  return { all: source, first: source };
}

/**
 * Decoded anew for each size: libvips streams frame by frame, while all frames together are 200 MB.
 * Not turned upright: sharp would turn the strip of frames, not each one.
 */
function animation(bytes: Buffer, maxPixels: number): Source {
  return {
    all: () => sharp(bytes, { ...safely(maxPixels), animated: true }),
    first: () => sharp(bytes, safely(maxPixels)),
  };
}

function resizeTo(pipeline: Sharp, { width, height }: Dimensions): Sharp {
  return pipeline.resize(width, height, { fit: "fill" });
}

async function run(pipeline: Sharp, secondsLeft: SecondsLeft) {
  const bounded = pipeline.timeout({ seconds: secondsLeft() });
  return bounded.toBuffer({ resolveWithObject: true }).catch(throwImageError);
}

async function sample(source: Source, secondsLeft: SecondsLeft) {
  const small = resizeTo(source.first(), { width: SAMPLE, height: SAMPLE }).ensureAlpha().raw();
  const { data } = await run(small, secondsLeft);
  const grey = Uint8Array.from({ length: SAMPLE * SAMPLE }, (_, pixel) => {
    const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(pixel * 4, pixel * 4 + 4);
    // Rec. 601 luma, over white as a page would show it.
    const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
    return Math.round((luma * alpha + 255 * (255 - alpha)) / 255);
  });
  return { dominantColour: dominantColour(data), perceptualHash: perceptualHash(grey) };
}
