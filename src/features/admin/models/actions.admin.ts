import { forgetActivity } from "#features/activity/record-activity.ts";
import { personCell, textCell, timeCell } from "#features/admin/cells.ts";
import { column, defineModel } from "#features/admin/model-admin.ts";
import type { Transaction } from "#platform/database.ts";
import type { Prisma } from "#prisma/generated/client.ts";

const select = {
  id: true,
  verb: true,
  targetType: true,
  targetId: true,
  createdAt: true,
  user: { select: { id: true, username: true } },
} satisfies Prisma.ActionSelect;

/** `target` is what it is called, unless it is gone. */
type Row = Prisma.ActionGetPayload<{ select: typeof select }> & { target?: string | undefined };

const words = {
  user_joined: "joined",
  image_bookmarked: "saved",
  image_liked: "liked",
  user_followed: "followed",
} as const;

function targetOf({ targetType, targetId, target }: Row) {
  const [one, to] = targetType === "image" ? ["picture", "images"] : ["person", "users"];
  return { text: target ?? `${one} ${targetId}`, href: `/admin/${to}/${targetId}`, to };
}

async function withTargets(tx: Transaction, rows: readonly Row[]): Promise<Row[]> {
  const among = (type: Row["targetType"]) => ({
    id: { in: rows.filter((row) => row.targetType === type).map(({ targetId }) => targetId) },
  });
  const [images, people] = await Promise.all([
    tx.image.findMany({ where: among("image"), select: { id: true, title: true } }),
    tx.user.findMany({ where: among("user"), select: { id: true, username: true } }),
  ]);
  const names = {
    image: new Map(images.map(({ id, title }) => [id, title])),
    user: new Map(people.map(({ id, username }) => [id, username])),
  };
  return rows.map((row) => ({ ...row, target: names[row.targetType].get(row.targetId) }));
}

export const actionsAdmin = defineModel<Row>({
  name: "actions",
  model: "Action",
  one: "action",
  many: "actions",
  key: ["id"],
  select,
  label: (row) =>
    row.verb === "user_joined"
      ? `${row.user.username} joined`
      : `${row.user.username} ${words[row.verb]} ${targetOf(row).text}`,
  complete: withTargets,
  columns: [
    { name: "person", label: "Person", cell: (row) => personCell(row.user) },
    { name: "verb", label: "Did what", cell: (row) => textCell(words[row.verb]) },
    { name: "target", label: "To what", cell: (row) => ({ kind: "link", ...targetOf(row) }) },
    { name: "done", label: "When", sort: "done", cell: (row) => timeCell(row.createdAt) },
  ],
  sorts: {
    done: [
      { sql: column("created_at"), type: "timestamptz" },
      { sql: column("id"), type: "int8" },
    ],
  },
  defaultSort: "-done",
  filters: [
    { kind: "field", name: "verb", label: "Did what", field: "verb", words },
    { kind: "field", name: "done", label: "When", field: "createdAt" },
    { kind: "relation", name: "person", label: "Person", field: "userId", to: "users" },
  ],
  search: { hint: "Who did it", people: ["userId"] },
  remove: {
    summary: async () => [],
    run: (deps, { key, alongside }) =>
      forgetActivity(deps, { action: key as { id: bigint }, alongside }),
  },
});
