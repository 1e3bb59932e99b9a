import { numberCell, photoCell, textCell, timeCell, yesCell } from "#features/admin/cells.ts";
import { column, defineModel, type Key } from "#features/admin/model-admin.ts";
import { usersActions } from "#features/admin/models/users.actions.ts";
import { usersForm } from "#features/admin/models/users.form.ts";
import { usersRemoval } from "#features/admin/models/users.removal.ts";
import { findManagedPeople } from "#features/admin/rights.ts";
import { personLink } from "#features/users/users.view-data.ts";
import { Prisma } from "#prisma/generated/client.ts";

const select = {
  id: true,
  username: true,
  firstName: true,
  lastName: true,
  email: true,
  isActive: true,
  isStaff: true,
  isSuperuser: true,
  joinedAt: true,
  lastSignInAt: true,
  profile: { select: { photo: true, imagesCount: true } },
} satisfies Prisma.UserSelect;

type Row = Prisma.UserGetPayload<{ select: typeof select }>;

const id = { sql: column("id"), type: "int4" } as const;

export const usersAdmin = defineModel<Row>({
  name: "users",
  model: "User",
  one: "person",
  many: "people",
  key: ["id"],
  historyWith: "profiles",
  select,
  label: (row) => row.username,
  note: (row) => (row.isActive ? null : "deactivated"),
  pickedBy: "username",
  managed: async (database, actor, keys) => {
    const personOf = (key: Key) => Number(key["id"]);
    const managed = await findManagedPeople({ database }, actor, keys.map(personOf));
    return keys.filter((key) => managed.has(personOf(key)));
  },
  pageOf: (row) => personLink(row).href,
  columns: [
    {
      name: "photo",
      label: "",
      cell: (row) => photoCell({ ...row, photo: row.profile?.photo ?? null }),
    },
    {
      name: "username",
      label: "Username",
      sort: "username",
      cell: (row) => textCell(row.username),
    },
    {
      name: "name",
      label: "Name",
      cell: (row) => textCell(`${row.firstName} ${row.lastName}`.trim()),
    },
    { name: "email", label: "E-mail", sort: "email", cell: (row) => textCell(row.email) },
    {
      name: "active",
      label: "Active",
      needsRoom: "much",
      cell: (row) => yesCell(row.isActive),
    },
    { name: "staff", label: "Staff", cell: (row) => yesCell(row.isStaff) },
    {
      name: "superuser",
      label: "Superuser",
      needsRoom: "much",
      cell: (row) => yesCell(row.isSuperuser),
    },
    { name: "joined", label: "Joined", sort: "joined", cell: (row) => timeCell(row.joinedAt) },
    {
      name: "lastSignIn",
      label: "Last sign-in",
      sort: "lastSignIn",
      cell: (row) => timeCell(row.lastSignInAt),
    },
    {
      name: "pictures",
      label: "Pictures",
      needsRoom: "much",
      cell: (row) => numberCell(row.profile?.imagesCount ?? 0),
    },
  ],
  sorts: {
    joined: [{ sql: column("joined_at"), type: "timestamptz" }, id],
    username: [{ sql: column("username"), type: "citext" }],
    email: [{ sql: column("email"), type: "citext" }],
    lastSignIn: [
      {
        sql: Prisma.sql`coalesce(t.last_sign_in_at, '-infinity'::timestamptz)`,
        type: "timestamptz",
      },
      id,
    ],
  },
  defaultSort: "-joined",
  filters: [
    { kind: "field", name: "active", label: "Active", field: "isActive" },
    { kind: "field", name: "staff", label: "Staff", field: "isStaff" },
    { kind: "field", name: "superuser", label: "Superuser", field: "isSuperuser" },
    {
      kind: "choice",
      name: "address",
      label: "Address",
      choices: [
        {
          value: "confirmed",
          label: "Confirmed",
          where: Prisma.sql`t.email_confirmed_at is not null`,
        },
        { value: "open", label: "Not confirmed", where: Prisma.sql`t.email_confirmed_at is null` },
      ],
    },
    { kind: "field", name: "joined", label: "Joined", field: "joinedAt" },
    { kind: "field", name: "lastSignIn", label: "Last sign-in", field: "lastSignInAt" },
    {
      kind: "through",
      name: "group",
      label: "Group",
      to: "groups",
      where: (group) => Prisma.sql`
        exists (select 1 from group_members where group_id = ${group} and user_id = t.id)`,
    },
  ],
  search: {
    hint: "Name or e-mail address",
    text: Prisma.sql`(t.username::text || ' ' || t.email::text || ' ' || t.first_name || ' ' || t.last_name)`,
  },
  form: usersForm,
  remove: usersRemoval,
  actions: usersActions,
  related: ({ id }) => [
    { label: "Pictures", href: `/admin/images?owner=${id}` },
    { label: "Likes", href: `/admin/likes?person=${id}` },
    { label: "Following", href: `/admin/contacts?from=${id}` },
    { label: "Followers", href: `/admin/contacts?to=${id}` },
    { label: "Actions", href: `/admin/actions?person=${id}` },
    { label: "Sessions", href: `/admin/sessions?person=${id}` },
  ],
});
