import type { Key, Values } from "#features/admin/model-admin.ts";
import { membershipValues } from "#features/admin/models/memberships.form.ts";
import { profileValues } from "#features/admin/models/profile.form.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { holdPerson } from "#features/users/users.access.ts";
import { exactTime } from "#lib/dates.ts";
import type { Transaction } from "#platform/database.ts";

interface PersonValues {
  username: string;
  email: string;
  isEmailConfirmed: boolean;
  firstName: string;
  lastName: string;
  isActive: boolean;
  isStaff: boolean;
  isSuperuser: boolean;
  joinedAt: Date;
  lastSignInAt: Date | null;
  hasSecondFactor: boolean;
  photo: string | null;
  dateOfBirth: Date | null;
  bio: string;
  imagesCount: number;
  followersCount: number;
  followingCount: number;
  /** All groups there are, and those they are in. */
  groups: number[];
  theirGroups: number[];
}

/** A person's account, groups and profile as their form has them; null when they are gone. */
export async function readPerson(
  tx: Transaction,
  key: Key,
  { hold }: { hold: AdminActor | false },
): Promise<Values | null> {
  const { id } = key as { id: number };
  if (hold && !(await holdPerson(tx, id, hold))) return null;
  // One statement: Prisma would send one for each relation, all at once, which a transaction cannot.
  const [person] = await tx.$queryRaw<PersonValues[]>`
    select u.username::text, u.email::text, u.email_confirmed_at is not null as "isEmailConfirmed",
      u.first_name as "firstName", u.last_name as "lastName", u.is_active as "isActive",
      u.is_staff as "isStaff", u.is_superuser as "isSuperuser", u.joined_at as "joinedAt",
      u.last_sign_in_at as "lastSignInAt",
      exists (select 1 from authenticators where user_id = u.id)
        or exists (select 1 from passkeys where user_id = u.id) as "hasSecondFactor",
      p.photo, p.date_of_birth as "dateOfBirth", p.bio, p.images_count as "imagesCount",
      p.followers_count as "followersCount", p.following_count as "followingCount",
      array(select id from groups order by id) as groups,
      array(select group_id from group_members where user_id = u.id) as "theirGroups"
    from users u join profiles p on p.user_id = u.id where u.id = ${id}`;
  return person ? valuesOf(person) : null;
}

function valuesOf(person: PersonValues): Values {
  const { username, email, isEmailConfirmed, firstName, lastName } = person;
  const { isActive, isStaff, isSuperuser, groups, theirGroups } = person;
  return {
    ...{ username, email, isEmailConfirmed, firstName, lastName },
    ...{ isActive, isStaff, isSuperuser },
    ...membershipValues(groups, theirGroups),
    ...profileValues(person, person),
    joined: exactTime(person.joinedAt),
    lastSignIn: person.lastSignInAt ? exactTime(person.lastSignInAt) : "Never",
    secondFactor: person.hasSecondFactor ? "On" : "Off",
    pictures: String(person.imagesCount),
    followers: String(person.followersCount),
    following: String(person.followingCount),
  };
}
