import { recordActivity } from "#features/activity/record-activity.ts";
import { moveFollowCounts } from "#features/users/move-counters.ts";
import { holdPeople } from "#features/users/users.access.ts";
import { Invalid, NotFound } from "#lib/errors.ts";
import type { Database, Transaction } from "#platform/database.ts";

interface FollowRequest {
  actor: { id: number };
  person: { id: number };
}

/**
 * Answers how many follow the person now. Following twice is following once.
 * @throws Invalid for oneself, and NotFound
 */
export async function followPerson(
  { database, clock }: { database: Database; clock: () => Date },
  { actor, person }: FollowRequest,
): Promise<number> {
  const now = clock();
  return database.$transaction(
    async (tx) => (await addFollow(tx, { actor, person, now })) ?? followersOf(tx, person.id),
  );
}

/** The same in a transaction of the caller's; answers null for whoever follows them already. */
export async function addFollow(
  tx: Transaction,
  { actor, person, now }: FollowRequest & { now: Date },
): Promise<number | null> {
  refuseOneself({ actor, person });
  await holdPeople(tx, [actor.id, person.id]);
  // The key makes a double click a no-op; the counters move only with a new row.
  const added = await tx.$executeRaw`
    insert into contacts (from_id, to_id, created_at)
    values (${actor.id}, ${person.id}, ${now})
    on conflict do nothing`;
  if (added === 0) return null;
  const followers = await moveFollowCounts(tx, { fromId: actor.id, toId: person.id }, 1);
  await recordActivity(tx, {
    actorId: actor.id,
    verb: "user_followed",
    target: { type: "user", id: person.id },
    now,
  });
  return followers;
}

/** Answers how many follow the person now. @throws Invalid for oneself, and NotFound */
export async function unfollowPerson(
  { database }: { database: Database },
  { actor, person }: FollowRequest,
): Promise<number> {
  refuseOneself({ actor, person });
  return database.$transaction(async (tx) => {
    await holdPeople(tx, [actor.id, person.id]);
    return (await endFollow(tx, { actor, person })) ?? followersOf(tx, person.id);
  });
}

/**
 * The same for anybody who follows anybody, deactivated people too, by those who may: the caller
 * has asked. @param alongside what else that transaction does
 * @throws NotFound
 */
export async function removeFollow(
  { database }: { database: Database },
  request: FollowRequest & { alongside: (tx: Transaction) => Promise<void> },
): Promise<void> {
  const { actor, person, alongside } = request;
  await database.$transaction(async (tx) => {
    await holdPeople(tx, [actor.id, person.id], { hidden: true });
    if ((await endFollow(tx, request)) === null) throw new NotFound();
    await alongside(tx);
  });
}

/** Answers how many follow the person now, or null where nobody stopped to. */
async function endFollow(tx: Transaction, { actor, person }: FollowRequest) {
  const contact = { fromId: actor.id, toId: person.id };
  const { count } = await tx.contact.deleteMany({ where: contact });
  return count === 0 ? null : moveFollowCounts(tx, contact, -1);
}

function refuseOneself({ actor, person }: FollowRequest): void {
  if (actor.id === person.id) {
    throw new Invalid({ person: "This is you, and nobody follows themselves." }, "own_profile");
  }
}

async function followersOf(tx: Transaction, id: number): Promise<number> {
  const { followersCount } = await tx.profile.findUniqueOrThrow({
    where: { userId: id },
    select: { followersCount: true },
  });
  return followersCount;
}
