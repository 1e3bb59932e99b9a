import { createHash, randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { originalKey, photoKey, photoSizes, thumbnailKey } from "#features/images/storage-keys.ts";
import { createImageProcessor, type ProcessedImage } from "#platform/image-processor.ts";
import type { Storage } from "#platform/storage.ts";
import { createRandom, type Random } from "./random.ts";

/** A picture in the storage that many images share. */
export type StoredPicture = Omit<ProcessedImage, "thumbnails">;

/** Draws pictures and takes them through the site's own decoder and into its own storage. */
export async function storePictures(
  storage: Storage,
  { count, seed }: { count: number; seed: number },
): Promise<StoredPicture[]> {
  const random = createRandom(seed, "pictures");
  const processor = createImageProcessor({
    maxPixels: 4_000_000,
    concurrency: 4,
    maxWaiting: count,
  });
  const drawn: Promise<StoredPicture>[] = [];
  for (let index = 0; index < count; index += 1) {
    const bytes = await drawPicture(random, 900, random.pick([500, 600, 675, 900, 1200]));
    drawn.push(storePicture(storage, processor, bytes));
  }
  return Promise.all(drawn);
}

async function storePicture(
  storage: Storage,
  processor: ReturnType<typeof createImageProcessor>,
  bytes: Buffer,
): Promise<StoredPicture> {
  const path = join(storage.temporaryFolder, `bench-${randomUUID()}`);
  await writeFile(path, bytes);
  try {
    const { thumbnails, ...picture } = await processor.process(path, storage.temporaryFolder);
    for (const { nominal, path: thumbnail } of thumbnails)
      await storage.keep(thumbnailKey(picture.sha256, nominal), thumbnail);
    await storage.keep(originalKey(picture.sha256, picture.format), path);
    return picture;
  } finally {
    await rm(path, { force: true });
  }
}

/** Photos of people, in the sizes that pages show. Answers what profiles keep. */
export async function storePhotos(
  storage: Storage,
  { count, seed }: { count: number; seed: number },
): Promise<string[]> {
  const random = createRandom(seed, "photos");
  const photos: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const bytes = await drawPicture(random, 320, 320);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const photo = `photos/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;
    for (const size of photoSizes) {
      const path = join(storage.temporaryFolder, `bench-${randomUUID()}`);
      await sharp(bytes).resize(size, size).webp().toFile(path);
      await storage.keep(photoKey(photo, size), path);
    }
    photos.push(photo);
  }
  return photos;
}

/** Large shapes with a fine grain over them, which take about as many bytes as a photograph. */
export async function drawPicture(random: Random, width: number, height: number): Promise<Buffer> {
  const grain = noise(random, 90, 60).resize(width, height, { fit: "fill" });
  return noise(random, 6, 4)
    .resize(width, height, { fit: "fill", kernel: "cubic" })
    .composite([
      {
        input: await grain.raw().toBuffer(),
        raw: { width, height, channels: 3 },
        blend: "soft-light",
      },
    ])
    .jpeg({ quality: 85 })
    .toBuffer();
}

function noise(random: Random, width: number, height: number) {
  const bytes = Uint8Array.from({ length: width * height * 3 }, () => random.below(256));
  return sharp(bytes, { raw: { width, height, channels: 3 } });
}
