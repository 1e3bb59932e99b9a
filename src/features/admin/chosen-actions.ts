import type { AdminDeps } from "#features/admin/admin-deps.ts";
import type { BulkAction, Key, RegisteredModel, Removal } from "#features/admin/model-admin.ts";
import { keyText } from "#features/admin/object-keys.ts";
import { recordChange } from "#features/admin/record-change.ts";
import { removeObject } from "#features/admin/remove-object.ts";
import type { AdminActor } from "#features/admin/rights.ts";

/** What may be done to rows that somebody chose, deleting them among it. */
export interface ChosenAction {
  name: string;
  label: string;
  isDeletion: boolean;
  /** @param count "3 people" */
  question(count: string): string;
  done(count: string): string;
  /** Before the number of those in which nothing had to change. */
  unchanged: string;
  /** What goes along, in words with their numbers. */
  takesAlong(deps: AdminDeps, keys: readonly Key[]): Promise<readonly string[]>;
  /** Does it to one row and records that; answers whether anything changed. @throws DomainError with a sentence */
  run(deps: AdminDeps, row: ChosenRow): Promise<boolean>;
  /** Once for all of them, when it was done to any. */
  after?(deps: AdminDeps): Promise<void>;
}

export interface ChosenRow {
  key: Key;
  label: string;
}

/** All that this administrator may do to chosen rows of a model. */
export function actionsFor(model: RegisteredModel, actor: AdminActor): ChosenAction[] {
  const actions = (model.actions ?? []).filter(
    ({ right, isForSuperusers }) =>
      actor.may(model.name, right) && (actor.isSuperuser || !isForSuperusers),
  );
  const { remove } = model;
  return [
    ...actions.map((action) => changing(model, actor, action)),
    ...(remove && actor.may(model.name, "delete") ? [deleting(model, actor, remove)] : []),
  ];
}

const deleting = (model: RegisteredModel, actor: AdminActor, remove: Removal): ChosenAction => ({
  name: "delete",
  label: "Delete",
  isDeletion: true,
  question: (count) => `Delete ${count} for good? Nobody can bring back what is deleted.`,
  done: (count) => `${count} deleted.`,
  unchanged: "",
  takesAlong: remove.summary,
  run: async (deps, { key, label }) => {
    await removeObject(deps, { actor, model, key, label });
    return true;
  },
});

const changing = (model: RegisteredModel, actor: AdminActor, action: BulkAction): ChosenAction => ({
  ...action,
  isDeletion: false,
  takesAlong: async () => [],
  run: async (deps, { key, label }) => {
    let isChanged = false;
    await action.run(deps, {
      actor,
      key,
      alongside: async (tx, changes = []) => {
        isChanged = true;
        await recordChange(tx, {
          actor,
          model: model.name,
          objectId: keyText(model, key),
          objectLabel: label,
          kind: "changed",
          changes,
          now: deps.clock(),
        });
      },
    });
    return isChanged;
  },
});
