import { recordActivity } from "#features/activity/record-activity.ts";
import { moveFollowCounts } from "#features/users/move-counters.ts";
import { holdPeople } from "#features/users/users.access.ts";
import { Invalid } from "#lib/errors.ts";
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
  refuseOneself({ actor, person });
  const now = clock();
  return database.$transaction(async (tx) => {
    await holdPeople(tx, [actor.id, person.id]);
    // The key makes a double click a no-op; the counters move only with a new row.
    const added = await tx.$executeRaw`
      insert into contacts (from_id, to_id, created_at)
      values (${actor.id}, ${person.id}, ${now})
      on conflict do nothing`;
    if (added === 0) return followersOf(tx, person.id);
    const followers = await moveFollowCounts(tx, { fromId: actor.id, toId: person.id }, 1);
    await recordActivity(tx, {
      actorId: actor.id,
      verb: "user_followed",
      target: { type: "user", id: person.id },
      now,
    });
    return followers;
  });
}

/** Answers how many follow the person now. @throws Invalid for oneself, and NotFound */
export async function unfollowPerson(
  { database }: { database: Database },
  { actor, person }: FollowRequest,
): Promise<number> {
  refuseOneself({ actor, person });
  return database.$transaction(async (tx) => {
    await holdPeople(tx, [actor.id, person.id]);
    const contact = { fromId: actor.id, toId: person.id };
    const { count } = await tx.contact.deleteMany({ where: contact });
    return count === 0 ? followersOf(tx, person.id) : moveFollowCounts(tx, contact, -1);
  });
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
