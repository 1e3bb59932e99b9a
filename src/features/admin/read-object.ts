import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { fromList, listHref } from "#features/admin/back-to-list.ts";
import { type Attempt, type FormView, formOf } from "#features/admin/form.view-data.ts";
import { fieldsOf } from "#features/admin/form-fields.ts";
import { historiesOf, listChanges } from "#features/admin/history.queries.ts";
import { type ChangeView, changesOf } from "#features/admin/history.view-data.ts";
import { shownTableOf } from "#features/admin/list-table.view-data.ts";
import { isManaged } from "#features/admin/managed-rows.ts";
import type { Form, Key, RegisteredModel, Removal } from "#features/admin/model-admin.ts";
import { keyText } from "#features/admin/object-keys.ts";
import { findRow } from "#features/admin/object-rows.ts";
import { listRelated, type RelatedLink } from "#features/admin/related.queries.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { gone } from "#features/admin/save-object.ts";

export interface ChangeAttempt extends Attempt {
  /** Of the values the form was loaded with, and the newest change there was. */
  version: string;
  since: bigint | undefined;
  /** Whether somebody else saved it since. */
  isStale: boolean;
}

interface Asked {
  model: RegisteredModel;
  actor: AdminActor;
  /** Of the list they come from. */
  listQuery: string;
}

/** The page of a row, or of one to be added. */
export interface ObjectView {
  heading: string;
  one: string;
  many: string;
  listHref: string | null;
  action: string;
  isNew: boolean;
  /** Whether there is anything for this administrator to save. */
  isWritable: boolean;
  label: string;
  pageHref: string | null;
  deleteHref: string | null;
  /** Where it is not deleted here: where else. */
  instead: ReturnType<NonNullable<Removal["instead"]>>;
  historyHref: string | null;
  version: string;
  form: FormView | null;
  /** What the list shows of rows that have no form. */
  facts: ReturnType<typeof shownTableOf>["rows"][number]["cells"];
  related: readonly RelatedLink[];
  changes: readonly ChangeView[];
  /** What was done to it since the form was loaded; null where that is of no interest. */
  meanwhile: readonly ChangeView[] | null;
}

/** The newest changes that stand on the page itself. */
const fewChanges = 5;

export async function readNewForm(
  deps: AdminDeps,
  request: { form: Form; attempt?: Attempt } & Asked,
): Promise<ObjectView> {
  const { model, form, actor, listQuery, attempt } = request;
  const fields = await fieldsOf(deps, form, { actor, key: null });
  const shown = { actor, kept: null, isWritable: true, attempt };
  return {
    ...commonOf(request),
    heading: `Add a ${model.one}`,
    action: fromList(`/admin/${model.name}/new`, listQuery),
    isNew: true,
    isWritable: true,
    label: "",
    pageHref: null,
    deleteHref: null,
    instead: null,
    historyHref: null,
    version: "",
    form: await formOf(deps, fields, shown),
    facts: [],
    related: [],
    changes: [],
    meanwhile: null,
  };
}

/** @throws NotFound */
export async function readObject(
  deps: AdminDeps,
  request: { key: Key; attempt?: ChangeAttempt } & Asked,
): Promise<ObjectView> {
  const { model, actor, key, listQuery, attempt } = request;
  const objectId = keyText(model, key);
  // Before the values: whoever saves between the two reads is in the values, and nobody need be told.
  const [row, changes] = await Promise.all([
    findRow(deps.database, model, key),
    listChanges(deps, { actor, model: historiesOf(model), objectId, limit: fewChanges }),
  ]);
  if (!row) throw gone(model);
  const isTheirs = await isManaged(deps.database, { model, actor, key });
  const isWritable =
    isTheirs && model.form?.change !== undefined && actor.may(model.name, "change");
  const [form, related] = await Promise.all([
    model.form ? readForm(deps, model.form, { actor, key, isWritable, attempt }) : null,
    listRelated(deps, { actor, model, key, row }),
  ]);
  if (model.form && !form) throw gone(model);
  const label = model.label(row as never);
  const href = `/admin/${model.name}/${objectId}`;
  const remove = isTheirs && actor.may(model.name, "delete") ? model.remove : undefined;
  const instead = remove?.instead?.(actor, key) ?? null;
  return {
    ...commonOf(request),
    heading: label,
    action: fromList(href, listQuery),
    isNew: false,
    isWritable,
    label,
    pageHref: model.pageOf?.(row as never) ?? null,
    deleteHref: remove && !instead ? fromList(`${href}/delete`, listQuery) : null,
    instead,
    historyHref: changes.length > 0 ? fromList(`${href}/history`, listQuery) : null,
    version: versionFor(form, changes[0]?.id, attempt),
    form,
    facts: form ? [] : (shownTableOf(model, [row], actor).rows[0]?.cells ?? []),
    related,
    changes: changesOf(changes, { actor, now: deps.clock() }),
    meanwhile: attempt?.isStale ? await readMeanwhile(deps, request, attempt) : null,
  };
}

async function readForm(
  deps: AdminDeps,
  form: Form,
  request: {
    actor: AdminActor;
    key: Key;
    isWritable: boolean;
    attempt: ChangeAttempt | undefined;
  },
): Promise<FormView | null> {
  const { actor, key, isWritable, attempt } = request;
  const [fields, kept] = await Promise.all([
    fieldsOf(deps, form, { actor, key }),
    form.read(deps.database, key, { hold: false }),
  ]);
  return (
    kept &&
    formOf(deps, fields, {
      actor,
      kept,
      isWritable,
      attempt,
      staleVersion: attempt?.isStale ? attempt.version : undefined,
    })
  );
}

/** A form that is shown again for another reason is as old as it was: what came since is still to be told. */
function versionFor(
  form: FormView | null,
  newest: bigint | undefined,
  attempt: ChangeAttempt | undefined,
): string {
  if (attempt && !attempt.isStale) return `${attempt.version}.${attempt.since ?? 0n}`;
  return `${form?.version ?? ""}.${newest ?? 0n}`;
}

async function readMeanwhile(
  deps: AdminDeps,
  { model, actor, key }: { model: RegisteredModel; actor: AdminActor; key: Key },
  { since }: ChangeAttempt,
): Promise<ChangeView[]> {
  const rows = await listChanges(deps, {
    actor,
    model: historiesOf(model),
    objectId: keyText(model, key),
    after: since ?? 0n,
    limit: fewChanges,
  });
  return changesOf(rows, { actor, now: deps.clock() });
}

const commonOf = ({ model, actor, listQuery }: Asked) => ({
  one: model.one,
  many: model.many,
  listHref: actor.may(model.name, "view") ? listHref(model, listQuery) : null,
});
