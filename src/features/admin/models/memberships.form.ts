import { refusalOfGroup, refusalOfOwnGroups } from "#features/admin/change-memberships.ts";
import type { Key, Section, Values } from "#features/admin/model-admin.ts";
import { type AdminActor, grantsIn } from "#features/admin/rights.ts";
import type { Database } from "#platform/database.ts";

// The part of a person's form that says which groups they are in.

/** A box for each group; to those who may not view groups there are none. @param person null for a new one */
export async function membershipsSection(
  database: Database,
  actor: AdminActor,
  person: Key | null,
): Promise<Section> {
  const ofOneself = person && refusalOfOwnGroups(actor, Number(person["id"]));
  const groups = actor.may("groups", "view")
    ? await database.group.findMany({ orderBy: { name: "asc" }, include: { rights: true } })
    : [];
  return {
    title: "Groups",
    fields: groups.map(({ id, name, rights }) => ({
      name: `group-${id}`,
      label: name,
      kind: "checkbox",
      names: "groups",
      isOfRow: true,
      ...withheldBy(ofOneself ?? refusalOfGroup(actor, grantsIn(rights))),
    })),
  };
}

const withheldBy = (withheld: string | null) => (withheld === null ? {} : { withheld });

/** @param groups all there are */
export const membershipValues = (groups: readonly number[], theirs: readonly number[]): Values =>
  Object.fromEntries(groups.map((id) => [`group-${id}`, theirs.includes(id)]));

/** By the ids of the groups that a form was about. */
export const membershipsIn = (
  input: Readonly<Record<string, unknown>>,
): ReadonlyMap<number, boolean> =>
  new Map(
    Object.entries(input).flatMap(([name, value]) => {
      const id = /^group-(\d{1,10})$/.exec(name)?.[1];
      return id ? [[Number(id), value === true] as const] : [];
    }),
  );
