import { z } from "zod";
import { numberCell, personCell, photoCell, textCell } from "#features/admin/cells.ts";
import { requireManaged } from "#features/admin/manage-person.ts";
import { column, defineModel, type Key } from "#features/admin/model-admin.ts";
import {
  profileChangeOf,
  profileFields,
  profileRules,
  profileValues,
} from "#features/admin/models/profile.form.ts";
import { findManagedPeople } from "#features/admin/rights.ts";
import { changeProfile } from "#features/users/change-person.ts";
import { holdPerson } from "#features/users/users.access.ts";
import { personLink } from "#features/users/users.view-data.ts";
import { Prisma } from "#prisma/generated/client.ts";

const select = {
  userId: true,
  bio: true,
  photo: true,
  followersCount: true,
  followingCount: true,
  imagesCount: true,
  user: { select: { id: true, username: true, firstName: true, lastName: true } },
} satisfies Prisma.ProfileSelect;

type Row = Prisma.ProfileGetPayload<{ select: typeof select }>;

const userId = { sql: column("user_id"), type: "int4" } as const;
const username = {
  sql: Prisma.sql`u.username`,
  type: "citext",
  join: Prisma.sql`join users u on u.id = t.user_id`,
} as const;

export const profilesAdmin = defineModel<Row>({
  name: "profiles",
  model: "Profile",
  one: "profile",
  many: "profiles",
  key: ["userId"],
  historyWith: "users",
  select,
  label: (row) => row.user.username,
  pageOf: (row) => personLink(row.user).href,
  managed: async (database, actor, keys) => {
    const personOf = (key: Key) => Number(key["userId"]);
    const managed = await findManagedPeople({ database }, actor, keys.map(personOf));
    return keys.filter((key) => managed.has(personOf(key)));
  },
  columns: [
    { name: "photo", label: "", cell: (row) => photoCell({ ...row.user, photo: row.photo }) },
    { name: "person", label: "Person", sort: "person", cell: (row) => personCell(row.user) },
    {
      name: "bio",
      label: "About them",
      cell: (row) => textCell(beginningOf(row.bio)),
      whole: (row) => row.bio,
    },
    {
      name: "followers",
      label: "Followers",
      sort: "followers",
      cell: (row) => numberCell(row.followersCount),
    },
    { name: "following", label: "Following", cell: (row) => numberCell(row.followingCount) },
    { name: "pictures", label: "Pictures", cell: (row) => numberCell(row.imagesCount) },
  ],
  sorts: {
    person: [username],
    added: [userId],
    followers: [{ sql: column("followers_count"), type: "int4" }, userId],
  },
  defaultSort: "-added",
  filters: [
    {
      kind: "choice",
      name: "photo",
      label: "Photo",
      choices: [
        { value: "yes", label: "With a photo", where: Prisma.sql`t.photo is not null` },
        { value: "no", label: "Without", where: Prisma.sql`t.photo is null` },
      ],
    },
  ],
  search: { hint: "Username or name", people: ["userId"] },
  form: {
    sections: async () => [
      {
        title: "Profile",
        fields: [{ name: "person", label: "Person", kind: "shown" }, ...profileFields],
      },
    ],
    read: async (tx, key, { hold }) => {
      const { userId } = key as { userId: number };
      if (hold && !(await holdPerson(tx, userId, hold))) return null;
      const profile = await tx.profile.findUnique({ where: { userId }, include: { user: true } });
      return profile && { person: profile.user.username, ...profileValues(profile.user, profile) };
    },
    schema: ({ now }) => z.object(profileRules(now)),
    change: async (tx, deps, { actor, key, input }) => {
      const { userId: id } = key as { userId: number };
      await requireManaged(tx, actor, id);
      await changeProfile(tx, deps, { person: { id }, input: profileChangeOf(input) });
    },
  },
});

/** Of a long text what a line of a list holds. */
const beginningOf = (text: string): string =>
  text.length > 80 ? `${[...text].slice(0, 79).join("")}…` : text;
