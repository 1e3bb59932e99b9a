import type { Key, Section } from "#features/admin/model-admin.ts";
import { membershipsSection } from "#features/admin/models/memberships.form.ts";
import { profileSection } from "#features/admin/models/profile.form.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import type { Database } from "#platform/database.ts";

/** What the form of a person asks and shows. */
export async function usersSections(
  database: Database,
  actor: AdminActor,
  key: Key | null,
): Promise<readonly Section[]> {
  // Whoever shuts themselves out has nobody to ask; their settings ask for the password they have.
  const fromOneself = (withheld: string) => (key?.["id"] === actor.id ? { withheld } : {});
  const status = fromOneself("This is your own account, so somebody else has to change that.");
  return [
    {
      title: "Account",
      fields: [
        { name: "username", label: "Username", kind: "text", maxlength: 50 },
        {
          name: "email",
          label: "E-mail address",
          kind: "email",
          maxlength: 254,
          ...fromOneself("Change your own address in your settings, which ask for your password."),
        },
        {
          name: "isEmailConfirmed",
          label: "The address is confirmed",
          kind: "checkbox",
          hint: "Another address is asked by mail whether it is theirs.",
          ...fromOneself("Confirm your own address by the link that is mailed to it."),
        },
        { name: "firstName", label: "First name", kind: "text", maxlength: 150, optional: true },
        { name: "lastName", label: "Last name", kind: "text", maxlength: 150, optional: true },
        { name: "password", label: "Password", kind: "password", maxlength: 128, only: "new" },
        {
          name: "password",
          label: "New password",
          kind: "password",
          maxlength: 128,
          only: "old",
          optional: true,
          hint: "Signs them out everywhere. Leave it empty to keep the one they have.",
          ...fromOneself("Change your own password in your settings, which ask for the old one."),
        },
      ],
    },
    {
      title: "Status",
      fields: [
        {
          name: "isActive",
          label: "Active",
          kind: "checkbox",
          only: "old",
          hint: "Without it they are signed out, and all that is theirs is hidden.",
          ...status,
        },
        {
          name: "isStaff",
          label: "Staff",
          kind: "checkbox",
          isForSuperusers: true,
          hint: "Gets in here, and does what their groups may.",
          ...status,
        },
        {
          name: "isSuperuser",
          label: "Superuser",
          kind: "checkbox",
          isForSuperusers: true,
          hint: "May do everything.",
          ...status,
        },
      ],
    },
    await membershipsSection(database, actor, key),
    profileSection(actor, { isNew: key === null }),
    {
      title: "Numbers",
      fields: [
        { name: "joined", label: "Joined", kind: "shown", only: "old" },
        { name: "lastSignIn", label: "Last sign-in", kind: "shown", only: "old" },
        { name: "secondFactor", label: "Second factor", kind: "shown", only: "old" },
        { name: "pictures", label: "Pictures", kind: "shown", only: "old" },
        { name: "followers", label: "Followers", kind: "shown", only: "old" },
        { name: "following", label: "Following", kind: "shown", only: "old" },
      ],
    },
  ];
}
