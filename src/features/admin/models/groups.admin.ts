import { z } from "zod";
import { numberCell, textCell } from "#features/admin/cells.ts";
import { addGroup, changeGroup, type GroupInput } from "#features/admin/change-group.ts";
import { findManagedGroups } from "#features/admin/groups.access.ts";
import {
  column,
  defineModel,
  type Key,
  type RegisteredModel,
  type Section,
} from "#features/admin/model-admin.ts";
import { removeGroup } from "#features/admin/remove-group.ts";
import { type Grant, grantOf, listGrants, type Right, rights } from "#features/admin/rights.ts";
import { counted } from "#lib/text.ts";
import { Prisma } from "#prisma/generated/client.ts";

/** What a group may be given rights to, and which rights there are to give. */
interface Managed {
  name: string;
  label: string;
  rights: readonly Right[];
}

const select = {
  id: true,
  name: true,
  _count: { select: { members: true, rights: true } },
} satisfies Prisma.GroupSelect;

type Row = Prisma.GroupGetPayload<{ select: typeof select }>;

const groups: Managed = { name: "groups", label: "Groups", rights };
/** Not a model of ours: the queue's own tables, with pages of their own. */
const jobs: Managed = { name: "jobs", label: "Jobs", rights: ["view", "change", "delete"] };

/** @param models all others, which its rights are about */
export function defineGroups(models: readonly RegisteredModel[]): RegisteredModel {
  const managed = [...models.map(managedOf), groups, jobs];
  return defineModel<Row>({
    name: "groups",
    model: "Group",
    one: "group",
    many: "groups",
    purpose: "A group says what staff may see and do here; superusers may do everything.",
    key: ["id"],
    select,
    label: (row) => row.name,
    pickedBy: "name",
    managed: async (tx, actor, keys) => {
      const managed = await findManagedGroups(tx, actor, keys.map(idOf));
      return keys.filter((key) => managed.has(idOf(key)));
    },
    columns: [
      { name: "name", label: "Name", sort: "name", cell: (row) => textCell(row.name) },
      { name: "members", label: "Members", cell: (row) => numberCell(row._count.members) },
    ],
    sorts: { name: [{ sql: column("name"), type: "citext" }] },
    defaultSort: "name",
    filters: [],
    // There are a handful, so no index serves it.
    search: { hint: "Name", text: Prisma.sql`t.name::text` },
    form: {
      sections: async () => [
        { title: "Group", fields: [{ name: "name", label: "Name", kind: "text", maxlength: 80 }] },
        rightsSection(managed),
      ],
      read: async (tx, key, { hold }) => {
        const id = idOf(key);
        if (hold) await tx.$queryRaw`select 1 from groups where id = ${id} for update`;
        const group = await tx.group.findUnique({ where: { id } });
        if (!group) return null;
        const granted = new Set(await listGrants(tx, id));
        const boxes = fieldsOf(managed).map(({ name, grant }) => [name, granted.has(grant)]);
        return { name: group.name, ...Object.fromEntries(boxes) };
      },
      schema: () => schemaOf(managed),
      add: (tx, _deps, { actor, input }) => addGroup(tx, { actor, input }),
      change: async (tx, _deps, { actor, key, input }) => {
        await changeGroup(tx, { actor, id: idOf(key), input });
      },
    },
    remove: {
      summary: async ({ database }, keys) => {
        const ids = keys.map(idOf);
        const members = await database.groupMember.count({ where: { groupId: { in: ids } } });
        return members === 0 ? [] : [counted(members, "membership")];
      },
      run: removeGroup,
    },
    related: ({ id }) => [{ label: "Members", href: `/admin/users?group=${id}` }],
  });
}

const idOf = (key: Key) => (key as { id: number }).id;

/** Only what its pages can do: nobody adds a session. */
function managedOf({ name, many, form, remove, actions = [] }: RegisteredModel): Managed {
  const has: Record<Right, boolean> = {
    view: true,
    add: form?.add !== undefined || actions.some(({ right }) => right === "add"),
    change: form?.change !== undefined || actions.some(({ right }) => right === "change"),
    delete: remove !== undefined || actions.some(({ right }) => right === "delete"),
  };
  const label = many.charAt(0).toUpperCase() + many.slice(1);
  return { name, label, rights: rights.filter((right) => has[right]) };
}

const fieldsOf = (managed: readonly Managed[]): { name: string; label: string; grant: Grant }[] =>
  managed.flatMap((model) =>
    model.rights.map((right) => ({
      name: `${model.name}.${right}`,
      label: `${model.label}: ${right}`,
      grant: grantOf(model.name, right),
    })),
  );

const rightsSection = (managed: readonly Managed[]): Section => ({
  title: "What its members may do",
  fields: fieldsOf(managed).map(({ name, label, grant }) => ({
    name,
    label,
    kind: "checkbox",
    needs: grant,
  })),
  matrix: {
    columns: ["View", "Add", "Change", "Delete"],
    rows: managed.map((model) => ({
      label: model.label,
      cells: rights.map((right) =>
        model.rights.includes(right) ? `${model.name}.${right}` : null,
      ),
    })),
  },
});

function schemaOf(managed: readonly Managed[]) {
  const fields = fieldsOf(managed);
  const box = z.union([z.boolean(), z.string()]).optional();
  return z
    .object({
      name: z
        .string("Name the group.")
        .trim()
        .min(1, "Name the group.")
        .max(80, "Use at most 80 characters.")
        .regex(/^\P{Cc}*$/u, "Leave out line breaks and control characters."),
      ...Object.fromEntries(fields.map(({ name }) => [name, box])),
    })
    .transform((input): GroupInput => {
      const ticked = input as Record<string, string | boolean | undefined>;
      const isTicked = (name: string) => ticked[name] !== undefined && ticked[name] !== false;
      return {
        name: input.name,
        grants: fields.filter(({ name }) => isTicked(name)).map(({ grant }) => grant),
      };
    });
}
