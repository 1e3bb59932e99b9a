import type { VisiblePerson } from "#features/users/users.access.ts";
import { longDate } from "#lib/dates.ts";
import { counted, displayName, initialOf } from "#lib/text.ts";

export function personOf(person: VisiblePerson) {
  const name = displayName(person);
  return {
    name,
    username: person.username,
    initial: initialOf(name),
    bio: person.profile?.bio ?? "",
    joined: longDate(person.joinedAt),
    pictures: counted(person.profile?.imagesCount ?? 0, "picture"),
    followers: counted(person.profile?.followersCount ?? 0, "follower"),
    following: `${person.profile?.followingCount ?? 0} following`,
  };
}
