import type pg from "pg";

/**
 * Runs one statement and answers its rows. Values become parameters, whatever they hold; pieces
 * made by `sqlText` become part of the text. Each text is a prepared statement: PostgreSQL parses
 * and plans it once a connection.
 */
export type Sql = <Row>(
  strings: TemplateStringsArray,
  ...values: readonly unknown[]
) => Promise<Row[]>;

class SqlText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A piece of SQL that several statements share, such as a list of columns; it takes no values. */
export function sqlText(strings: TemplateStringsArray, ...none: never[]): SqlText {
  if (none.length > 0) throw new TypeError("A piece of SQL takes no values.");
  return new SqlText(strings[0] ?? "");
}

/**
 * A number in the text itself, for a LIMIT: a plan made for any limit would sort the whole table.
 * @throws TypeError for anything but a whole number
 */
export function sqlNumber(value: number): SqlText {
  if (!Number.isSafeInteger(value)) throw new TypeError("Not a whole number.");
  return new SqlText(String(value));
}

// For the reads of every page: half the work of the same statement through Prisma.
export function createSql(pool: pg.Pool): Sql {
  return async <Row>(strings: TemplateStringsArray, ...given: readonly unknown[]) => {
    const values: unknown[] = [];
    let text = strings[0] ?? "";
    for (const [index, value] of given.entries()) {
      text += value instanceof SqlText ? value.text : `$${values.push(value)}`;
      text += strings[index + 1];
    }
    const { rows } = await pool.query({ name: nameOf(text), text, values });
    return rows as Row[];
  };
}

/** The pool as a library sees it that sends the same few texts for every page: each is prepared. */
export const preparing = (pool: pg.Pool): pg.Pool =>
  Object.create(pool, {
    query: {
      value: (text: string, values: unknown[]) => pool.query({ name: nameOf(text), text, values }),
    },
  });

const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? `magpie-${names.size + 1}`;
  names.set(text, name);
  return name;
}
