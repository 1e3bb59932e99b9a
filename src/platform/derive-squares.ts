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
 * How many times as long as wide a picture is looked at: covering a square, libvips makes all of it as
 * wide as that first, and 434 bytes of 1 x 16,000 pixels would cost a minute and five gigabytes.
 */
const mostElongated = 4;

/** Crops around what catches the eye, once, and derives each side from that. */
export async function deriveSquares(
  bytes: Buffer,
  image: InspectedImage,
  { maxPixels, secondsLeft, temporaryFolder, sides }: Bounds & { sides: readonly number[] },
): Promise<Square[]> {
  const largest = Math.max(...sides);
  const middle = middleOf(image);
  const whole = upright(bytes, image, maxPixels);
  const cropped = (middle ? whole.extract(middle) : whole)
    .resize(largest, largest, { fit: "cover", position: "attention" })
    .raw();
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

/** Of an elongated picture, as much of its middle as is looked at; else null: all is decoded faster. */
function middleOf({ width, height }: { width: number; height: number }) {
  const most = Math.min(width, height) * mostElongated;
  if (Math.max(width, height) <= most) return null;
  const middle = { width: Math.min(width, most), height: Math.min(height, most) };
  return {
    ...middle,
    left: Math.floor((width - middle.width) / 2),
    top: Math.floor((height - middle.height) / 2),
  };
}
