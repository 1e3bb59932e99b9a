import type { RegisteredModel } from "#features/admin/model-admin.ts";
import { keyOf, keyText, parseKey } from "#features/admin/object-keys.ts";
import { rowsOf } from "#features/admin/object-rows.ts";
import type { FieldChange } from "#features/admin/record-change.ts";
import { registry } from "#features/admin/registry.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { BadRequest } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";
import type { AdminChangeKind } from "#prisma/generated/enums.ts";

export interface ChangeRow {
  id: bigint;
  actorId: number | null;
  actorName: string;
  model: string;
  objectId: string;
  objectLabel: string;
  kind: AdminChangeKind;
  changes: FieldChange[];
  createdAt: Date;
}

export interface ChangeFilter {
  /** One name, or those whose histories are one (`historiesOf`). */
  model?: string | readonly string[] | undefined;
  objectId?: string | undefined;
  kind?: AdminChangeKind | undefined;
  /** The name of whoever did it. */
  person?: string | undefined;
  /** Only what came before this change, or after that one. */
  before?: bigint | undefined;
  after?: bigint | undefined;
  /** Of what came after a change those that came first, where else the newest are taken. */
  isNearest?: boolean;
}

/** What the history is about; jobs are no model of ours and have pages of their own. */
export const recorded: readonly { name: string; one: string; many: string }[] = [
  ...registry,
  { name: "jobs", one: "job", many: "jobs" },
];

/** Whatever writes to a row of this model. */
export const historiesOf = ({ name, historyWith }: RegisteredModel): readonly string[] =>
  historyWith ? [name, historyWith] : [name];

/** What was done here, newest first, as far as this administrator may see what it was done to. */
export async function listChanges(
  { database }: { database: Database },
  { actor, limit, ...filter }: { actor: AdminActor; limit: number } & ChangeFilter,
): Promise<ChangeRow[]> {
  const visible = recorded.map(({ name }) => name).filter((name) => actor.may(name, "view"));
  const { model, objectId, kind, before, after, isNearest = false } = filter;
  const asked = typeof model === "string" ? [model] : model;
  const rows = await database.adminChange.findMany({
    where: {
      model: { in: visible.filter((name) => asked?.includes(name) ?? true) },
      ...(objectId !== undefined && { objectId }),
      ...(kind && { kind }),
      ...(before !== undefined && { id: { lt: before } }),
      ...(after !== undefined && { id: { gt: after } }),
      ...(filter.person && (await doneBy(database, filter.person))),
    },
    orderBy: { id: isNearest ? "asc" : "desc" },
    take: limit,
  });
  const newestFirst = isNearest ? rows.toReversed() : rows;
  return newestFirst.map((row) => ({ ...row, changes: changesFor(actor, row.changes) }));
}

/** Those lines that name nothing which this administrator may not see. */
const changesFor = (actor: AdminActor, changes: unknown): FieldChange[] =>
  (changes as FieldChange[]).filter(({ names }) => !names || actor.may(names, "view"));

/** Whoever is gone is known by the name they had. */
async function doneBy(database: Database, username: string) {
  const person = await database.user.findUnique({ where: { username }, select: { id: true } });
  return person ? { actorId: person.id } : { actorId: null, actorName: username };
}

/** Of what these changes were made to, what is still there: `images/12`. */
export async function listThere(
  { database }: { database: Database },
  changes: readonly ChangeRow[],
): Promise<ReadonlySet<string>> {
  const there = await Promise.all(
    registry.map(async (model) => {
      const keys = changes
        .filter((change) => change.model === model.name)
        .map(({ objectId }) => parseKey(database, model, objectId));
      if (keys.length === 0) return [];
      const select = Object.fromEntries(model.key.map((field) => [field, true]));
      const rows = await rowsOf(database, model).findMany({ where: { OR: keys }, select });
      return rows.map((row) => `${model.name}/${keyText(model, keyOf(model, row))}`);
    }),
  );
  return new Set(there.flat());
}

const largest = 2n ** 63n - 1n;

/** @throws BadRequest for anything that no link of ours carries */
export function parseChangeId(text: string | undefined): bigint | undefined {
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,19}$/.test(text) || BigInt(text) > largest) throw new BadRequest();
  return BigInt(text);
}
