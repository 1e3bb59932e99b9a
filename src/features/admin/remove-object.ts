import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { describeChanges } from "#features/admin/describe-changes.ts";
import { textColumns, textOf } from "#features/admin/export-rows.ts";
import { fieldsOf } from "#features/admin/form-fields.ts";
import type { Cell, Key, RegisteredModel } from "#features/admin/model-admin.ts";
import { keyText } from "#features/admin/object-keys.ts";
import { findRow } from "#features/admin/object-rows.ts";
import { type FieldChange, recordChange } from "#features/admin/record-change.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { exactTime } from "#lib/dates.ts";
import { NotFound } from "#lib/errors.ts";

/**
 * Removes a row and all that goes with it, and keeps in the history what it was.
 * @throws NotFound when it is gone, Conflict or Forbidden with a sentence when it must stay
 */
export async function removeObject(
  deps: AdminDeps,
  request: { actor: AdminActor; model: RegisteredModel; key: Key; label: string },
): Promise<void> {
  const { actor, model, key, label } = request;
  if (!model.remove) throw new NotFound();
  const changes = await lastValues(deps, request);
  await model.remove.run(deps, {
    actor,
    key,
    alongside: (tx) =>
      recordChange(tx, {
        actor,
        model: model.name,
        objectId: keyText(model, key),
        objectLabel: label,
        kind: "deleted",
        changes,
        now: deps.clock(),
      }),
  });
}

/** Read before the transaction, for in it the row may be gone when the history is written. */
async function lastValues(
  deps: AdminDeps,
  { actor, model, key }: { actor: AdminActor; model: RegisteredModel; key: Key },
): Promise<FieldChange[]> {
  const { form, remove } = model;
  if (remove?.isForgotten) return [];
  if (!form) return lastCells(deps, model, key);
  const before = await form.read(deps.database, key, { hold: false });
  if (!before) return [];
  const { sections } = await fieldsOf(deps, form, { actor, key });
  // Read-only ones too: whose a picture was is in no field that anybody may write.
  const fields = sections.flatMap((section) => section.fields);
  const told = fields.filter(({ kind }) => kind !== "picture" && kind !== "password");
  return describeChanges(deps.database, told, { before, after: null });
}

/** Of what has no form, the line that the list had. */
async function lastCells(
  { database }: AdminDeps,
  model: RegisteredModel,
  key: Key,
): Promise<FieldChange[]> {
  const row = await findRow(database, model, key);
  if (!row) return [];
  return textColumns(model)
    .map(({ label, cell }) => ({ field: label, before: readable(cell(row)), after: "" }))
    .filter(({ before }) => before !== "");
}

const readable = (cell: Cell): string =>
  cell.kind === "time" && cell.time ? exactTime(cell.time) : textOf(cell);
