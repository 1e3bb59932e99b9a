import { createHash } from "node:crypto";
import type { Field, Form, Key, Section, Values } from "#features/admin/model-admin.ts";
import { keyOf, keyText } from "#features/admin/object-keys.ts";
import { findTyped } from "#features/admin/pick.queries.ts";
import { modelNamed } from "#features/admin/registry.ts";
import { type AdminActor, holdsAll } from "#features/admin/rights.ts";
import type { Database } from "#platform/database.ts";

/** A form as one administrator meets it. */
export interface FormFields {
  sections: readonly Section[];
  /** What a row keeps of it; pictures and read-only fields are there to be looked at. */
  kept: readonly Field[];
  /** What this administrator may write. */
  editable: readonly Field[];
}

/** What somebody typed, as text, and what it means: of a relation the key of the row it names. */
export interface Typed {
  texts: Values;
  values: Values;
  /** Sentences beside fields that mean nothing. */
  refused: Readonly<Record<string, string>>;
}

/** @param key null for a new one */
export async function fieldsOf(
  { database }: { database: Database },
  form: Form,
  { actor, key }: { actor: AdminActor; key: Key | null },
): Promise<FormFields> {
  const other = key === null ? "old" : "new";
  const sections = (await form.sections(database, actor, key))
    .map((section) => ({ ...section, fields: section.fields.filter(({ only }) => only !== other) }))
    .filter(({ fields }) => fields.length > 0);
  const written = sections
    .flatMap(({ fields }) => fields)
    .filter(({ kind }) => kind !== "shown" && kind !== "picture");
  return {
    sections,
    kept: written.filter(({ kind }) => kind !== "password"),
    editable: written.filter((field) => mayWrite(actor, field)),
  };
}

const mayWrite = (actor: AdminActor, { isForSuperusers, needs, withheld }: Field): boolean =>
  !withheld && (actor.isSuperuser || !isForSuperusers) && holdsAll(actor, needs ? [needs] : []);

/** The fields this administrator may write, from a body; whatever else is in it is not looked at. */
export async function readTyped(
  deps: { database: Database },
  { editable }: FormFields,
  body: Readonly<Record<string, string>>,
): Promise<Typed> {
  const texts: Record<string, string | boolean> = {};
  const values: Record<string, string | boolean> = {};
  const refused: Record<string, string> = {};
  const version = body["version"] || undefined;
  const marks = version === undefined ? null : marksIn(version);
  for (const field of editable) {
    const { name, kind } = field;
    // A form that was loaded without a field says nothing of it.
    if (marks && !(kind === "checkbox" ? marks.has(markOf(name)) : name in body)) continue;
    const text = body[name] ?? "";
    // Browsers send a box that is ticked, whatever its value, and of others nothing.
    texts[name] = kind === "checkbox" ? body[name] !== undefined : text;
    values[name] = texts[name];
    if (kind === "relation" && text.trim() !== "") {
      const model = modelNamed(field.to);
      const row = await findTyped(deps, model, text);
      values[name] = row ? keyText(model, keyOf(model, row)) : "";
      if (!row) refused[name] = `There is no such ${model.one}.`;
    }
  }
  return { texts, values, refused };
}

/**
 * Six characters for the name and six for the value of each field that the form writes, so that it tells
 * which of them changed. Counters and dates that move by themselves are not in it.
 */
export const versionOf = ({ kept }: FormFields, values: Values): string =>
  kept
    .filter(({ name }) => values[name] !== undefined)
    .map(({ name }) => markOf(name) + markOf(name, values[name]))
    .join("");

/** Whether any field that is there now held something else in the form of that version; true of junk. */
export function hasChanged({ kept }: FormFields, version: string, values: Values): boolean {
  const marks = marksIn(version);
  const said = kept.filter(({ name }) => values[name] !== undefined && marks.has(markOf(name)));
  if (said.length === 0) return true;
  return said.some(({ name }) => marks.get(markOf(name)) !== markOf(name, values[name]));
}

/** Whether a field still holds what it held in the form of that version: nobody typed in it. */
export const isUntouched = (
  version: string,
  { name, value }: { name: string; value: string | boolean | undefined },
): boolean => marksIn(version).get(markOf(name)) === markOf(name, value);

const markLength = 6;

/** The marks of values by those of names; what comes from elsewhere may be no version at all. */
const marksIn = (version: string): ReadonlyMap<string, string> =>
  new Map(
    Array.from({ length: Math.floor(version.length / (2 * markLength)) }, (_, index) => {
      const name = index * 2 * markLength;
      const value = name + markLength;
      return [version.slice(name, value), version.slice(value, value + markLength)];
    }),
  );

/** Of a field's name, or of it with a value. */
const markOf = (name: string, ...values: (string | boolean | undefined)[]): string =>
  createHash("sha256")
    .update(JSON.stringify([name, ...values.map((value = "") => oneBreak(value))]))
    .digest("base64url")
    .slice(0, markLength);

export const isSameValue = (one: string | boolean = "", other: string | boolean = ""): boolean =>
  oneBreak(one) === oneBreak(other);

/** Browsers send a line break as two characters, whatever they were given. */
const oneBreak = (value: string | boolean): string => String(value).replaceAll("\r\n", "\n");
