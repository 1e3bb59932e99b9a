import { column, defineModel } from "#features/admin/model-admin.ts";
import { imageSlug } from "#features/images/image-slug.ts";
import { EditImageSchema } from "#features/images/images.schemas.ts";
import { imageHref } from "#features/images/images.view-data.ts";
import { mediaUrl, thumbnailKey } from "#features/images/storage-keys.ts";
import { Prisma } from "#prisma/generated/client.ts";

const select = {
  id: true,
  title: true,
  slug: true,
  sha256: true,
  format: true,
  totalLikes: true,
  totalViews: true,
  createdAt: true,
  owner: { select: { id: true, username: true } },
} satisfies Prisma.ImageSelect;

type Row = Prisma.ImageGetPayload<{ select: typeof select }>;

const id = { sql: column("id"), type: "int4" } as const;

export const imagesAdmin = defineModel<Row>({
  name: "images",
  model: "Image",
  one: "picture",
  many: "pictures",
  key: ["id"],
  select,
  label: (row) => row.title,
  pageOf: imageHref,
  columns: [
    {
      name: "picture",
      label: "",
      cell: (row) => ({ kind: "picture", src: mediaUrl(thumbnailKey(row.sha256, 320)), alt: "" }),
    },
    {
      name: "title",
      label: "Title",
      sort: "title",
      cell: (row) => ({ kind: "text", text: row.title }),
    },
    {
      name: "owner",
      label: "Saved by",
      cell: ({ owner }) => ({
        kind: "link",
        text: owner.username,
        href: `/admin/users/${owner.id}`,
      }),
    },
    {
      name: "likes",
      label: "Likes",
      sort: "likes",
      cell: (row) => ({ kind: "number", number: row.totalLikes }),
    },
    {
      name: "views",
      label: "Views",
      sort: "views",
      cell: (row) => ({ kind: "number", number: row.totalViews }),
    },
    {
      name: "saved",
      label: "Saved",
      sort: "saved",
      cell: (row) => ({ kind: "time", time: row.createdAt }),
    },
  ],
  sorts: {
    saved: [{ sql: column("created_at"), type: "timestamptz" }, id],
    title: [{ sql: column("title"), type: "text" }, id],
    likes: [{ sql: column("total_likes"), type: "int4" }, id],
    views: [{ sql: column("total_views"), type: "int4" }, id],
  },
  defaultSort: "-saved",
  filters: [
    { kind: "field", name: "saved", label: "Saved", field: "createdAt" },
    { kind: "field", name: "format", label: "Format", field: "format" },
    { kind: "field", name: "animated", label: "Moving", field: "isAnimated" },
    { kind: "relation", name: "owner", label: "Saved by", field: "ownerId", to: "users" },
  ],
  search: {
    hint: "Title, address, or whoever saved it",
    text: Prisma.sql`(t.title || ' ' || coalesce(t.page_url, '') || ' ' || coalesce(t.source_url, ''))`,
    people: ["ownerId"],
  },
  form: {
    sections: async () => [
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
          { name: "owner", label: "Saved by", kind: "shown" },
          { name: "pageUrl", label: "Found on", kind: "shown" },
          { name: "sourceUrl", label: "Address of the file", kind: "shown" },
        ],
      },
    ],
    read: async (tx, key, { hold }) => {
      const { id } = key as { id: number };
      if (hold) await tx.$queryRaw`select 1 from images where id = ${id} for no key update`;
      const image = await tx.image.findUnique({ where: { id }, include: { owner: true } });
      return image
        ? {
            picture: mediaUrl(thumbnailKey(image.sha256, 640)),
            title: image.title,
            description: image.description,
            owner: image.owner.username,
            pageUrl: image.pageUrl ?? "",
            sourceUrl: image.sourceUrl ?? "",
          }
        : null;
    },
    schema: () => EditImageSchema,
    change: async (tx, _deps, { key, input }) => {
      const { title, description } = input as { title: string; description: string };
      const { id } = key as { id: number };
      await tx.image.update({
        where: { id },
        data: { title, description, slug: imageSlug(title) },
      });
    },
  },
});
