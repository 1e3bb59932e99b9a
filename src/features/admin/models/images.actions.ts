import type { BulkAction, Key, Removal } from "#features/admin/model-admin.ts";
import { changesOfRecount } from "#features/admin/models/recount-changes.ts";
import { recountImage } from "#features/images/recount-images.ts";
import { removeImage } from "#features/images/remove-image.ts";
import { counted } from "#lib/text.ts";

const idOf = (key: Key) => key as { id: number };

export const imagesRemoval: Removal = {
  summary: async ({ database }, keys) => {
    const ids = keys.map((key) => idOf(key).id);
    const [likes, actions] = await Promise.all([
      database.like.count({ where: { imageId: { in: ids } } }),
      database.action.count({ where: { targetType: "image", targetId: { in: ids } } }),
    ]);
    return [
      ...(likes > 0 ? [counted(likes, "like")] : []),
      ...(actions > 0 ? [counted(actions, "action in feeds", "actions in feeds")] : []),
      "the files, unless somebody else saved the same picture",
    ];
  },
  run: (deps, { key, alongside }) => removeImage(deps, { image: idOf(key), alongside }),
};

export const recountImages: BulkAction = {
  name: "recount",
  label: "Recount",
  right: "change",
  question: (pictures) => `Recount the likes and views of ${pictures}?`,
  done: (pictures) => `Numbers of ${pictures} put right.`,
  unchanged: "Numbers right already",
  run: async (deps, { key, alongside }) => {
    await recountImage(deps, {
      image: idOf(key),
      alongside: (tx, found) => alongside(tx, changesOfRecount(found)),
    });
  },
  // A ranking may be kept elsewhere, made of the numbers that were wrong.
  after: ({ viewCounters }) => viewCounters.refill(),
};
