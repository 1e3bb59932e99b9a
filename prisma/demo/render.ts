import sharp, { type Sharp } from "sharp";
import type { DemoPicture } from "./collection.ts";
import { addGrain } from "./pictures/grain.ts";
import { Chance } from "./pictures/pen.ts";

/** Draws a picture and encodes it in its format; the same picture gives the same bytes. */
export async function renderPicture(picture: DemoPicture): Promise<Buffer> {
  const { width, height, format, frames } = picture;
  const pages: Buffer[] = [];
  for (let frame = 0; frame < frames; frame++) pages.push(await rasterize(picture, frame));
  const pixels = pages.length === 1 && pages[0] ? pages[0] : Buffer.concat(pages);
  // Flat colour is what PNG and GIF are good at; grain there would only cost bytes.
  if (format !== "png" && format !== "gif" && frames === 1) {
    const view = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
    addGrain(view, width, new Chance(picture.key), 5);
  }
  const raw = { width, height: height * frames, channels: 3 as const, pageHeight: height };
  return encode(sharp(pixels, { raw }), picture).toBuffer();
}

async function rasterize(picture: DemoPicture, frame: number): Promise<Buffer> {
  const svg = Buffer.from(picture.svg(frame));
  return sharp(svg).removeAlpha().raw().toBuffer();
}

function encode(image: Sharp, { format, frames }: DemoPicture): Sharp {
  const motion = frames > 1 ? { delay: Array.from({ length: frames }, () => 110), loop: 0 } : {};
  switch (format) {
    case "jpeg":
      return image.jpeg({ quality: 82 });
    case "png":
      return image.png({ compressionLevel: 6 });
    case "webp":
      return image.webp({ quality: 82, effort: 1, ...motion });
    case "avif":
      return image.avif({ quality: 60, effort: 0 });
    case "gif":
      return image.gif({ effort: 3, dither: 0.4, ...motion });
  }
}
