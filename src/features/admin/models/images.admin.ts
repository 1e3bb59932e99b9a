import {
  numberCell,
  personCell,
  textCell,
  thumbnailCell,
  timeCell,
} from "#features/admin/cells.ts";
import { column, defineModel } from "#features/admin/model-admin.ts";
import { imagesRemoval, recountImages } from "#features/admin/models/images.actions.ts";
import { imagesForm } from "#features/admin/models/images.form.ts";
import { imageHref } from "#features/images/images.view-data.ts";
import { Prisma } from "#prisma/generated/client.ts";

const select = {
  id: true,
  title: true,
  slug: true,
  sha256: true,
  bytes: true,
  sourceUrl: true,
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
  noteWherePicked: (row) => `by ${row.owner.username}`,
  pageOf: imageHref,
  columns: [
    {
      name: "picture",
      label: "",
      cell: thumbnailCell,
    },
    {
      name: "title",
      label: "Title",
      sort: "title",
      cell: (row) => textCell(row.title),
    },
    {
      name: "owner",
      label: "Saved by",
      cell: (row) => personCell(row.owner),
    },
    {
      name: "likes",
      label: "Likes",
      sort: "likes",
      cell: (row) => numberCell(row.totalLikes),
    },
    {
      name: "views",
      label: "Views",
      sort: "views",
      cell: (row) => numberCell(row.totalViews),
    },
    {
      name: "source",
      label: "From",
      needsRoom: "some",
      cell: (row) => textCell(row.sourceUrl ? (URL.parse(row.sourceUrl)?.host ?? "") : "A file"),
      whole: (row) => row.sourceUrl ?? "",
    },
    {
      name: "size",
      label: "Size",
      needsRoom: "some",
      cell: (row) => ({ kind: "size", bytes: row.bytes }),
    },
    {
      name: "saved",
      label: "Saved",
      sort: "saved",
      cell: (row) => timeCell(row.createdAt),
    },
  ],
  sorts: {
    saved: [{ sql: column("created_at"), type: "timestamptz" }, id],
    title: [{ sql: Prisma.sql`lower(t.title)`, type: "text" }, id],
    likes: [{ sql: column("total_likes"), type: "int4" }, id],
    views: [{ sql: column("total_views"), type: "int4" }, id],
  },
  defaultSort: "-saved",
  filters: [
    { kind: "field", name: "saved", label: "Saved", field: "createdAt" },
    { kind: "field", name: "format", label: "Format", field: "format" },
    { kind: "field", name: "animated", label: "Animated", field: "isAnimated" },
    { kind: "relation", name: "owner", label: "Saved by", field: "ownerId", to: "users" },
    {
      kind: "choice",
      name: "hidden",
      label: "Hidden",
      choices: [
        {
          value: "yes",
          label: "Yes: whoever saved it is deactivated",
          where: Prisma.sql`exists (select 1 from users where id = t.owner_id and not is_active)`,
        },
        {
          value: "no",
          label: "No",
          where: Prisma.sql`exists (select 1 from users where id = t.owner_id and is_active)`,
        },
      ],
    },
  ],
  search: {
    hint: "Title, address, person",
    text: Prisma.sql`(t.title || ' ' || coalesce(t.page_url, '') || ' ' || coalesce(t.source_url, ''))`,
    people: ["ownerId"],
  },
  form: imagesForm,
  remove: imagesRemoval,
  actions: [recountImages],
  related: ({ id }, { owner }) => [
    { label: "Likes", href: `/admin/likes?image=${id}` },
    { label: `Saved by ${owner.username}`, href: `/admin/users/${owner.id}` },
  ],
});
