import { endAnySession } from "#features/account/end-sessions.ts";
import { personCell, textCell, timeCell, yesCell } from "#features/admin/cells.ts";
import { requireManaged } from "#features/admin/manage-person.ts";
import { column, defineModel } from "#features/admin/model-admin.ts";
import { findManagedPeople } from "#features/admin/rights.ts";
import { deviceName } from "#lib/device-name.ts";
import type { Prisma } from "#prisma/generated/client.ts";

const select = {
  id: true,
  userAgent: true,
  createdAt: true,
  lastSeenAt: true,
  isKept: true,
  user: { select: { id: true, username: true } },
} satisfies Prisma.SessionSelect;

type Row = Prisma.SessionGetPayload<{ select: typeof select }>;

export const sessionsAdmin = defineModel<Row>({
  name: "sessions",
  model: "Session",
  one: "session",
  many: "sessions",
  key: ["id"],
  select,
  label: (row) => `${row.user.username} on ${deviceName(row.userAgent)}`,
  note: (row, actor) => (row.id === actor.sessionId ? "this device" : null),
  managed: async (database, actor, keys) => {
    const ids = keys.map((key) => String(key["id"]));
    const sessions = await database.session.findMany({ where: { id: { in: ids } } });
    const owners = sessions.map(({ userId }) => userId);
    const managed = await findManagedPeople({ database }, actor, owners);
    const others = sessions.filter(({ userId }) => !managed.has(userId)).map(({ id }) => id);
    return keys.filter((key) => !others.includes(String(key["id"])));
  },
  columns: [
    { name: "person", label: "Person", cell: (row) => personCell(row.user) },
    {
      name: "device",
      label: "Device",
      cell: (row) => textCell(deviceName(row.userAgent)),
      whole: (row) => row.userAgent,
    },
    { name: "since", label: "Signed in", cell: (row) => timeCell(row.createdAt) },
    { name: "seen", label: "Last seen", sort: "seen", cell: (row) => timeCell(row.lastSeenAt) },
    { name: "kept", label: "Stays signed in", cell: (row) => yesCell(row.isKept) },
  ],
  sorts: {
    seen: [
      { sql: column("last_seen_at"), type: "timestamptz" },
      { sql: column("id"), type: "uuid" },
    ],
  },
  defaultSort: "-seen",
  filters: [
    { kind: "field", name: "seen", label: "Last seen", field: "lastSeenAt" },
    { kind: "field", name: "kept", label: "Stays signed in", field: "isKept" },
    { kind: "relation", name: "person", label: "Person", field: "userId", to: "users" },
  ],
  search: { hint: "Who is signed in", people: ["userId"] },
  remove: {
    summary: async (_deps, keys) => [
      keys.length === 1
        ? "the sign-in on this device: whoever uses it signs in again, you too if it is yours"
        : "the sign-ins on these devices: whoever uses them signs in again, you too if one is yours",
    ],
    run: (deps, { actor, key, alongside }) =>
      endAnySession(deps, {
        session: key as { id: string },
        alongside: async (tx, owner) => {
          await requireManaged(tx, actor, owner.id);
          await alongside(tx);
        },
      }),
  },
});
