/** The steps that whatever is derived from a picture shares. Part of image-processor.ts, which says why. */
import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { ImageError, throwImageError } from "#platform/image-error.ts";
import { type InspectedImage, safely } from "#platform/inspect-image.ts";
import { clearDiskError } from "#platform/storage.ts";

// Effort 2 takes half the time of 3 and 4 for 6 % more bytes.
export const WEBP = { quality: 78, effort: 2 };

/** What may be used up, and where files go, while one picture is worked on. */
export interface Bounds {
  maxPixels: number;
  temporaryFolder: string;
  secondsLeft: SecondsLeft;
}

/** Whole seconds for sharp's `timeout`; throws once none are left. */
export type SecondsLeft = () => number;

/** One clock for all steps: sharp's own timeout starts anew with every pipeline. */
export function startClock(seconds: number): SecondsLeft {
  const end = performance.now() + seconds * 1000;
  return () => {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left <= 0) throw new ImageError("too_slow");
    return left;
  };
}

export async function run(pipeline: Sharp, secondsLeft: SecondsLeft) {
  const bounded = pipeline.timeout({ seconds: secondsLeft() });
  return bounded.toBuffer({ resolveWithObject: true }).catch(throwImageError);
}

/** A still picture, or the first frame of a moving one, as it is to be looked at. */
export function upright(bytes: Buffer, image: InspectedImage, maxPixels: number): Sharp {
  const turned = sharp(bytes, safely(maxPixels)).autoOrient();
  return image.decodesToP3 ? turned.withIccProfile("srgb", { attach: false }) : turned;
}

export function resizeTo(
  pipeline: Sharp,
  { width, height }: { width: number; height: number },
): Sharp {
  return pipeline.resize(width, height, { fit: "fill" });
}

/** Hands `work` a function that writes a WebP and answers its path; when anything fails, none stays. */
export async function writeAllOrNone<T>(
  folder: string,
  work: (write: (name: string, webp: Buffer) => Promise<string>) => Promise<T>,
): Promise<T> {
  const paths: string[] = [];
  try {
    return await work(async (name, webp) => {
      const path = join(folder, `${name}-${randomUUID()}.webp`);
      paths.push(path);
      await writeFile(path, webp, { flag: "wx" });
      return path;
    });
  } catch (error) {
    await Promise.allSettled(paths.map((path) => rm(path, { force: true })));
    throw clearDiskError(error);
  }
}
