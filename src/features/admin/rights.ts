import type { Database, Transaction } from "#platform/database.ts";

export const rights = ["view", "add", "change", "delete"] as const;
export type Right = (typeof rights)[number];

/** One thing that may be done to one model: "images view". */
export type Grant = `${string} ${Right}`;

export const grantOf = (model: string, right: Right): Grant => `${model} ${right}`;

/** Somebody in the administrators' pages, with what they may do there. */
export interface AdminActor {
  id: number;
  username: string;
  isSuperuser: boolean;
  may(model: string, right: Right): boolean;
}

/** Superusers may do all, staff what their groups may, together. */
export async function loadActor(
  { database }: { database: Database },
  person: { id: number; username: string; isSuperuser: boolean },
): Promise<AdminActor> {
  const { id, username, isSuperuser } = person;
  if (isSuperuser) return { id, username, isSuperuser, may: () => true };
  const granted = new Set(await listGrants(database, { group: { members: memberIs(id) } }));
  return { id, username, isSuperuser, may: (model, right) => granted.has(grantOf(model, right)) };
}

/**
 * Whether an account may be changed, closed or entered by this administrator. Whoever can set the
 * password of somebody with more rights has these rights, so that is nobody but superusers.
 */
export async function mayManagePerson(
  { database }: { database: Transaction },
  actor: AdminActor,
  personId: number,
): Promise<boolean> {
  if (actor.isSuperuser) return true;
  const where = { id: personId };
  const person = await database.user.findUnique({ where, select: { isSuperuser: true } });
  if (person?.isSuperuser) return false;
  return holdsAll(actor, await listGrants(database, { group: { members: memberIs(personId) } }));
}

/** Whether none of these is beyond what the actor may do. */
export const holdsAll = (actor: AdminActor, grants: readonly Grant[]): boolean =>
  grants.every((grant) => {
    const [model = "", right] = grant.split(" ");
    return actor.may(model, right as Right);
  });

/** What the groups of these rows may, some of it named more than once. */
export async function listGrants(
  tx: Transaction,
  where: { groupId: number } | { group: { members: ReturnType<typeof memberIs> } },
): Promise<Grant[]> {
  const rows = await tx.groupRight.findMany({ where });
  return rows.flatMap(({ model, canView, canAdd, canChange, canDelete }) => {
    const is = { view: canView, add: canAdd, change: canChange, delete: canDelete };
    return rights.filter((right) => is[right]).map((right) => grantOf(model, right));
  });
}

const memberIs = (userId: number) => ({ some: { userId } });
