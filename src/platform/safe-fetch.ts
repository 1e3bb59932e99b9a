// Downloads what a stranger's address points to, without letting the stranger reach into this
// server's network (SSRF), fill its memory or disk, or keep it busy for ever.

import type { LookupFunction } from "node:net";
import { type FetchAllow, MAX_URL_LENGTH, mayConnect, refuseUrl } from "./address-rules.ts";
import { createCheckedConnector } from "./checked-connector.ts";
import { FetchError } from "./fetch-error.ts";
import { fetchOnce, type StoredBody } from "./fetch-once.ts";
import { createFetchQueue, type FetchQueueLimits, QueueFull } from "./fetch-queue.ts";

export interface FetchedFile {
  /** A temporary file, mode 0600, that the caller must move away or remove. */
  readonly path: string;
  readonly bytes: number;
  /** After redirects, without fragment. */
  readonly finalUrl: string;
  /** As the host says it, so never to be trusted; empty when it says nothing. */
  readonly contentType: string;
}

export interface FetchRequest {
  /** Whose share of the concurrent fetches this one takes, such as a user's id. */
  readonly personKey: string;
  /** The page that shows the image: sent to the first host only, and only when it is http(s). */
  readonly referer?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SafeFetch {
  /** Downloads to a temporary file. Throws FetchError; then nothing is left on disk. */
  (url: string, request: FetchRequest): Promise<FetchedFile>;
  /** Aborts what runs, refuses what waits, and resolves once nothing of it is left. */
  close(): Promise<void>;
}

export interface SafeFetchOptions {
  readonly allow: FetchAllow;
  readonly maxBytes: number;
  /** Over DNS, connecting, redirects and body together. Waiting for a place has as long again. */
  readonly timeoutMs: number;
  /** Must exist. */
  readonly temporaryFolder: string;
  readonly userAgent: string;
  readonly logger: { warn(details: object, message: string): void };
  readonly concurrency?: FetchQueueLimits;
  /** Instead of the system's, for tests. */
  readonly lookup?: LookupFunction;
  /** In PEM, instead of the system's authorities, for tests. */
  readonly ca?: string;
}

const MAX_REDIRECTS = 3;
// A browser's, so that hosts which negotiate the format hand out one that can be decoded here.
const ACCEPT =
  "image/avif,image/webp,image/png,image/jpeg,image/gif,image/*;q=0.8,text/html;q=0.7,*/*;q=0.5";

export function createSafeFetch(options: SafeFetchOptions): SafeFetch {
  const { timeoutMs, logger } = options;
  const limits = options.concurrency ?? { total: 8, perPerson: 2, waiting: 32 };
  const queue = createFetchQueue(limits, timeoutMs);
  const running = new Set<AbortController>();

  async function safeFetch(address: string, request: FetchRequest): Promise<FetchedFile> {
    // One for each fetch: AbortSignal.any() over a signal that lives as long as the process
    // would grow with every fetch.
    const controller = new AbortController();
    const { signal } = controller;
    const stop = () => controller.abort(new FetchError("aborted"));
    running.add(controller);
    request.signal?.addEventListener("abort", stop, { once: true });
    if (request.signal?.aborted) stop();
    let url: URL | undefined;
    try {
      url = parseAddress(address, options.allow);
      const first = url;
      return await queue.run(request.personKey, signal, () =>
        withinTime(timeoutMs, controller, () =>
          followRedirects(first, request.referer, signal, options),
        ),
      );
    } catch (error) {
      const failure = toFetchError(signal.aborted ? signal.reason : error, timeoutMs);
      const { status, cause } = failure;
      // Without user-info and query, which may hold a password or a token.
      const asked = url && `${url.origin}${url.pathname}`;
      logger.warn(
        { failure: failure.failure, address: asked, status, err: cause },
        "An address could not be fetched.",
      );
      throw failure;
    } finally {
      running.delete(controller);
      request.signal?.removeEventListener("abort", stop);
    }
  }

  return Object.assign(safeFetch, {
    async close() {
      for (const controller of running) controller.abort(new FetchError("aborted"));
      await queue.close();
    },
  });
}

/** The same URL object is checked, connected to and resolved against: parsers cannot disagree. */
function parseAddress(address: string, allow: FetchAllow): URL {
  const url = address.length <= MAX_URL_LENGTH ? URL.parse(address) : null;
  const reason = url ? refuseUrl(url, allow) : "not an address, or too long";
  if (!url || reason !== null)
    throw new FetchError("bad_address", { cause: new Error(`${reason}`) });
  url.hash = "";
  return url;
}

async function followRedirects(
  first: URL,
  page: string | undefined,
  signal: AbortSignal,
  options: SafeFetchOptions,
): Promise<FetchedFile> {
  const { allow, lookup, ca, userAgent, maxBytes, temporaryFolder } = options;
  const referer = refererOf(page);
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const current = url;
    const permits = (address: string) => mayConnect(current, address, allow);
    const result: StoredBody | { location: string } = await fetchOnce(current, {
      headers: {
        accept: ACCEPT,
        // A compressed body would escape the byte count or have to be decompressed here.
        "accept-encoding": "identity",
        "user-agent": userAgent,
        ...(referer !== null && current.host === first.host ? { referer } : {}),
      },
      connect: createCheckedConnector({ permits, signal, lookup, ca }),
      signal,
      maxBytes,
      temporaryFolder,
    });
    if (!("location" in result)) return { ...result, finalUrl: current.href };
    url = parseRedirect(result.location, current, allow);
  }
  throw new FetchError("unreachable", { cause: new Error("too many redirects") });
}

function parseRedirect(location: string, from: URL, allow: FetchAllow): URL {
  const url = URL.parse(location, from.href);
  const reason = url ? refuseUrl(url, allow) : "not an address";
  if (!url || reason !== null) {
    throw new FetchError("unreachable", { cause: new Error(`redirected: ${reason}`) });
  }
  url.hash = "";
  return url;
}

function refererOf(page: string | undefined): string | null {
  const url = page === undefined ? null : URL.parse(page);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) return null;
  url.username = "";
  url.password = "";
  url.hash = "";
  return url.href.length <= MAX_URL_LENGTH ? url.href : null;
}

async function withinTime<T>(
  timeoutMs: number,
  controller: AbortController,
  task: () => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const stop = () => controller.abort(new FetchError("too_slow", { cause: timeout.reason }));
  timeout.addEventListener("abort", stop, { once: true });
  try {
    return await task();
  } finally {
    timeout.removeEventListener("abort", stop);
  }
}

function toFetchError(error: unknown, timeoutMs: number): FetchError {
  if (error instanceof FetchError) return error;
  if (error instanceof QueueFull) {
    return new FetchError("busy", { cause: error, retryAfter: Math.ceil(timeoutMs / 1000) });
  }
  return new FetchError("unreachable", { cause: error });
}
