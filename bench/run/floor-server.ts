import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { ServerResponse } from "node:http";
import { createPool } from "#platform/database.ts";
import { serveForParent } from "./own-server.ts";
import type { SentQuery } from "./record-queries.ts";

/** The least that a server must do for a page: the page's own queries, and its bytes. */
export interface FloorAnswer {
  status: number;
  contentType: string;
  /** A file is read each time, as the site does; a page was kept from the site. */
  body: { bytes: Uint8Array } | { file: string; size: number };
  queries: SentQuery[];
}

export interface FloorTask {
  databaseUrl: string;
  /** By their number in the address: /0, /1 and so on. */
  answers: FloorAnswer[];
}

serveForParent<FloorTask>(({ databaseUrl, answers }) => {
  const pool = createPool(databaseUrl, { max: 10, onError: () => {}, plansOnce: true });
  const plans = answers.map(({ queries }) => queries.map(prepared));
  return async (req, res) => {
    const number = Number(req.url?.slice(1));
    const answer = answers[number];
    if (!answer) return res.writeHead(404).end();
    const queries = plans[number] ?? [];
    if (queries.length > 0) {
      const client = await pool.connect();
      try {
        for (const query of queries) await client.query(query);
        client.release();
      } catch (error) {
        client.release(true);
        process.stderr.write(`The floor failed: ${error}\n`);
        return res.writeHead(500).end();
      }
    }
    write(res, answer);
  };
});

function write(res: ServerResponse, { status, contentType, body }: FloorAnswer): void {
  const isFile = "file" in body;
  const size = isFile ? body.size : body.bytes.byteLength;
  res.writeHead(status, { "Content-Type": contentType, "Content-Length": size });
  if (isFile) createReadStream(body.file).pipe(res);
  else res.end(body.bytes);
}

/** Parsed and planned once a connection, except what begins and ends a transaction. */
function prepared({ text, values }: SentQuery) {
  if (/^(begin|commit)\b/i.test(text)) return { text };
  const name = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return { name, text, values, rowMode: "array" as const };
}
