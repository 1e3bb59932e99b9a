import { slugOf } from "#lib/text.ts";
import type { Database } from "#platform/database.ts";

export async function editImage(
  { database }: { database: Database },
  { image, input }: { image: { id: number }; input: { title: string; description: string } },
) {
  return database.image.update({
    where: { id: image.id },
    data: { ...input, slug: slugOf(input.title) },
    select: { id: true, slug: true },
  });
}
