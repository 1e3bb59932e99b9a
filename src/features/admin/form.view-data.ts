import { asRead } from "#features/admin/describe-changes.ts";
import {
  type FormFields,
  isSameValue,
  isUntouched,
  type Typed,
  versionOf,
} from "#features/admin/form-fields.ts";
import type { Field, RegisteredModel, Section, Values } from "#features/admin/model-admin.ts";
import { parseKey } from "#features/admin/object-keys.ts";
import { findRow } from "#features/admin/object-rows.ts";
import { type Choice, choiceOf } from "#features/admin/pick.queries.ts";
import { modelNamed } from "#features/admin/registry.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import type { Database } from "#platform/database.ts";

export interface FormView {
  sections: readonly SectionView[];
  version: string;
  errors: Readonly<Record<string, string>>;
}

interface SectionView extends Omit<Section, "fields"> {
  fields: readonly FieldView[];
  /** By name, for a matrix: what is ticked, and whether it is theirs to tick. */
  values: Values;
  isEditable: Readonly<Record<string, boolean>>;
}

interface FieldView extends Field {
  isEditable: boolean;
  /** What its input holds. */
  value: string | boolean;
  /** The value as people read it. */
  text: string;
  /** Of a read-only field or a relation, where it leads. */
  href: string | null;
  pick: { href: string | null; hint: string; chosen: Choice | null } | null;
  /** What the row holds now, beside what somebody typed over something older. */
  current: string | null;
}

/** What somebody sent that was not saved. */
export interface Attempt {
  typed: Typed;
  errors: Readonly<Record<string, string>>;
}

interface Shown {
  actor: AdminActor;
  /** What is kept now; null for a new one. */
  kept: Values | null;
  /** What was sent and is not kept yet. */
  attempt?: Attempt | undefined;
  /** Of the form that was sent, when the row changed since it was loaded. */
  staleVersion?: string | undefined;
  /** Whether there is anything for this administrator to save. */
  isWritable: boolean;
}

export async function formOf(
  deps: { database: Database },
  fields: FormFields,
  shown: Shown,
): Promise<FormView> {
  const { kept, isWritable, attempt } = shown;
  const editable = new Set(isWritable ? fields.editable : []);
  const sections = await Promise.all(
    fields.sections.map(async (section) => {
      const views = await Promise.all(
        section.fields
          .filter(({ name, isOnlyUnticked }) => !isOnlyUnticked || kept?.[name])
          .map((field) => fieldOf(deps, { field, isEditable: editable.has(field), shown })),
      );
      const values = Object.fromEntries(views.map(({ name, value }) => [name, value]));
      const isEditable = Object.fromEntries(views.map((view) => [view.name, view.isEditable]));
      return { ...section, fields: views, values, isEditable };
    }),
  );
  return {
    sections,
    version: kept ? versionOf(fields, kept) : "",
    errors: besideFields(attempt?.errors ?? {}, fields),
  };
}

async function fieldOf(
  { database }: { database: Database },
  { field, isEditable, shown }: { field: Field; isEditable: boolean; shown: Shown },
): Promise<FieldView> {
  const { actor, kept, staleVersion } = shown;
  const now = kept?.[field.name] ?? "";
  const pick = field.kind === "relation" ? await pickOf(database, field, String(now), actor) : null;
  const text = pick?.chosen?.label ?? (await asRead(database, field, now));
  const held = pick ? (pick.chosen?.value ?? "") : now;
  const value = isEditable ? (typedIn(field, shown) ?? held) : held;
  const isTyped = !isSameValue(value, held);
  return {
    ...field,
    isEditable,
    value,
    text,
    href: hrefOf(field, String(now), actor),
    pick: pick && { ...pick, chosen: isTyped ? null : pick.chosen },
    current: staleVersion !== undefined && isTyped ? text || "nothing" : null,
  };
}

/** What was typed, unless it is a password, or nobody typed there while somebody else changed it. */
function typedIn(
  { name, kind }: Field,
  { attempt, staleVersion }: Shown,
): string | boolean | undefined {
  if (!attempt || kind === "password") return undefined;
  const value = attempt.typed.values[name];
  if (staleVersion !== undefined && isUntouched(staleVersion, { name, value })) {
    return undefined;
  }
  return attempt.typed.texts[name];
}

async function pickOf(database: Database, field: Field, key: string, actor: AdminActor) {
  const model = modelNamed(field.to);
  const row = key === "" ? null : await findRow(database, model, parseKey(database, model, key));
  return {
    href: actor.may(model.name, "view") ? `/admin/pick/${model.name}` : null,
    hint: hintOf(model),
    chosen: row && choiceOf(model, row, actor),
  };
}

const hintOf = ({ pickedBy, one }: RegisteredModel): string =>
  pickedBy ? `The ${pickedBy} of a ${one}.` : `The number of a ${one}, as in its address.`;

function hrefOf({ kind, to }: Field, value: string, actor: AdminActor): string | null {
  if (kind === "relation")
    return value && to && actor.may(to, "view") ? `/admin/${to}/${value}` : null;
  // An address that somebody gave is a link only where it leads to a page.
  if (kind !== "url" || !/^https?:\/\//.test(value)) return null;
  return URL.canParse(value) ? value : null;
}

/** What no field is there for is said above them all. */
function besideFields(
  errors: Readonly<Record<string, string>>,
  { editable }: FormFields,
): Record<string, string> {
  const names = new Set(editable.map(({ name }) => name));
  const others = Object.entries(errors).filter(([name]) => !names.has(name));
  return {
    ...Object.fromEntries(Object.entries(errors).filter(([name]) => names.has(name))),
    ...(others.length > 0 && { form: others.map(([, sentence]) => sentence).join(" ") }),
  };
}
