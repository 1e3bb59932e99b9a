import { type ThumbnailWidth, thumbnailWidths } from "#lib/thumbnail-sizes.ts";
import type { ImageFormat } from "#platform/inspect-image.ts";

const EXTENSIONS: Readonly<Record<ImageFormat, string>> = {
  jpeg: "jpg",
  png: "png",
  webp: "webp",
  gif: "gif",
  avif: "avif",
};

const CONTENT_TYPES = new Map(
  Object.entries(EXTENSIONS).map(([format, extension]) => [extension, `image/${format}`]),
);

const SHA256 = /^[0-9a-f]{64}$/;

export const imageFormats = Object.keys(EXTENSIONS) as ImageFormat[];

/** The sides of a square photo of a person, in pixels. */
export const photoSizes = [96, 320] as const;

const HASHED = "[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}";
const MEDIA_KEY = new RegExp(
  `^(?:originals/${HASHED}\\.(?:${Object.values(EXTENSIONS).join("|")})` +
    `|thumbnails/${HASHED}-(?:${thumbnailWidths.join("|")})\\.webp` +
    `|photos/${HASHED}-(?:${photoSizes.join("|")})\\.webp)$`,
);

/** The address of what is stored under a key. */
export const mediaUrl = (key: string): string => `/media/${key}`;

/** What a profile keeps of its photo: the key without its size. */
export const photoOf = (sha256: string): string => `photos/${shard(sha256)}/${sha256}`;

/** @param photo what a profile keeps: the key without its size */
export const photoKey = (photo: string, size: (typeof photoSizes)[number]): string =>
  `${photo}-${size}.webp`;

/** Whether the storage may have handed out such a key; anything else in it is nobody's to see. */
export const isMediaKey = (key: string): boolean => MEDIA_KEY.test(key);

export function originalKey(sha256: string, format: ImageFormat): string {
  return `originals/${shard(sha256)}/${sha256}.${EXTENSIONS[format]}`;
}

export function thumbnailKey(sha256: string, nominal: ThumbnailWidth): string {
  return `thumbnails/${shard(sha256)}/${sha256}-${nominal}.webp`;
}

/** Fixed by the key, which Magpie made; nothing that a stranger sent can make it `text/html`. */
export function contentTypeOf(key: string): string {
  return CONTENT_TYPES.get(key.slice(key.lastIndexOf(".") + 1)) ?? "application/octet-stream";
}

// Two levels of 256 folders: a folder with a million files is slow to list, back up and repair.
function shard(sha256: string): string {
  if (!SHA256.test(sha256)) throw new RangeError(`Not a SHA-256 in hexadecimal: ${sha256}`);
  return `${sha256.slice(0, 2)}/${sha256.slice(2, 4)}`;
}

/** Held while the files of these bytes are written or removed. */
export const contentLockName = (sha256: string): string => `content ${sha256}`;
