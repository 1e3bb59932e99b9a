import type pg from "pg";

/**
 * Runs one statement and answers its rows. Values become parameters, whatever they hold. Each
 * place in the code is a prepared statement: PostgreSQL parses and plans it once a connection.
 */
export type Sql = <Row>(strings: TemplateStringsArray, ...values: unknown[]) => Promise<Row[]>;

// For the reads of every page: half the work of the same statement through Prisma.
export function createSql(pool: pg.Pool): Sql {
  const prepared = new WeakMap<TemplateStringsArray, { name: string; text: string }>();
  let count = 0;
  return async <Row>(strings: TemplateStringsArray, ...values: unknown[]): Promise<Row[]> => {
    let statement = prepared.get(strings);
    if (!statement) {
      count += 1;
      const text = strings.reduce((whole, part, index) => `${whole}$${index}${part}`);
      statement = { name: `magpie-${count}`, text };
      prepared.set(strings, statement);
    }
    const { rows } = await pool.query({ ...statement, values });
    return rows as Row[];
  };
}
