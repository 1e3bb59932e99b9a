import type { RegisteredModel } from "#features/admin/model-admin.ts";
import { imagesAdmin } from "#features/admin/models/images.admin.ts";
import { NotFound } from "#lib/errors.ts";

/** Every model that is managed, in the order in which the pages name them. */
export const registry: readonly RegisteredModel[] = [imagesAdmin];

/** @throws NotFound */
export function modelNamed(name: string | undefined): RegisteredModel {
  const model = registry.find((each) => each.name === name);
  if (!model) throw new NotFound();
  return model;
}
