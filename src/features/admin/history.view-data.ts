import { type ChangeRow, recorded } from "#features/admin/history.queries.ts";
import type { FieldChange } from "#features/admin/record-change.ts";
import { registry } from "#features/admin/registry.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { exactTime, timeAgo } from "#lib/dates.ts";

/** Longer texts are folded. */
const shortText = 80;

export const changeKinds = { added: "Added", changed: "Changed", deleted: "Deleted" } as const;

interface Looking {
  /** Who looks, and gets links to what they may see. */
  actor: AdminActor;
  now: Date;
  /** What is still there (`listThere`); may be missing where all are of the one row that is looked at. */
  there?: ReadonlySet<string>;
}

export const changesOf = (rows: readonly ChangeRow[], looking: Looking) =>
  rows.map((row) => changeOf(row, looking));

export type ChangeView = ReturnType<typeof changeOf>;

function changeOf(row: ChangeRow, { actor, now, there = new Set() }: Looking) {
  return {
    who: {
      name: row.actorName,
      href: row.actorId && actor.may("users", "view") ? `/admin/users/${row.actorId}` : null,
    },
    when: whenOf(row.createdAt, now),
    kind: row.kind,
    did: changeKinds[row.kind],
    what: {
      one: oneOf(row),
      label: row.objectLabel,
      href: hrefOf(row, there),
    },
    fields: row.changes.map((change) => ({
      ...change,
      isLong: isLong(change),
      isWord: isWord(change),
    })),
    /** All of it in a line; of what came or went there is enough in its name. */
    line: row.kind === "changed" ? row.changes.map(shortly).join(" · ") : "",
  };
}

/** All jobs of a queue that failed are tried again as one change, which is the queue's. */
function oneOf({ model, objectId }: ChangeRow): string {
  if (model === "jobs" && !objectId.includes("/")) return "queue";
  return recorded.find(({ name }) => name === model)?.one ?? model;
}

/** Of what is gone the history is left. */
function hrefOf({ model, objectId, kind }: ChangeRow, there: ReadonlySet<string>): string | null {
  const href = `/admin/${model}/${objectId}`;
  // Jobs are swept by themselves, and have no history of their own.
  if (!registry.some(({ name }) => name === model)) return kind === "deleted" ? null : href;
  return there.has(`${model}/${objectId}`) ? href : `${href}/history`;
}

function shortly(change: FieldChange): string {
  const { field, before, after } = change;
  if (isLong(change)) return field;
  return `${field}: ${isWord(change) ? after : `${before || "nothing"} → ${after || "nothing"}`}`;
}

/** Of a password nothing is said but that it changed. */
const isWord = ({ before, after }: FieldChange): boolean => before === "" && after === "changed";

const isLong = ({ before, after }: FieldChange): boolean =>
  [before, after].some((text) => text.length > shortText || text.includes("\n"));

/** "3 hours ago", and for whoever must know, the minute. */
const whenOf = (time: Date, now: Date) => ({
  ago: timeAgo(time, now),
  iso: time.toISOString(),
  exact: exactTime(time),
});
