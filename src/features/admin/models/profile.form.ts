import { z } from "zod";
import { profileSchema } from "#features/account/settings.schemas.ts";
import type { Field, Values } from "#features/admin/model-admin.ts";
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
export const profileRules = (now: Date) => ({
  ...profileSchema(now, { email: "" }).pick({ dateOfBirth: true, bio: true }).shape,
  hasPhoto: z.boolean().default(false),
});

export const profileChangeOf = (input: {
  dateOfBirth: Date | null;
  bio: string;
  hasPhoto: boolean;
}): ProfileChange => ({
  dateOfBirth: input.dateOfBirth,
  bio: input.bio,
  keepsPhoto: input.hasPhoto,
});
