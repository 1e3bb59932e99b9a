import { z } from "zod";
import { profileSchema } from "#features/account/settings.schemas.ts";
import type { Field, Section, Values } from "#features/admin/model-admin.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import type { ProfileChange } from "#features/users/change-person.ts";
import { avatarOf, type Named } from "#features/users/users.view-data.ts";
import type { Profile } from "#prisma/generated/client.ts";

// Of the form of a profile, and of the part of a person's that is theirs.

export const profileFields: readonly Field[] = [
  { name: "photo", label: "Photo", kind: "picture", only: "old" },
  {
    name: "hasPhoto",
    label: "Has a photo",
    kind: "checkbox",
    hint: "Take the tick away to remove it.",
    only: "old",
    isOnlyUnticked: true,
  },
  { name: "dateOfBirth", label: "Date of birth", kind: "date", optional: true },
  { name: "bio", label: "About them", kind: "textarea", maxlength: 2000, optional: true },
];

/** In a person's form, for those who may view profiles; in that of a new one to be filled in or not there. */
export const profileSection = (actor: AdminActor, { isNew }: { isNew: boolean }): Section => ({
  title: "Profile",
  fields: actor.may("profiles", isNew ? "change" : "view")
    ? profileFields.map((field) => ({ ...field, needs: "profiles change", names: "profiles" }))
    : [],
});

export const profileValues = (
  person: Named,
  profile: Pick<Profile, "photo" | "dateOfBirth" | "bio">,
): Values => ({
  photo: avatarOf({ ...person, photo: profile.photo }).photo?.large ?? "",
  hasPhoto: profile.photo !== null,
  dateOfBirth: profile.dateOfBirth?.toISOString().slice(0, 10) ?? "",
  bio: profile.bio,
});

/** By the rules of a person's own settings. */
export function profileRules(now: Date) {
  const { dateOfBirth, bio } = profileSchema(now, { email: "" }).shape;
  return {
    dateOfBirth: dateOfBirth.prefault(""),
    bio: bio.prefault(""),
    hasPhoto: z.boolean().default(false),
  };
}

export const profileChangeOf = (input: {
  dateOfBirth: Date | null;
  bio: string;
  hasPhoto: boolean;
}): ProfileChange => ({
  dateOfBirth: input.dateOfBirth,
  bio: input.bio,
  keepsPhoto: input.hasPhoto,
});
