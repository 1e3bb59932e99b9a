import type { Key, RegisteredModel } from "#features/admin/model-admin.ts";
import { describeModel } from "#features/admin/prisma-models.ts";
import { NotFound } from "#lib/errors.ts";
import { maxId } from "#lib/pagination.ts";
import type { Transaction } from "#platform/database.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const largestBigInt = 2n ** 63n - 1n;

/** The key written in an address: `12`, `3-17`, or a session's UUID. @throws NotFound */
export function parseKey(database: Transaction, model: RegisteredModel, text: string): Key {
  const parts = model.key.length === 1 ? [text] : text.split("-");
  if (parts.length !== model.key.length) throw new NotFound();
  const { fields } = describeModel(database, model.model);
  return Object.fromEntries(
    model.key.map((field, index) => [field, partOf(fields.get(field)?.type, parts[index] ?? "")]),
  );
}

export const keyText = (model: RegisteredModel, key: Key): string =>
  model.key.map((field) => String(key[field])).join("-");

export const keyOf = (model: RegisteredModel, row: Record<string, unknown>): Key =>
  Object.fromEntries(model.key.map((field) => [field, row[field] as Key[string]]));

function partOf(type: string | undefined, text: string): Key[string] {
  if (type === "String" && uuid.test(text)) return text;
  if (/^[1-9]\d{0,18}$/.test(text)) {
    const number = BigInt(text);
    if (type === "BigInt" && number <= largestBigInt) return number;
    if (type === "Int" && number <= maxId) return Number(number);
  }
  throw new NotFound();
}
