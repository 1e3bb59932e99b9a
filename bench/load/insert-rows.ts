import type pg from "pg";

/** One column of many rows. Times are milliseconds since 1970; days are text. */
export interface Column {
  name: string;
  type:
    | "int"
    | "bigint"
    | "text"
    | "time"
    | "date"
    | "image_format"
    | "action_verb"
    | "action_target";
  values: ArrayLike<number | bigint | string | null>;
}

const batchSize = 20_000;

const read: Partial<Record<Column["type"], (name: string) => string>> = {
  time: (name) => `timestamptz 'epoch' + ${name} * interval '1 millisecond'`,
};

/** Inserts rows column by column: one statement of a few parameters for thousands of them. */
export async function insertRows(
  client: pg.Client,
  table: string,
  columns: Column[],
): Promise<void> {
  const names = columns.map((column) => column.name);
  const types = columns.map(({ type }) => (type === "time" ? "bigint" : type));
  const text = `insert into ${table} (${names})
    select ${columns.map(({ name, type }) => read[type]?.(name) ?? name)}
    from unnest(${types.map((type, index) => `$${index + 1}::${type}[]`)}) as row (${names})`;
  const count = columns[0]?.values.length ?? 0;
  for (let start = 0; start < count; start += batchSize) {
    const end = Math.min(start + batchSize, count);
    await client.query({
      name: `insert-${table}`,
      text,
      values: columns.map((column) => arrayOf(column, start, end)),
    });
  }
}

function arrayOf({ values }: Column, start: number, end: number): string | unknown[] {
  // Numbers need no quoting, which spares pg's own slow way for the millions of them.
  if (ArrayBuffer.isView(values)) {
    return `{${(values as unknown as Int32Array).subarray(start, end).join(",")}}`;
  }
  return Array.prototype.slice.call(values, start, end);
}

/** Indexes of rows by time, as a site fills its tables: what belongs together lies far apart. */
export function byTime(times: Float64Array): Uint32Array {
  const first = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  // Time and index in one double, because numbers sort natively and with a comparison do not:
  // 26 bits of seconds are two years, 27 bits of index 134 million rows.
  const keys = times.map((time, index) => Math.floor((time - first) / 1000) * 2 ** 27 + index);
  return Uint32Array.from(keys.sort(), (key) => key % 2 ** 27);
}

export const inOrder = <T extends Int32Array | Uint8Array | Float64Array>(
  values: T,
  order: Uint32Array,
): T => values.map((_value, index) => values[order[index] ?? 0] ?? 0) as T;
