import { z } from "zod";
import { personCell, timeCell } from "#features/admin/cells.ts";
import { column, defineModel } from "#features/admin/model-admin.ts";
import { pickedId } from "#features/admin/models/picked-id.ts";
import { addFollow, removeFollow } from "#features/users/follow-person.ts";
import { exactTime } from "#lib/dates.ts";
import { Invalid, NotFound } from "#lib/errors.ts";
import type { Prisma } from "#prisma/generated/client.ts";

const person = { select: { id: true, username: true } } as const;
const select = {
  fromId: true,
  toId: true,
  createdAt: true,
  from: person,
  to: person,
} satisfies Prisma.ContactSelect;

type Row = Prisma.ContactGetPayload<{ select: typeof select }>;

export const contactsAdmin = defineModel<Row>({
  name: "contacts",
  model: "Contact",
  one: "follow",
  many: "follows",
  key: ["fromId", "toId"],
  select,
  label: (row) => `${row.from.username} follows ${row.to.username}`,
  columns: [
    { name: "from", label: "Who follows", cell: (row) => personCell(row.from) },
    { name: "to", label: "Whom", cell: (row) => personCell(row.to) },
    { name: "since", label: "Since", sort: "since", cell: (row) => timeCell(row.createdAt) },
  ],
  sorts: {
    since: [
      { sql: column("created_at"), type: "timestamptz" },
      { sql: column("from_id"), type: "int4" },
      { sql: column("to_id"), type: "int4" },
    ],
  },
  defaultSort: "-since",
  filters: [
    { kind: "field", name: "since", label: "Since", field: "createdAt" },
    { kind: "relation", name: "from", label: "Who follows", field: "fromId", to: "users" },
    { kind: "relation", name: "to", label: "Whom", field: "toId", to: "users" },
  ],
  search: { hint: "Either person", people: ["fromId", "toId"] },
  form: {
    sections: async () => [
      {
        title: "Follow",
        fields: [
          { name: "fromId", label: "Who follows", kind: "relation", to: "users" },
          { name: "toId", label: "Whom", kind: "relation", to: "users" },
          { name: "since", label: "Since", kind: "shown", only: "old" },
        ],
      },
    ],
    read: async (tx, key) => {
      const contact = await tx.contact.findUnique({ where: { fromId_toId: key as ContactKey } });
      return (
        contact && {
          fromId: String(contact.fromId),
          toId: String(contact.toId),
          since: exactTime(contact.createdAt),
        }
      );
    },
    schema: () =>
      z
        .object({ fromId: pickedId("Choose who follows."), toId: pickedId("Choose whom.") })
        .refine(({ fromId, toId }) => fromId !== toId, {
          path: ["toId"],
          message: "Nobody follows themselves.",
        }),
    add: async (tx, { clock }, { input }) => {
      const { fromId, toId } = input as ContactKey;
      const follow = { actor: { id: fromId }, person: { id: toId }, now: clock() };
      const followers = await addFollow(tx, follow).catch(besideWhom);
      if (followers === null) throw new Invalid({ toId: "They follow this person already." });
      return { fromId, toId };
    },
  },
  remove: {
    summary: async () => [],
    run: async (deps, { key, alongside }) => {
      const { fromId, toId } = key as ContactKey;
      await removeFollow(deps, { actor: { id: fromId }, person: { id: toId }, alongside });
    },
  },
});

interface ContactKey extends Record<string, number> {
  fromId: number;
  toId: number;
}

function besideWhom(error: unknown): never {
  if (!(error instanceof NotFound)) throw error;
  throw new Invalid({ toId: "One of the two is gone or deactivated." });
}
