import type { Database } from "#platform/database.ts";
import type { ActionVerb } from "#prisma/generated/enums.ts";

export interface Done {
  by: number;
  verb: ActionVerb;
  target: number;
  at: Date;
}

/** Deeds as they were recorded, at dates of their own. */
export async function createDeeds(database: Database, deeds: Done[]): Promise<void> {
  await database.action.createMany({
    data: deeds.map(({ by, verb, target, at }) => ({
      userId: by,
      verb,
      targetType: verb.startsWith("image_") ? ("image" as const) : ("user" as const),
      targetId: target,
      createdAt: at,
    })),
  });
}

/** Rows of the follow table only; their counters stay. */
export async function createContacts(
  database: Database,
  fromId: number,
  toIds: number[],
): Promise<void> {
  await database.contact.createMany({ data: toIds.map((toId) => ({ fromId, toId })) });
}

/** People in the database who cannot sign in. */
export async function createPeopleRows(
  database: Database,
  count: number,
  name = "somebody",
): Promise<number[]> {
  const people = await database.user.createManyAndReturn({
    select: { id: true },
    data: Array.from({ length: count }, (_, index) => ({
      username: `${name}_${index}`,
      email: `${name}_${index}@example.org`,
    })),
  });
  await database.profile.createMany({ data: people.map(({ id }) => ({ userId: id })) });
  return people.map(({ id }) => id);
}
