import { z } from "zod";
import { imageCell, personCell, thumbnailCell, timeCell } from "#features/admin/cells.ts";
import { column, defineModel } from "#features/admin/model-admin.ts";
import { pickedId } from "#features/admin/models/picked-id.ts";
import { imageHref } from "#features/images/images.view-data.ts";
import { addLike, unlikeImage } from "#features/images/like-image.ts";
import { exactTime } from "#lib/dates.ts";
import { Invalid } from "#lib/errors.ts";
import type { Transaction } from "#platform/database.ts";
import type { Prisma } from "#prisma/generated/client.ts";

const select = {
  userId: true,
  imageId: true,
  createdAt: true,
  user: { select: { id: true, username: true } },
  image: { select: { id: true, title: true, slug: true, sha256: true } },
} satisfies Prisma.LikeSelect;

type Row = Prisma.LikeGetPayload<{ select: typeof select }>;

export const likesAdmin = defineModel<Row>({
  name: "likes",
  model: "Like",
  one: "like",
  many: "likes",
  key: ["userId", "imageId"],
  select,
  label: (row) => `${row.user.username} likes “${row.image.title}”`,
  pageOf: (row) => imageHref(row.image),
  columns: [
    { name: "thumbnail", label: "", cell: (row) => thumbnailCell(row.image) },
    { name: "person", label: "Person", cell: (row) => personCell(row.user) },
    { name: "image", label: "Picture", cell: (row) => imageCell(row.image) },
    { name: "liked", label: "Liked", sort: "liked", cell: (row) => timeCell(row.createdAt) },
  ],
  sorts: {
    liked: [
      { sql: column("created_at"), type: "timestamptz" },
      { sql: column("user_id"), type: "int4" },
      { sql: column("image_id"), type: "int4" },
    ],
  },
  defaultSort: "-liked",
  filters: [
    { kind: "field", name: "liked", label: "Liked", field: "createdAt" },
    { kind: "relation", name: "person", label: "Person", field: "userId", to: "users" },
    { kind: "relation", name: "image", label: "Picture", field: "imageId", to: "images" },
  ],
  search: { hint: "Who likes", people: ["userId"] },
  form: {
    sections: async () => [
      {
        title: "Like",
        fields: [
          { name: "userId", label: "Person", kind: "relation", to: "users" },
          { name: "imageId", label: "Picture", kind: "relation", to: "images" },
          { name: "liked", label: "Liked", kind: "shown", only: "old" },
        ],
      },
    ],
    read: async (tx, key) => {
      const like = await tx.like.findUnique({ where: { userId_imageId: key as LikeKey } });
      return (
        like && {
          userId: String(like.userId),
          imageId: String(like.imageId),
          liked: exactTime(like.createdAt),
        }
      );
    },
    schema: () =>
      z.object({ userId: pickedId("Choose a person."), imageId: pickedId("Choose a picture.") }),
    add: async (tx, { clock }, { input }) => {
      await addLikeOf(tx, input as LikeKey, clock());
      return input as LikeKey;
    },
  },
  remove: {
    summary: async () => [],
    run: async (deps, { key, alongside }) => {
      const { userId, imageId } = key as LikeKey;
      await unlikeImage(deps, { actor: { id: userId }, image: { id: imageId }, alongside });
    },
  },
});

interface LikeKey extends Record<string, number> {
  userId: number;
  imageId: number;
}

/** For somebody else, as if they had pressed the button. @throws Invalid */
async function addLikeOf(tx: Transaction, { userId, imageId }: LikeKey, now: Date): Promise<void> {
  // The picture before the person, as everybody holds them.
  const held = await tx.$queryRaw<unknown[]>`
    select 1 from images where id = ${imageId} for key share`;
  if (held.length === 0) throw new Invalid({ imageId: "This picture is gone." });
  const people = await tx.$queryRaw<unknown[]>`
    select 1 from users where id = ${userId} and is_active for key share`;
  if (people.length === 0) throw new Invalid({ userId: "This person is gone or deactivated." });
  const likes = await addLike(tx, { actor: { id: userId }, image: { id: imageId }, now });
  if (likes === null) throw new Invalid({ imageId: "They like this picture already." });
}
