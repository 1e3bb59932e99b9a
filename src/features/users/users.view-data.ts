import { mediaUrl, photoKey } from "#features/images/storage-keys.ts";
import type { PersonRow } from "#features/users/users.queries.ts";
import { longDate } from "#lib/dates.ts";
import type { Page } from "#lib/pagination.ts";
import { counted, displayName, initialOf } from "#lib/text.ts";

export interface Named {
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

/** A person as their page and a tile in a list of people show them. */
export function personOf(person: PersonRow, viewer: { id: number } | null) {
  const isOwn = viewer?.id === person.id;
  return {
    id: person.id,
    ...personLink(person),
    ...avatarOf(person),
    username: person.username,
    bio: person.bio,
    joined: longDate(person.joinedAt),
    pictures: counted(person.imagesCount, "picture"),
    followers: counted(person.followersCount, "follower"),
    following: counted(person.followingCount, "following", "following"),
    isOwn,
    isHidden: person.isHidden,
    isFollowed: person.isFollowed,
    canBeFollowed: !isOwn && !person.isHidden,
  };
}

/** A page of tiles; `more` is the list's address up to the cursor. */
export const peopleOf = (page: Page<PersonRow>, viewer: { id: number } | null, more: string) => ({
  people: page.rows.map((person) => personOf(person, viewer)),
  moreHref: page.nextCursor ? `${more}${page.nextCursor}` : null,
});
