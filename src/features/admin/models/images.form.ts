import type { z } from "zod";
import type { Form, Key, Section, Values } from "#features/admin/model-admin.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { editImage } from "#features/images/edit-image.ts";
import { CorrectImageSchema } from "#features/images/images.schemas.ts";
import { mediaUrl, thumbnailKey } from "#features/images/storage-keys.ts";
import { exactTime } from "#lib/dates.ts";
import { fileSize } from "#lib/text.ts";
import type { Transaction } from "#platform/database.ts";

export const imagesForm: Form = {
  sections: async () => sections,
  read,
  schema: () => CorrectImageSchema,
  change: async (tx, _deps, { key, input }) => {
    await editImage(
      { database: tx },
      { image: idOf(key), input: input as z.output<typeof CorrectImageSchema> },
    );
  },
};

const idOf = (key: Key) => key as { id: number };

const sections: readonly Section[] = [
  {
    title: "Picture",
    fields: [
      { name: "picture", label: "Picture", kind: "picture" },
      { name: "title", label: "Title", kind: "text", maxlength: 200 },
      {
        name: "description",
        label: "Description",
        kind: "textarea",
        maxlength: 5000,
        optional: true,
      },
    ],
  },
  {
    title: "Where it comes from",
    fields: [
      { name: "pageUrl", label: "Found on", kind: "url", maxlength: 2048, optional: true },
      {
        name: "sourceUrl",
        label: "Address of the file",
        kind: "url",
        maxlength: 2048,
        optional: true,
        hint: "Empty for a file that was sent.",
      },
      { name: "owner", label: "Saved by", kind: "shown" },
      { name: "saved", label: "Saved", kind: "shown" },
    ],
  },
  {
    title: "The file",
    fields: [
      { name: "dimensions", label: "Width and height", kind: "shown" },
      { name: "bytes", label: "Size", kind: "shown" },
      { name: "format", label: "Format", kind: "shown" },
      { name: "sha256", label: "SHA-256", kind: "shown" },
    ],
  },
  {
    title: "Numbers",
    fields: [
      { name: "likes", label: "Likes", kind: "shown" },
      { name: "views", label: "Views", kind: "shown" },
    ],
  },
];

async function read(
  tx: Transaction,
  key: Key,
  { hold }: { hold: AdminActor | false },
): Promise<Values | null> {
  const { id } = idOf(key);
  if (hold) await tx.$queryRaw`select 1 from images where id = ${id} for no key update`;
  const image = await tx.image.findUnique({ where: { id }, include: { owner: true } });
  if (!image) return null;
  return {
    picture: mediaUrl(thumbnailKey(image.sha256, 640)),
    title: image.title,
    description: image.description,
    pageUrl: image.pageUrl ?? "",
    sourceUrl: image.sourceUrl ?? "",
    owner: image.owner.isActive
      ? image.owner.username
      : `${image.owner.username}, deactivated: it is hidden`,
    saved: exactTime(image.createdAt),
    dimensions: `${image.width} × ${image.height} pixels`,
    bytes: fileSize(image.bytes),
    format: image.isAnimated ? `${image.format.toUpperCase()}, moving` : image.format.toUpperCase(),
    sha256: image.sha256,
    likes: String(image.totalLikes),
    views: String(image.totalViews),
  };
}
