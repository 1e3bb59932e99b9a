import pg from "pg";
import { vi } from "vitest";

export interface SentQuery {
  text: string;
  values: unknown[];
}

/**
 * The SQL this process sends to PostgreSQL while `work` runs, aside from what no page waits for: the
 * job queue's own, and views that were gathered and are written now and then.
 */
export async function queriesOf(work: () => Promise<unknown>): Promise<SentQuery[]> {
  const sent = await allQueriesOf(work);
  return sent.filter(({ text }) => !/\bpgboss\b|\binsert into view_batches\b/i.test(text));
}

/** Each and every statement, the job queue's own among them. */
export async function allQueriesOf(work: () => Promise<unknown>): Promise<SentQuery[]> {
  const query = vi.spyOn(pg.Client.prototype, "query");
  try {
    await work();
    return query.mock.calls.map((call) => sentBy(call as readonly unknown[]));
  } finally {
    query.mockRestore();
  }
}

function sentBy([query, values]: readonly unknown[]): SentQuery {
  if (typeof query === "string")
    return { text: query, values: Array.isArray(values) ? values : [] };
  const config = query as { text: string; values?: unknown[] };
  return { text: config.text, values: Array.isArray(values) ? values : (config.values ?? []) };
}
