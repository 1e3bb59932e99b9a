import type { z } from "zod";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import type { FieldChange } from "#features/admin/record-change.ts";
import type { AdminActor, Grant, Right } from "#features/admin/rights.ts";
import type { Database, Transaction } from "#platform/database.ts";
import { Prisma } from "#prisma/generated/client.ts";

// How a model is managed, declared in models/*.admin.ts; lists, forms, history, rights and the export
// are made of it, and Prisma's own description supplies the types and relations of its fields.

/** What the pages of one model show and do. */
export interface ModelAdmin<Row = never> {
  /** In addresses, rights and the history: "images". */
  name: string;
  /** As Prisma calls it. */
  model: Prisma.ModelName;
  /** "picture" and "pictures", as people read them. */
  one: string;
  many: string;
  /** What they are for, where there are none yet. */
  purpose?: string;
  /** The fields that make a row's key, in the order of its address: `12`, `3-17`. */
  key: readonly string[];
  /** The model whose pages write to the same row under the same key: either history tells of both. */
  historyWith?: string;
  /** Prisma's select for a list, with the key and all that columns and label read. */
  select: object;
  label(row: Row): string;
  /** What sets a row apart from others, beside its name in its list and where it is picked. */
  note?(row: Row, actor: AdminActor): string | null;
  /** The same where one is picked, when its list says it in a column of its own. */
  noteWherePicked?(row: Row): string;
  /** Rows with what no relation of Prisma's reads, all of them at once. */
  complete?(tx: Transaction, rows: readonly Row[]): Promise<readonly Row[]>;
  /** Its page on the site, for rows that have one. */
  pageOf?(row: Row): string | null;
  columns: readonly Column<Row>[];
  /** By name, each with an index that serves it in both directions; the last key makes it unique. */
  sorts: Readonly<Record<string, readonly SortKey[]>>;
  /** A name of `sorts`, with a hyphen before it for descending. */
  defaultSort: string;
  filters: readonly Filter[];
  search?: Search;
  /** The unique field that names a row where one is picked: "username". Else its key is typed. */
  pickedBy?: string;
  /**
   * Of these very keys those of rows that are this administrator's to change and delete, where their
   * rights alone do not say. Abilities ask once more, in the transaction.
   */
  managed?(tx: Transaction, actor: AdminActor, keys: readonly Key[]): Promise<readonly Key[]>;
  form?: Form;
  remove?: Removal;
  actions?: readonly BulkAction[];
  /** Lists of other models that belong to a row, its likes or their sessions, and rows it belongs to. */
  related?(key: Key, row: Row): readonly { label: string; href: string }[];
}

/** The values of a key by Prisma field. */
export type Key = Readonly<Record<string, number | bigint | string>>;

export interface Column<Row> {
  name: string;
  label: string;
  cell(row: Row): Cell;
  /** What the export has, where the cell shows less than there is. */
  whole?(row: Row): string | number;
  /** The name of the sort its heading offers. */
  sort?: string;
  /** Where the table is narrower, the column is left to the row's own page. */
  needsRoom?: "some" | "much";
}

/** What stands in a cell, on the page and as plain text in the export. */
export type Cell =
  | { kind: "text"; text: string }
  /** `to` is the registered model it leads to: to those who may not view that, it is its text alone. */
  | { kind: "link"; text: string; href: string; to: string }
  | { kind: "number"; number: number | bigint }
  | { kind: "size"; bytes: number }
  | { kind: "yes"; yes: boolean }
  | { kind: "time"; time: Date | null }
  /** `of` is the registered model it is a picture of, where that is another: theirs alone who may view it. */
  | { kind: "picture"; src: string; alt: string; of?: string };

/** One part of an order, in columns of the table under the alias `t`. */
export interface SortKey {
  sql: Prisma.Sql;
  /** The one row of another table whose index serves the order, joined to each. */
  join?: Prisma.Sql;
  /** What a cursor's text is cast to. */
  type: "int4" | "int8" | "timestamptz" | "citext" | "text" | "uuid";
}

export type Filter =
  /** Of a boolean, enum, or date field by Prisma's description: yes or no, its values, periods. */
  | {
      kind: "field";
      name: string;
      label: string;
      field: string;
      /** What the values of an enum are called, where that is not themselves. */
      words?: Readonly<Record<string, string>>;
    }
  /** Of a relation: those of one row of a registered model, looked up by its picker. */
  | { kind: "relation"; name: string; label: string; field: string; to: string }
  /** The same where rows are related by a table between: a condition on `t` for the id chosen. */
  | {
      kind: "through";
      name: string;
      label: string;
      to: string;
      where(id: number): Prisma.Sql;
    }
  /** Anything else. */
  | {
      kind: "choice";
      name: string;
      label: string;
      choices: readonly { value: string; label: string; where: Prisma.Sql }[];
    };

export interface Search {
  hint: string;
  /** A text with a trigram index: every word looked for must be in it. */
  text?: Prisma.Sql;
  /** Fields that hold the id of a person, found by their names. */
  people?: readonly string[];
}

/** What a form holds, as HTML has it: text, or whether a box is ticked. */
export type Values = Readonly<Record<string, string | boolean>>;

export interface Field {
  name: string;
  label: string;
  kind:
    | "text"
    | "textarea"
    | "email"
    | "password"
    | "checkbox"
    | "date"
    | "url"
    | "relation"
    | "picture"
    | "shown";
  hint?: string;
  optional?: boolean;
  maxlength?: number;
  /** The registered model a relation is picked from; its value is that row's key as in addresses. */
  to?: string;
  /** Only in the form for a new one, or only for one that is there. */
  only?: "new" | "old";
  /** Not for staff, however many rights they have. */
  isForSuperusers?: boolean;
  /** Only for those who may do this themselves. */
  needs?: Grant;
  /** Why it is not theirs to change, where one would look for it: it is there, and shut. */
  withheld?: string;
  /** A box that can be unticked only: where it is not ticked, it is not offered. */
  isOnlyUnticked?: boolean;
  /** The registered model it tells of, where that is another: only who may view these reads of it. */
  names?: string;
  /** Stands for one row of that model, whose name is its label. */
  isOfRow?: boolean;
}

export interface Section {
  title: string;
  fields: readonly Field[];
  /** The same checkboxes as a table: `cells` names the field under each column, null where there is none. */
  matrix?: {
    columns: readonly string[];
    rows: readonly { label: string; cells: readonly (string | null)[] }[];
  };
}

export interface Form {
  /**
   * The sections, some of which may depend on rows, and on who may see these: somebody's groups.
   * @param key null for a new one
   */
  sections(database: Database, actor: AdminActor, key: Key | null): Promise<readonly Section[]>;
  /**
   * The values of all fields, read-only ones too, null when it is gone. In a transaction that will
   * change it, `hold` names who does, and keeps others from changing it meanwhile.
   */
  read(tx: Transaction, key: Key, options: { hold: AdminActor | false }): Promise<Values | null>;
  /** The site's own rules. @param before null for a new one */
  schema(request: { actor: AdminActor; before: Values | null; now: Date }): z.ZodType<object>;
  /**
   * What `add` and `change` would refuse as well, so that whoever is told of one mistake hears of all.
   * @param key null for a new one
   */
  refused?(database: Database, values: Values, key: Key | null): Promise<Record<string, string>>;
  /** Slow work before the transaction, such as hashing a password: fields that join the input. */
  prepare?(deps: AdminDeps, input: never): Promise<object>;
  add?(
    tx: Transaction,
    deps: AdminDeps,
    request: { actor: AdminActor; input: never },
  ): Promise<Key>;
  change?(
    tx: Transaction,
    deps: AdminDeps,
    request: { actor: AdminActor; key: Key; input: never },
  ): Promise<void>;
}

export interface Removal {
  /** What goes along, in words with their numbers: "12 pictures". */
  summary(deps: AdminDeps, keys: readonly Key[]): Promise<readonly string[]>;
  /** Of a row that this administrator deletes elsewhere or not at all: what to do instead. */
  instead?(actor: AdminActor, key: Key): { text: string; href: string; label: string } | null;
  /** Whether what it held is nobody's business once it is gone: the history then keeps its name alone. */
  isForgotten?: boolean;
  /**
   * Removes one, with `alongside` in its transaction.
   * @throws Conflict or Forbidden with a sentence when it must stay, NotFound when it is gone
   */
  run(deps: AdminDeps, request: RowRequest): Promise<void>;
}

export interface RowRequest {
  actor: AdminActor;
  key: Key;
  /** Records the change, with what it changed; called once, in the transaction that makes it. */
  alongside: (tx: Transaction, changes?: FieldChange[]) => Promise<void>;
}

/** What can be done to chosen rows; deleting them is offered wherever `remove` is. */
export interface BulkAction {
  name: string;
  label: string;
  right: Right;
  isForSuperusers?: boolean;
  /** Asked before it is done: "Deactivate 3 people?" */
  question(count: string): string;
  /** "3 people are deactivated." */
  done(count: string): string;
  /** Before the number of those in which nothing had to change: "Active already". */
  unchanged: string;
  /**
   * Does it to one row; where nothing had to change, nothing is recorded.
   * @throws Conflict or Forbidden with a sentence, NotFound when it is gone
   */
  run(deps: AdminDeps, request: RowRequest): Promise<void>;
  /** Once for all of them, when it was done to any. */
  after?(deps: AdminDeps): Promise<void>;
}

/** Checks a declaration against the types of its rows, then forgets them: the registry holds all kinds. */
export const defineModel = <Row>(model: ModelAdmin<Row>): RegisteredModel =>
  model as unknown as RegisteredModel;

// biome-ignore lint/suspicious/noExplicitAny: rows differ from model to model.
export type RegisteredModel = ModelAdmin<any>;

/** A column of the list's table. */
export const column = (name: string): Prisma.Sql => Prisma.raw(`t.${name}`);
