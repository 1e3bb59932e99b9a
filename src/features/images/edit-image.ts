import { imageSlug } from "#features/images/image-slug.ts";
import { notHere } from "#features/images/images.access.ts";
import type { Transaction } from "#platform/database.ts";

interface ImageEdit {
  title: string;
  description: string;
  /** Where it comes from, which administrators may put right. */
  pageUrl?: string | null;
  sourceUrl?: string | null;
}

/** @throws NotFound when the image was deleted meanwhile */
export async function editImage(
  { database }: { database: Transaction },
  { image, input }: { image: { id: number }; input: ImageEdit },
) {
  const [edited] = await database.image.updateManyAndReturn({
    where: { id: image.id },
    data: { ...input, slug: imageSlug(input.title) },
    select: { id: true, slug: true },
  });
  if (!edited) throw notHere();
  return edited;
}
