import type { Transaction } from "#platform/database.ts";
import * as enums from "#prisma/generated/enums.ts";

/** What Prisma knows of a model: its table, and each field's column and type. */
export interface PrismaModel {
  table: string;
  fields: ReadonlyMap<string, PrismaField>;
}

export interface PrismaField {
  column: string;
  kind: "scalar" | "enum" | "object";
  /** "Int", "String", the name of an enum, or of the related model. */
  type: string;
}

interface RuntimeDataModel {
  models: Record<
    string,
    {
      dbName: string | null;
      fields: { name: string; kind: PrismaField["kind"]; type: string; dbName?: string | null }[];
    }
  >;
}

/**
 * Prisma's own description of a model. The client carries it to know its queries by and exports it no
 * more; a test says when an upgrade moves it.
 */
export function describeModel(database: Transaction, name: string): PrismaModel {
  const { models } = (database as unknown as { _runtimeDataModel: RuntimeDataModel })
    ._runtimeDataModel;
  const model = models[name];
  if (!model) throw new TypeError(`Prisma has no model ${name}.`);
  return {
    table: model.dbName ?? name,
    fields: new Map(
      model.fields.map(({ name: field, kind, type, dbName }) => [
        field,
        { column: dbName ?? field, kind, type },
      ]),
    ),
  };
}

export const valuesOfEnum = (name: string): string[] =>
  Object.values((enums as Record<string, Record<string, string>>)[name] ?? {});
