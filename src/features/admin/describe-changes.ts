import { isSameValue } from "#features/admin/form-fields.ts";
import type { Field, Values } from "#features/admin/model-admin.ts";
import { parseKey } from "#features/admin/object-keys.ts";
import { findRow, nameOf } from "#features/admin/object-rows.ts";
import type { FieldChange } from "#features/admin/record-change.ts";
import { modelNamed } from "#features/admin/registry.ts";
import { longDate } from "#lib/dates.ts";
import { capitalised } from "#lib/text.ts";
import type { Transaction } from "#platform/database.ts";

/** Each field that differs, in the words of the form. @param before null for a new one, after when it goes */
export async function describeChanges(
  tx: Transaction,
  fields: readonly Field[],
  { before, after }: { before: Values | null; after: Values | null },
): Promise<FieldChange[]> {
  const changes: FieldChange[] = [];
  for (const field of fields) {
    const was = before?.[field.name];
    const is = after?.[field.name];
    if (before && after ? isSameValue(was, is) : !(was || is)) continue;
    changes.push({
      ...namedOf(field),
      before: before ? await asRead(tx, field, was) : "",
      after: after ? await asRead(tx, field, is) : "",
    });
  }
  return changes;
}

/** Out of its section nothing tells that a box stands for a group. */
const namedOf = ({ label, names, isOfRow }: Field): Pick<FieldChange, "field" | "names"> => ({
  field: names && isOfRow ? `${capitalised(modelNamed(names).one)} ${label}` : label,
  ...(names && { names }),
});

/** A value as people read it. */
export async function asRead(
  tx: Transaction,
  field: Field,
  value: string | boolean = "",
): Promise<string> {
  if (field.kind === "checkbox") return value ? "Yes" : "No";
  const text = String(value);
  if (text === "") return "";
  if (field.kind === "date" && /^\d{4}-\d\d-\d\d$/.test(text)) return longDate(new Date(text));
  if (field.kind === "relation") {
    const model = modelNamed(field.to);
    const row = await findRow(tx, model, parseKey(tx, model, text));
    return row ? nameOf(model, row) : text;
  }
  return text;
}
