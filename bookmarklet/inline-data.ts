import { html } from "./dom.ts";

// What Magpie's decoder takes; anything else (SVG, BMP, ICO) is drawn and sent as PNG.
const ACCEPTED = /^image\/(jpeg|png|webp|gif|avif)$/;

/** The bytes of a data: address. By hand, because the page's connect-src may forbid fetch. */
export function decodeData(url: string): Blob {
  const comma = url.indexOf(",");
  const header = url.slice(5, comma);
  // `unescape` turns %XX into one character per byte, which is what is wanted here.
  const text = unescape(url.slice(comma + 1));
  const binary = /;\s*base64$/i.test(header) ? atob(text) : text;
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return new Blob([bytes], { type: header.split(";")[0]?.toLowerCase() ?? "" });
}

/** The file behind a data: or blob: address in a form Magpie accepts, or null. */
export async function readInline(
  url: string,
  drawn: CanvasImageSource | null,
): Promise<Blob | null> {
  let blob: Blob | null = null;
  try {
    blob = /^data:/i.test(url) ? decodeData(url) : await (await fetch(url)).blob();
  } catch {
    // connect-src forbids it, or a blob: address was revoked; its picture may still be drawn.
  }
  return blob && ACCEPTED.test(blob.type) ? blob : drawPng(drawn);
}

/** Copies what is shown to a canvas, at its full size or inside a square of `most` pixels. */
export function draw(source: CanvasImageSource, most = 8000): HTMLCanvasElement | null {
  const { naturalWidth, naturalHeight } = source as HTMLImageElement;
  const width = naturalWidth || Number((source as ImageBitmap).width) || 0;
  const height = naturalHeight || Number((source as ImageBitmap).height) || 0;
  if (!width || !height) return null;
  const scale = Math.min(1, most / Math.max(width, height));
  const canvas = html("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  try {
    canvas.getContext("2d")?.drawImage(source, 0, 0, canvas.width, canvas.height);
  } catch {
    return null; // a broken picture
  }
  return canvas;
}

function drawPng(source: CanvasImageSource | null): Promise<Blob | null> {
  const canvas = source && draw(source);
  return new Promise((done) => {
    try {
      if (canvas) canvas.toBlob(done, "image/png");
      else done(null);
    } catch {
      done(null); // a picture from another origin may be shown but not read
    }
  });
}
