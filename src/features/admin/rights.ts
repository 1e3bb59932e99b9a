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
  /** Of their sign-in on this device. */
  sessionId?: string | undefined;
  may(model: string, right: Right): boolean;
}

/** Superusers may do all, staff what their groups may, together. */
export async function loadActor(
  { database }: { database: Database },
  person: Omit<AdminActor, "may">,
): Promise<AdminActor> {
  const { id, username, isSuperuser, sessionId } = person;
  const actor = { id, username, isSuperuser, sessionId };
  if (isSuperuser) return { ...actor, may: () => true };
  const where = { group: { members: { some: { userId: id } } } };
  const granted = new Set(grantsIn(await database.groupRight.findMany({ where })));
  return { ...actor, may: (model, right) => granted.has(grantOf(model, right)) };
}

/** The same with the rights of this moment, or null for whoever is no administrator any more. */
export async function reloadActor(
  deps: { database: Database },
  { id, sessionId }: Pick<AdminActor, "id" | "sessionId">,
): Promise<AdminActor | null> {
  const person = await deps.database.user.findUnique({
    where: { id, isActive: true, OR: [{ isStaff: true }, { isSuperuser: true }] },
    select: { id: true, username: true, isSuperuser: true },
  });
  return person && loadActor(deps, { ...person, sessionId });
}

/**
 * Those of these accounts that this administrator may change, close or enter. Whoever can set the
 * password of somebody with more rights has these rights, so that is nobody but superusers.
 */
export async function findManagedPeople(
  { database }: { database: Transaction },
  actor: AdminActor,
  personIds: readonly number[],
): Promise<ReadonlySet<number>> {
  if (actor.isSuperuser) return new Set(personIds);
  const superusers = await database.user.findMany({
    where: { id: { in: [...personIds] }, isSuperuser: true },
    select: { id: true },
  });
  const given = await database.$queryRaw<(RightsRow & { userId: number })[]>`
    select m.user_id as "userId", r.model, r.can_view as "canView", r.can_add as "canAdd",
      r.can_change as "canChange", r.can_delete as "canDelete"
    from group_members m join group_rights r on r.group_id = m.group_id
    where m.user_id = any(${[...personIds]}::int[])`;
  const beyond = given.filter((row) => !holdsAll(actor, grantsIn([row])));
  const others = new Set([...superusers.map(({ id }) => id), ...beyond.map((row) => row.userId)]);
  return new Set(personIds.filter((id) => !others.has(id)));
}

/** The same for one. */
export async function mayManagePerson(
  deps: { database: Transaction },
  actor: AdminActor,
  personId: number,
): Promise<boolean> {
  return (await findManagedPeople(deps, actor, [personId])).has(personId);
}

/** Whether none of these is beyond what the actor may do. */
export const holdsAll = (actor: AdminActor, grants: readonly Grant[]): boolean =>
  grants.every((grant) => {
    const [model = "", right] = grant.split(" ");
    return actor.may(model, right as Right);
  });

interface RightsRow {
  model: string;
  canView: boolean;
  canAdd: boolean;
  canChange: boolean;
  canDelete: boolean;
}

/** What these rows give, some of it named more than once. */
export const grantsIn = (rows: readonly RightsRow[]): Grant[] =>
  rows.flatMap(({ model, canView, canAdd, canChange, canDelete }) => {
    const is = { view: canView, add: canAdd, change: canChange, delete: canDelete };
    return rights.filter((right) => is[right]).map((right) => grantOf(model, right));
  });

/** What one group may. */
export const listGrants = async (tx: Transaction, groupId: number): Promise<Grant[]> =>
  grantsIn(await tx.groupRight.findMany({ where: { groupId } }));
