import { imageSlug } from "#features/images/image-slug.ts";
import { notHere } from "#features/images/images.access.ts";
import type { Database } from "#platform/database.ts";

/** @throws NotFound when the image was deleted meanwhile */
export async function editImage(
  { database }: { database: Database },
  { image, input }: { image: { id: number }; input: { title: string; description: string } },
) {
  const [edited] = await database.image.updateManyAndReturn({
    where: { id: image.id },
    data: { ...input, slug: imageSlug(input.title) },
    select: { id: true, slug: true },
  });
  if (!edited) throw notHere();
  return edited;
}
