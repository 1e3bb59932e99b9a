// One request without following anything: bounds what the answer may be, and streams it to disk.

import { randomUUID } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { type buildConnector, Client, type Dispatcher } from "undici";
import { FetchError } from "./fetch-error.ts";

export interface StoredBody {
  readonly path: string;
  readonly bytes: number;
  readonly contentType: string;
}

const MAX_HEADER_BYTES = 16 * 1024;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
// 204 and 205 have no body, 206 is a part, and 304 means a copy we never had.
const USABLE = new Set([200, 201, 202, 203]);

/**
 * Answers the stored body, or the `location` of a redirect as the host wrote it.
 *
 * The client and its one socket live for this request only. A pool would let one person's fetch
 * ride on a connection that was checked for another's, and would keep a hostile host's sockets.
 * It is also never the global dispatcher, which others (or NODE_USE_ENV_PROXY) may set to a proxy.
 */
export async function fetchOnce(
  url: URL,
  options: {
    readonly headers: Record<string, string>;
    readonly connect: buildConnector.connector;
    readonly signal: AbortSignal;
    readonly maxBytes: number;
    readonly temporaryFolder: string;
  },
): Promise<StoredBody | { readonly location: string }> {
  options.signal.throwIfAborted();
  const client = new Client(url.origin, {
    connect: options.connect,
    pipelining: 0,
    maxHeaderSize: MAX_HEADER_BYTES,
    // The signal, which destroys the socket, bounds everything; undici's own timers restart at every chunk.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  try {
    const response = await client.request({
      method: "GET",
      path: `${url.pathname}${url.search}`,
      headers: options.headers,
    });
    if (REDIRECTS.has(response.statusCode)) return { location: locationOf(response) };
    refuseUnusable(response, options.maxBytes);
    return await store(response, options);
  } finally {
    // Whatever of the body was not read is not waited for.
    await client.destroy();
  }
}

function locationOf({ statusCode, headers }: Dispatcher.ResponseData): string {
  const location = header(headers, "location");
  if (location === "") {
    throw new FetchError("refused_by_host", {
      status: statusCode,
      cause: new Error("no location"),
    });
  }
  // undici hands out header bytes as latin1; browsers read a Location as UTF-8.
  return Buffer.from(location, "latin1").toString("utf8");
}

function refuseUnusable({ statusCode, headers }: Dispatcher.ResponseData, maxBytes: number): void {
  if (!USABLE.has(statusCode)) {
    throw new FetchError("refused_by_host", {
      status: statusCode,
      cause: new Error(`answered ${statusCode}`),
    });
  }
  const encoding = header(headers, "content-encoding").trim().toLowerCase();
  if (encoding !== "" && encoding !== "identity") {
    throw new FetchError("refused_by_host", {
      status: statusCode,
      cause: new Error(`content-encoding ${encoding.slice(0, 100)}`),
    });
  }
  const length = Number(header(headers, "content-length"));
  if (length > maxBytes) {
    throw new FetchError("too_large", { cause: new Error(`content-length ${length}`) });
  }
}

async function store(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  options: { readonly maxBytes: number; readonly temporaryFolder: string },
): Promise<StoredBody> {
  const path = join(options.temporaryFolder, `fetch-${randomUUID()}`);
  let bytes = 0;
  const file = await orCannotStore(open(path, "wx", 0o600));
  try {
    // Counted here because a chunked answer names no length (and undici's `maxResponseSize`
    // would be one more limit to keep in step with this one).
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > options.maxBytes) throw new FetchError("too_large");
      await orCannotStore(file.writeFile(chunk));
    }
    if (bytes === 0) {
      const cause = new Error("empty body");
      throw new FetchError("refused_by_host", { status: statusCode, cause });
    }
    await orCannotStore(file.close());
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(path, { force: true });
    throw error;
  }
  const contentType = header(headers, "content-type").slice(0, 200);
  return { path, bytes, contentType };
}

async function orCannotStore<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new FetchError("cannot_store", { cause });
  }
}

/** Repeated headers are joined, as HTTP reads them (RFC 9110, 5.3); empty when there is none. */
function header(headers: Dispatcher.ResponseData["headers"], name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(", ") : value) ?? "";
}
