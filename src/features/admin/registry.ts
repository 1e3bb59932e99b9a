import type { RegisteredModel } from "#features/admin/model-admin.ts";
import { actionsAdmin } from "#features/admin/models/actions.admin.ts";
import { contactsAdmin } from "#features/admin/models/contacts.admin.ts";
import { defineGroups } from "#features/admin/models/groups.admin.ts";
import { imagesAdmin } from "#features/admin/models/images.admin.ts";
import { likesAdmin } from "#features/admin/models/likes.admin.ts";
import { profilesAdmin } from "#features/admin/models/profiles.admin.ts";
import { sessionsAdmin } from "#features/admin/models/sessions.admin.ts";
import { usersAdmin } from "#features/admin/models/users.admin.ts";
import { NotFound } from "#lib/errors.ts";

const models: readonly RegisteredModel[] = [
  usersAdmin,
  profilesAdmin,
  imagesAdmin,
  likesAdmin,
  contactsAdmin,
  actionsAdmin,
  sessionsAdmin,
];

/** Every model that is managed, in the order in which the pages name them. */
export const registry: readonly RegisteredModel[] = [...models, defineGroups(models)];

/** @throws NotFound */
export function modelNamed(name: string | undefined): RegisteredModel {
  const model = registry.find((each) => each.name === name);
  if (!model) throw new NotFound();
  return model;
}
