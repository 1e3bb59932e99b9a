import { NotFound } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";

/** An active person with their profile. @throws NotFound */
export async function getPerson({ database }: { database: Database }, username: string) {
  const person = await database.user.findUnique({
    where: { username },
    select: {
      id: true,
      username: true,
      firstName: true,
      lastName: true,
      isActive: true,
      joinedAt: true,
      profile: {
        select: { bio: true, followersCount: true, followingCount: true, imagesCount: true },
      },
    },
  });
  if (!person?.isActive) throw new NotFound("There is nobody by this name here.");
  return person;
}

export type VisiblePerson = Awaited<ReturnType<typeof getPerson>>;
