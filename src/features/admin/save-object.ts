import type { z } from "zod";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { describeChanges } from "#features/admin/describe-changes.ts";
import {
  type FormFields,
  hasChanged,
  isSameValue,
  type Typed,
  versionOf,
} from "#features/admin/form-fields.ts";
import type { Form, Key, RegisteredModel, Values } from "#features/admin/model-admin.ts";
import { keyText } from "#features/admin/object-keys.ts";
import { findRow } from "#features/admin/object-rows.ts";
import { recordChange } from "#features/admin/record-change.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { Conflict, Invalid, NotFound } from "#lib/errors.ts";
import { type Transaction, tryAgain } from "#platform/database.ts";
import { parseInput } from "#web/input.ts";

/** Somebody saved it since this form was loaded. */
export class ChangedMeanwhile extends Conflict {
  constructor(one: string) {
    super(
      "changed_meanwhile",
      `This ${one} was changed while you had the form open. Nothing of yours is saved yet.`,
    );
  }
}

/** Somebody saved it between reading and holding it: what was checked is not what is there. */
class CameBetween extends ChangedMeanwhile {}

export const gone = (model: RegisteredModel) =>
  new NotFound(`There is no such ${model.one}, or not any more.`);

export interface Saved {
  key: Key;
  label: string;
  was: "added" | "changed" | "unchanged";
}

interface SaveRequest {
  actor: AdminActor;
  model: RegisteredModel;
  form: Form;
  fields: FormFields;
  typed: Typed;
}

interface ChangeRequest extends SaveRequest {
  key: Key;
  version: string;
}

/** @throws Invalid, and what the model's own abilities refuse */
export async function addObject(
  deps: AdminDeps,
  { actor, model, form, fields, typed }: SaveRequest,
): Promise<Saved> {
  const { add } = form;
  if (!add) throw new NotFound();
  const schema = form.schema({ actor, before: null, now: deps.clock() });
  const { values } = typed;
  const checked = await checkedInput(deps, form, { schema, values, typed, key: null });
  const input = { ...checked, ...(await form.prepare?.(deps, checked as never)) } as never;
  return again(() =>
    deps.database.$transaction(async (tx) => {
      const key = await add(tx, deps, { actor, input });
      const after = await form.read(tx, key, { hold: false });
      if (!after) throw gone(model);
      const changes = await describeChanges(tx, fields.kept, { before: null, after });
      const label = await labelOf(tx, model, key);
      await record(tx, deps, { actor, model, key, label, kind: "added", changes });
      return { key, label, was: "added" as const };
    }),
  );
}

/**
 * Saves what differs, with its history.
 * @param version of the values that the form was loaded with
 * @throws ChangedMeanwhile, NotFound, Invalid, and what the model's own abilities refuse
 */
export const changeObject = (deps: AdminDeps, request: ChangeRequest): Promise<Saved> =>
  again(() => tryToChange(deps, request));

async function tryToChange(
  deps: AdminDeps,
  { actor, model, form, fields, typed, key, version }: ChangeRequest,
): Promise<Saved> {
  const { change } = form;
  if (!change) throw new NotFound();
  const seen = await form.read(deps.database, key, { hold: false });
  if (!seen) throw gone(model);
  // Whatever an administrator may not write stays as it is, and is checked with the rest.
  const values = { ...seen, ...typed.values };
  const schema = form.schema({ actor, before: seen, now: deps.clock() });
  const checked = await checkedInput(deps, form, { schema, values, typed, key });
  // Pressing the button twice sends the same once more: nothing is lost, so nobody need be asked.
  if (hasChanged(fields, version, seen) && differs(fields, seen, values)) {
    throw new ChangedMeanwhile(model.one);
  }
  const prepared = await form.prepare?.(deps, checked as never);
  return deps.database.$transaction(async (tx) => {
    const before = await form.read(tx, key, { hold: actor });
    if (!before) throw gone(model);
    if (hasChanged(fields, versionOf(fields, seen), before)) throw new CameBetween(model.one);
    // What they may not see may have changed between, and is nobody's to put back.
    const held = form.schema({ actor, before, now: deps.clock() });
    const input = { ...parseInput(held, { ...before, ...typed.values }), ...prepared } as never;
    await change(tx, deps, { actor, key, input });
    const after = await form.read(tx, key, { hold: false });
    if (!after) throw gone(model);
    const changes = [
      ...(await describeChanges(tx, fields.kept, { before, after })),
      ...newPasswords(fields, typed.texts),
    ];
    const label = await labelOf(tx, model, key);
    if (changes.length > 0) {
      await record(tx, deps, { actor, model, key, label, kind: "changed", changes });
    }
    return { key, label, was: changes.length > 0 ? "changed" : "unchanged" };
  });
}

/** @throws Invalid with the sentences of the schema and of names that nobody has, together */
async function checkedInput(
  deps: AdminDeps,
  form: Form,
  request: { schema: z.ZodType<object>; values: Values; typed: Typed; key: Key | null },
): Promise<object> {
  const { schema, values, typed, key } = request;
  try {
    const input = parseInput(schema, values);
    if (Object.keys(typed.refused).length === 0) return input;
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    const refused = await form.refused?.(deps.database, values, key);
    throw new Invalid({ ...refused, ...error.fields, ...typed.refused });
  }
  throw new Invalid(typed.refused);
}

const differs = ({ editable }: FormFields, seen: Values, values: Values): boolean =>
  editable.some(({ name, kind }) =>
    kind === "password" ? !!values[name] : !isSameValue(seen[name], values[name]),
  );

/** Nobody but its owner learns more of a password than that it changed. */
const newPasswords = ({ editable }: FormFields, texts: Values) =>
  editable
    .filter(({ name, kind }) => kind === "password" && !!texts[name])
    .map(({ label }) => ({ field: label, before: "", after: "changed" }));

async function labelOf(tx: Transaction, model: RegisteredModel, key: Key): Promise<string> {
  const row = await findRow(tx, model, key);
  return row ? model.label(row as never) : keyText(model, key);
}

const record = (
  tx: Transaction,
  { clock }: AdminDeps,
  {
    model,
    key,
    label,
    ...change
  }: Pick<Parameters<typeof recordChange>[1], "actor" | "kind" | "changes"> & {
    model: RegisteredModel;
    key: Key;
    label: string;
  },
) =>
  recordChange(tx, {
    ...change,
    model: model.name,
    objectId: keyText(model, key),
    objectLabel: label,
    now: clock(),
  });

const again = <Result>(work: () => Promise<Result>): Promise<Result> =>
  tryAgain(work, (error) => error instanceof CameBetween);
