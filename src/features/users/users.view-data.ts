import { mediaUrl, photoKey } from "#features/images/storage-keys.ts";
import type { VisiblePerson } from "#features/users/users.access.ts";
import { longDate } from "#lib/dates.ts";
import { counted, displayName, initialOf } from "#lib/text.ts";

interface Named {
  username: string;
  firstName: string;
  lastName: string;
}

export interface PersonLink {
  name: string;
  href: string;
}

export const personLink = (person: Named): PersonLink => ({
  name: displayName(person),
  href: `/users/${person.username}`,
});

/** A photo, or the letter that is drawn where there is none. */
export interface Avatar {
  initial: string;
  photo: { src: string; large: string } | null;
}

export const avatarOf = (person: Named & { photo: string | null }): Avatar => ({
  initial: initialOf(displayName(person)),
  photo:
    person.photo === null
      ? null
      : {
          src: mediaUrl(photoKey(person.photo, 96)),
          large: mediaUrl(photoKey(person.photo, 320)),
        },
});

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
