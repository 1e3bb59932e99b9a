/** A person's photo. Part of image-processor.ts, which says what this protects against. */
import sharp from "sharp";
import {
  type Bounds,
  resizeTo,
  run,
  upright,
  WEBP,
  writeAllOrNone,
} from "#platform/image-pipeline.ts";
import type { InspectedImage } from "#platform/inspect-image.ts";

/** A WebP in the temporary folder, which the caller moves or removes. */
export interface Square {
  side: number;
  path: string;
}

/**
 * Crops the middle, as the form shows it before, once, and derives each side from that. Not around what
 * catches the eye: to find that libvips makes all of an elongated picture as wide as the square, and 434
 * bytes of 1 x 16,000 pixels cost a minute and five gigabytes.
 */
export async function deriveSquares(
  bytes: Buffer,
  image: InspectedImage,
  { maxPixels, secondsLeft, temporaryFolder, sides }: Bounds & { sides: readonly number[] },
): Promise<Square[]> {
  const largest = Math.max(...sides);
  const cropped = upright(bytes, image, maxPixels).resize(largest, largest, { fit: "cover" }).raw();
  const { data, info } = await run(cropped, secondsLeft);
  const raw = { width: info.width, height: info.height, channels: info.channels };
  return writeAllOrNone(temporaryFolder, async (write) => {
    const squares: Square[] = [];
    for (const side of sides) {
      const small = resizeTo(sharp(data, { raw }), { width: side, height: side });
      const encoded = await run(small.webp(WEBP), secondsLeft);
      squares.push({ side, path: await write("square", encoded.data) });
    }
    return squares;
  });
}
