import { crc32, deflateSync } from "node:zlib";

const PNG_SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
}

/** A black 1-bit PNG: about 0.004 bytes a pixel, so 16000 x 16000 fit into 32 KB. */
export function blackPng(width: number, height: number, extra: Buffer[] = []): Buffer {
  const header = Buffer.concat([uint32(width), uint32(height), Buffer.from("0100000000", "hex")]);
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height));
  const chunks = [pngChunk("IHDR", header), ...extra, pngChunk("IDAT", rows)];
  return Buffer.concat([PNG_SIGNATURE, ...chunks, pngChunk("IEND", Buffer.alloc(0))]);
}

/** Three frames: one default picture and, in its acTL chunk, the claim of an animation. */
export function apng(width: number, height: number): Buffer {
  const control = pngChunk("acTL", Buffer.concat([uint32(3), uint32(0)]));
  const frame = [uint32(0), uint32(width), uint32(height), uint32(0), uint32(0)];
  const timing = Buffer.from("000100640000", "hex");
  return blackPng(width, height, [control, pngChunk("fcTL", Buffer.concat([...frame, timing]))]);
}

export function withBadCrc(png: Buffer): Buffer {
  const copy = Buffer.from(png);
  const end = copy.indexOf("IEND") - 4;
  copy.writeUInt32BE((copy.readUInt32BE(end - 4) ^ 1) >>> 0, end - 4);
  return copy;
}

/** The first box of an ISO media file: `ftyp` with its major brand, version and compatible brands. */
export function isoMedia(majorBrand: string, ...compatible: string[]): Buffer {
  const brands = [majorBrand, "\0\0\0\0", ...compatible].join("");
  const body = Buffer.from(`ftyp${brands}`, "latin1");
  return Buffer.concat([uint32(body.length + 4), body, Buffer.alloc(200)]);
}

/** What other decoders of libvips, or browsers, would gladly open. */
export const NOT_PICTURES: Readonly<Record<string, Buffer>> = {
  "an empty file": Buffer.alloc(0),
  text: Buffer.from("Just some words about a picture."),
  HTML: Buffer.from("<!doctype html><img src=x onerror=alert(1)>"),
  SVG: Buffer.from(
    `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>`,
  ),
  PDF: Buffer.from("%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF"),
  PostScript: Buffer.from("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage"),
  BMP: Buffer.from(
    "424d3a000000000000003600000028000000010000000100000001001800000000000400000000000000000000000000000000000000ff000000",
    "hex",
  ),
  ICO: Buffer.concat([Buffer.from("000001000100", "hex"), Buffer.from("0101000001002000", "hex")]),
  PPM: Buffer.from("P6 1 1 255\nabc"),
  FITS: Buffer.from("SIMPLE  =                    T".padEnd(2880)),
  "Radiance HDR": Buffer.from("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\nabcd"),
  OpenEXR: Buffer.from("762f310102000000", "hex"),
  "JPEG XL": Buffer.from("0000000c4a584c200d0a870a", "hex"),
  "JPEG 2000": Buffer.from("0000000c6a5020200d0a870a", "hex"),
  "a libvips file": Buffer.concat([Buffer.from("b6a6f208", "hex"), Buffer.alloc(100)]),
  CSV: Buffer.from("1,2,3\n4,5,6\n"),
  MP4: isoMedia("isom", "mp42"),
  ZIP: Buffer.from("504b0304140000000000", "hex"),
};

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}
