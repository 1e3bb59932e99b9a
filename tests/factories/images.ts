import { createHash, randomBytes } from "node:crypto";
import sharp from "sharp";
import { originalKey } from "#features/images/storage-keys.ts";
import { slugOf } from "#lib/text.ts";
import type { Database } from "#platform/database.ts";

/** Bytes of a picture with structure; another `seed` is another picture. */
export async function drawPicture(
  seed: number,
  { width = 400, height = 300, format = "jpeg" as "jpeg" | "png" | "webp" | "gif" | "avif" } = {},
): Promise<Buffer> {
  const grid = 8;
  const pixels = createHash("sha512").update(String(seed)).digest();
  const raw = Buffer.from(Array.from({ length: grid * grid * 3 }, (_, i) => pixels[i % 64] ?? 0));
  return sharp(raw, { raw: { width: grid, height: grid, channels: 3 } })
    .resize(width, height, { kernel: "cubic", fit: "fill" })
    .toFormat(format, format === "avif" ? { effort: 0 } : {})
    .toBuffer();
}

/** Three frames of a moving picture. */
export async function drawAnimation(seed: number, { width = 330, height = 40 } = {}) {
  const size = { width, height, format: "png" } as const;
  const frames = await Promise.all([0, 1, 2].map((frame) => drawPicture(seed + frame, size)));
  return sharp(frames, { join: { animated: true } })
    .gif({ delay: [80, 80, 80] })
    .toBuffer();
}

/** A photo that lies on its side until its EXIF orientation is obeyed, and tells where it was taken. */
export async function drawSidewaysPhoto(seed: number, { width = 900, height = 600 } = {}) {
  const place = { GPSLatitudeRef: "N", GPSLatitude: "50/1 5/1 0/1", GPSLongitudeRef: "E" };
  return sharp(await drawPicture(seed, { width, height, format: "png" }))
    .withMetadata({ orientation: 6 })
    .withExifMerge({ IFD0: { Artist: "Somebody Private" }, IFD3: place })
    .jpeg()
    .toBuffer();
}

/** Rows only, for tests of lists: their files are not there. */
export async function createImageRows(
  database: Database,
  ownerId: number,
  count: number,
  values: { createdAt?: (index: number) => Date; title?: string } = {},
): Promise<number[]> {
  const rows = await database.image.createManyAndReturn({
    select: { id: true },
    data: Array.from({ length: count }, (_, index) => {
      const sha256 = randomBytes(32).toString("hex");
      const title = values.title ?? `Picture ${index + 1}`;
      return {
        ownerId,
        title,
        slug: slugOf(title),
        storageKey: originalKey(sha256, "jpeg"),
        sha256,
        width: 600,
        height: 400,
        bytes: 1000,
        format: "jpeg" as const,
        dominantColour: "#336699",
        perceptualHash: 0n,
        createdAt: values.createdAt?.(index) ?? new Date(Date.now() - index * 1000),
      };
    }),
  });
  await database.profile.update({
    where: { userId: ownerId },
    data: { imagesCount: { increment: count } },
  });
  return rows.map((row) => row.id);
}
