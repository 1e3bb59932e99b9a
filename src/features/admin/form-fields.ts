import { createHash } from "node:crypto";
import type { Field, Form, Section, Values } from "#features/admin/model-admin.ts";
import { keyOf, keyText } from "#features/admin/object-keys.ts";
import { findTyped } from "#features/admin/pick.queries.ts";
import { modelNamed } from "#features/admin/registry.ts";
import type { AdminActor } from "#features/admin/rights.ts";
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

export async function fieldsOf(
  { database }: { database: Database },
  form: Form,
  { actor, isNew }: { actor: AdminActor; isNew: boolean },
): Promise<FormFields> {
  const other = isNew ? "old" : "new";
  const sections = (await form.sections(database))
    .map((section) => ({ ...section, fields: section.fields.filter(({ only }) => only !== other) }))
    .filter(({ fields }) => fields.length > 0);
  const written = sections
    .flatMap(({ fields }) => fields)
    .filter(({ kind }) => kind !== "shown" && kind !== "picture");
  return {
    sections,
    kept: written.filter(({ kind }) => kind !== "password"),
    editable: written.filter((field) => actor.isSuperuser || !field.isForSuperusers),
  };
}

/** The fields this administrator may write, from a body; whatever else is in it is not looked at. */
export async function readTyped(
  deps: { database: Database },
  { editable }: FormFields,
  body: Readonly<Record<string, string>>,
): Promise<Typed> {
  const texts: Record<string, string | boolean> = {};
  const values: Record<string, string | boolean> = {};
  const refused: Record<string, string> = {};
  for (const field of editable) {
    const { name, kind } = field;
    const text = body[name] ?? "";
    // Browsers send a box that is ticked, whatever its value, and of others nothing.
    texts[name] = kind === "checkbox" ? body[name] !== undefined : text;
    values[name] = texts[name];
    if (kind === "choice" && text !== "" && !field.choices?.some(({ value }) => value === text)) {
      refused[name] = "Choose one of these.";
    }
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
 * Six characters for each value that the form writes, so that it tells which of them changed. Counters
 * and dates that move by themselves are not in it.
 */
export const versionOf = ({ kept }: FormFields, values: Values): string =>
  kept.map(({ name }) => markOf(name, values[name])).join("");

/** Whether a field still holds what it held in the form of that version: nobody typed in it. */
export function isUntouched(
  { kept }: FormFields,
  version: string,
  { name, value }: { name: string; value: string | boolean | undefined },
): boolean {
  const place = kept.findIndex((field) => field.name === name) * markLength;
  return place >= 0 && version.slice(place, place + markLength) === markOf(name, value);
}

const markLength = 6;

const markOf = (name: string, value: string | boolean = ""): string =>
  createHash("sha256")
    .update(JSON.stringify([name, oneBreak(value)]))
    .digest("base64url")
    .slice(0, markLength);

export const isSameValue = (one: string | boolean = "", other: string | boolean = ""): boolean =>
  oneBreak(one) === oneBreak(other);

/** Browsers send a line break as two characters, whatever they were given. */
const oneBreak = (value: string | boolean): string => String(value).replaceAll("\r\n", "\n");
