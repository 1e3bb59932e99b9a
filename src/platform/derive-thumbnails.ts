/** What a page shows of a picture. Part of image-processor.ts, which says what this protects against. */
import sharp, { type Sharp } from "sharp";
import { dominantColour } from "#lib/dominant-colour.ts";
import { perceptualHash } from "#lib/perceptual-hash.ts";
import { shrink, type ThumbnailWidth, thumbnailSizes } from "#lib/thumbnail-sizes.ts";
import {
  type Bounds,
  resizeTo,
  run,
  type SecondsLeft,
  upright,
  WEBP,
  writeAllOrNone,
} from "#platform/image-pipeline.ts";
import { type InspectedImage, safely } from "#platform/inspect-image.ts";

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

// Frames multiply the encoder's work: effort 1 takes a third less time than 3, for 4 % more bytes.
const ANIMATED_WEBP = { quality: 70, effort: 1 };
const SAMPLE = 32;

/** Fresh pipelines over the same picture: all its frames, and its first one. */
interface Source {
  all(): Sharp;
  first(): Sharp;
}

export async function deriveThumbnails(bytes: Buffer, image: InspectedImage, bounds: Bounds) {
  const { secondsLeft, temporaryFolder, maxPixels } = bounds;
  const isAnimated = image.frames > 1;
  const source = isAnimated ? animation(bytes, maxPixels) : await still(bytes, image, bounds);
  const sampled = await sample(source, secondsLeft);
  const thumbnails = await writeAllOrNone(temporaryFolder, async (write) => {
    const made: Thumbnail[] = [];
    for (const size of thumbnailSizes(image)) {
      const resized = resizeTo(source.all(), size).webp(isAnimated ? ANIMATED_WEBP : WEBP);
      const { data } = await run(resized, secondsLeft);
      made.push({ ...size, path: await write("thumbnail", data) });
    }
    return made;
  });
  return { ...sampled, thumbnails };
}

/** Decodes once, upright and no larger than the largest thumbnail; everything else derives from that. */
async function still(
  bytes: Buffer,
  image: InspectedImage,
  { maxPixels, secondsLeft }: Bounds,
): Promise<Source> {
  const largest = resizeTo(upright(bytes, image, maxPixels), shrink(image, 1280));
  const { data, info } = await run(largest.raw(), secondsLeft);
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
