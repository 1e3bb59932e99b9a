import { AsyncLocalStorage } from "node:async_hooks";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { createApp } from "#app";
import type { Config } from "#config";
import { createDependencies } from "#dependencies";
import { createLogger } from "#platform/logger.ts";
import { type Exchange, send } from "./exchange.ts";

export interface SentQuery {
  text: string;
  values: unknown[];
}

/** What the site answered to one request, and the statements it sent to PostgreSQL for it. */
export interface Recording {
  status: number;
  contentType: string;
  body: Uint8Array;
  queries: SentQuery[];
}

const underway = new AsyncLocalStorage<SentQuery[]>();

/**
 * The real app in this process, its statements written down request by request: what runs in the
 * background belongs to none.
 */
export async function startRecorder(config: Config, databaseUrl: string) {
  const stopListening = listenToQueries();
  const logger = createLogger("warn");
  const deps = await createDependencies(config, { databaseUrl, logger, supervise: false });
  const app = createApp(deps, { isStopping: () => false });
  let queries: SentQuery[] = [];
  const server = createServer((req, res) => underway.run(queries, () => app(req, res)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    record: async (exchange: Exchange): Promise<Recording> => {
      queries = [];
      const answer = await send(origin, exchange);
      const body = new Uint8Array(await answer.arrayBuffer());
      const contentType = answer.headers.get("content-type") ?? "text/plain";
      // What the site does after its answer is not for this page to wait for.
      return { status: answer.status, contentType, body, queries: [...queries] };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await deps.close();
      stopListening();
    },
  };
}

export type Recorder = Awaited<ReturnType<typeof startRecorder>>;

/** Who is signed in is the site's own question; a bare server has no sessions. */
export const ofThePage = (queries: SentQuery[]): SentQuery[] =>
  queries.filter(({ text }) => !/\b(sessions|session_store)\b/i.test(text));

function listenToQueries(): () => void {
  const { query } = pg.Client.prototype;
  const listening = function (this: pg.Client, ...args: unknown[]) {
    const sent = sentBy(args);
    if (sent) underway.getStore()?.push(sent);
    return Reflect.apply(query, this, args);
  };
  Object.assign(pg.Client.prototype, { query: listening });
  return () => void Object.assign(pg.Client.prototype, { query });
}

function sentBy([query, values]: unknown[]): SentQuery | null {
  const listed = Array.isArray(values) ? values : [];
  if (typeof query === "string") return { text: query, values: listed };
  const { text, values: own } = query as { text?: string; values?: unknown[] };
  return text === undefined ? null : { text, values: Array.isArray(values) ? values : (own ?? []) };
}
