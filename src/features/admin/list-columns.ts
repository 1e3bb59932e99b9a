import type { RegisteredModel } from "#features/admin/model-admin.ts";
import { describeModel } from "#features/admin/prisma-models.ts";
import type { Database } from "#platform/database.ts";
import { Prisma } from "#prisma/generated/client.ts";

// A list's statement is written here from declarations; nothing of a request is part of its text.

/** The table of a list, under the alias its declarations use. */
export const tableOf = (database: Database, model: RegisteredModel): Prisma.Sql =>
  Prisma.raw(`"${describeModel(database, model.model).table}" t`);

/** The column of a Prisma field. */
export function columnOf(database: Database, model: RegisteredModel, field: string): Prisma.Sql {
  const column = describeModel(database, model.model).fields.get(field)?.column;
  if (!column) throw new TypeError(`${model.model} has no field ${field}.`);
  return Prisma.raw(`t."${column}"`);
}

/** Rows for which all of these hold. */
export const allOf = (conditions: readonly Prisma.Sql[]): Prisma.Sql =>
  conditions.length > 0 ? Prisma.join([...conditions], " and ") : Prisma.sql`true`;
