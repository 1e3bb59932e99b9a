/**
 * What a file claims to be, from its header alone: everything too large is refused before a pixel is
 * decoded. Part of image-processor.ts, which says what this protects against and which decoders exist.
 */
import sharp, { type Metadata } from "sharp";
import { ImageError, throwImageError } from "#platform/image-error.ts";

export type ImageFormat = "jpeg" | "png" | "webp" | "gif" | "avif";

export interface InspectedImage {
  format: ImageFormat;
  /** One frame's, upright; so is the height. */
  width: number;
  height: number;
  frames: number;
  /**
   * sharp turns a 16-bit picture's profile into Display P3, takes the numbers for sRGB and so fades
   * the colours (`processingProfile` in its pipeline.cc): the second step must be asked for.
   */
  decodesToP3: boolean;
}

const MAX_FRAMES = 300;

/** `warning` is the strictest; sequential reading keeps rows, not pictures, in memory. */
export function safely(maxPixels: number) {
  return { failOn: "warning", limitInputPixels: maxPixels, sequentialRead: true } as const;
}

export async function inspectImage(bytes: Buffer, maxPixels: number): Promise<InspectedImage> {
  if (bytes.length === 0) throw new ImageError("not_an_image");
  if (isHeic(bytes)) throw new ImageError("heic");
  const metadata = await sharp(bytes, safely(maxPixels)).metadata().catch(throwImageError);

  const format = formatOf(metadata);
  // An APNG decodes as its default picture, and an AVIF's pages are separate pictures.
  const frames = format === "gif" || format === "webp" ? (metadata.pages ?? 1) : 1;
  const { width, height } = frames > 1 ? metadata : metadata.autoOrient;
  if (frames > MAX_FRAMES) throw new ImageError("too_many_frames");
  if (width * height * frames > maxPixels) throw new ImageError("too_many_pixels");
  const decodesToP3 = metadata.hasProfile && metadata.depth === "ushort";
  return { format, width, height, frames, decodesToP3 };
}

// libheif decodes only AV1 here: the prebuilt sharp has no HEVC decoder. ISO/IEC 14496-12 4.3 (ftyp)
// and 23008-12 annex B (brands): mif1 and msf1 are shared with AVIF, which also names itself.
const HEIC_BRANDS = /^(?:hei[cxms]|hev[cxms]|mif1|msf1)$/;

function isHeic(bytes: Buffer): boolean {
  if (bytes.toString("latin1", 4, 8) !== "ftyp") return false;
  const end = Math.min(bytes.readUInt32BE(0), 256);
  const brands: string[] = bytes.toString("latin1", 8, end).match(/.{4}/gs) ?? [];
  if (brands.includes("avif") || brands.includes("avis")) return false;
  return brands.some((brand) => HEIC_BRANDS.test(brand));
}

function formatOf({ format, compression }: Metadata): ImageFormat {
  if (format === "heif" && compression === "av1") return "avif";
  if (format === "jpeg" || format === "png" || format === "webp" || format === "gif") return format;
  throw new ImageError("not_an_image");
}
