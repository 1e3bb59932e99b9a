import { z } from "zod";
import type { SortKey } from "#features/admin/model-admin.ts";
import { maxId } from "#lib/pagination.ts";

/** The row a page goes on from: what it is sorted by, as PostgreSQL writes it. */
export interface RowCursor {
  sort: string;
  values: readonly string[];
}

export const writeCursor = ({ sort, values }: RowCursor): string =>
  Buffer.from(JSON.stringify([sort, ...values])).toString("base64url");

/** Null for all that writeCursor did not write, or that PostgreSQL could not compare with these keys. */
export function readCursor(
  text: string,
  { sort, keys }: { sort: string; keys: readonly SortKey[] },
): RowCursor | null {
  const parsed = jsonTexts.safeParse(text);
  if (!parsed.success) return null;
  const [name, ...values] = parsed.data;
  if (name !== sort || values.length !== keys.length) return null;
  const isRight = keys.every(({ type }, index) => couldBe[type](values[index] ?? ""));
  return isRight ? { sort, values } : null;
}

const jsonTexts = z
  .base64url()
  .max(4000)
  .transform((text, context) => {
    try {
      return JSON.parse(Buffer.from(text, "base64url").toString()) as unknown;
    } catch {
      context.addIssue("Not JSON.");
      return z.NEVER;
    }
  })
  .pipe(z.array(z.string()));

const isText = (text: string) => text.isWellFormed() && !text.includes("\0");
const isWhole = (text: string, most: bigint) =>
  /^(0|-?[1-9]\d{0,18})$/.test(text) && BigInt(text) <= most && BigInt(text) >= -most - 1n;

const couldBe: Record<SortKey["type"], (text: string) => boolean> = {
  int4: (text) => isWhole(text, BigInt(maxId)),
  int8: (text) => isWhole(text, 2n ** 63n - 1n),
  timestamptz: isTime,
  citext: isText,
  text: isText,
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text),
};

/** Sessions with the database are in UTC. The calendar is checked too: there is no 30 February. */
function isTime(text: string): boolean {
  if (text === "-infinity" || text === "infinity") return true;
  const [, day = "", time = ""] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,6})?\+00$/.exec(text) ?? [];
  const date = new Date(`${day}T${time}Z`);
  return (
    day > "0001" && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${day}T${time}`)
  );
}
