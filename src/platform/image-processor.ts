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
import { subtle } from "node:crypto";
import { open } from "node:fs/promises";
import pLimit from "p-limit";
import sharp from "sharp";
import { deriveSquares, type Square } from "#platform/derive-squares.ts";
import { deriveThumbnails, type Thumbnail } from "#platform/derive-thumbnails.ts";
import { ImageError } from "#platform/image-error.ts";
import { startClock } from "#platform/image-pipeline.ts";
import { type ImageFormat, type InspectedImage, inspectImage } from "#platform/inspect-image.ts";

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
  /** Squares of these sides of its middle, of an animation's first frame; else the same. */
  squares(path: string, temporaryFolder: string, sides: readonly number[]): Promise<SquaredImage>;
}

export interface SquaredImage {
  /** Of the original bytes, in hexadecimal. */
  sha256: string;
  squares: Square[];
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

/**
 * Larger ones are decoded one at a time. Measured at 49 million pixels, on top of the process itself:
 * AVIF 860 MB (10 bits: 1,150), interlaced 16-bit PNG 470, progressive JPEG 310, others less.
 */
const LARGE_PIXELS = 16_000_000;

export function createImageProcessor(options: ImageProcessorOptions): ImageProcessor {
  const { maxPixels, concurrency, timeoutSeconds = 10 } = options;
  const { maxBytes = 25 * 1024 * 1024, maxWaiting = concurrency * 8 } = options;
  restrictDecoders();
  const limit = pLimit(concurrency);
  const limitLarge = pLimit(1);
  let admitted = 0;

  const bounds = (temporaryFolder: string) => ({
    maxPixels,
    temporaryFolder,
    secondsLeft: startClock(timeoutSeconds),
  });

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
      admit(() =>
        inTurn(path, async (bytes, image) => {
          const { format, width, height, frames } = image;
          const sha256 = await hashOf(bytes);
          const derived = await deriveThumbnails(bytes, image, bounds(temporaryFolder));
          return { format, width, height, frames, bytes: bytes.length, sha256, ...derived };
        }),
      ),
    squares: (path, temporaryFolder, sides) =>
      admit(() =>
        inTurn(path, async (bytes, image) => {
          const sha256 = await hashOf(bytes);
          const squares = await deriveSquares(bytes, image, { ...bounds(temporaryFolder), sides });
          return { sha256, squares };
        }),
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
