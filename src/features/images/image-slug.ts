import { slugOf } from "#lib/text.ts";

/** The last part of an image's address; a picture called "Edit" must not stand at its own edit form. */
export function imageSlug(title: string): string {
  const slug = slugOf(title);
  return slug === "edit" ? "edit-picture" : slug;
}
