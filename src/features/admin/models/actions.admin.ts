import { forgetActivity } from "#features/activity/record-activity.ts";
import { personCell, textCell, timeCell } from "#features/admin/cells.ts";
import { column, defineModel } from "#features/admin/model-admin.ts";
import type { Prisma } from "#prisma/generated/client.ts";

const select = {
  id: true,
  verb: true,
  targetType: true,
  targetId: true,
  createdAt: true,
  user: { select: { id: true, username: true } },
} satisfies Prisma.ActionSelect;

type Row = Prisma.ActionGetPayload<{ select: typeof select }>;

const words = {
  user_joined: "joined",
  image_bookmarked: "saved",
  image_liked: "liked",
  user_followed: "followed",
} as const;

const targetOf = ({ targetType, targetId }: Row) =>
  targetType === "image"
    ? { text: `picture ${targetId}`, href: `/admin/images/${targetId}` }
    : { text: `person ${targetId}`, href: `/admin/users/${targetId}` };

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
    { kind: "field", name: "verb", label: "Did what", field: "verb" },
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
