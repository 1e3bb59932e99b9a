import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import {
  type AddressInfo,
  createServer as createTcpServer,
  isIP,
  type LookupFunction,
  type Server,
  type Socket,
} from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { parseFetchAllow } from "#platform/address-rules.ts";
import { FetchError, type FetchFailure } from "#platform/fetch-error.ts";
import { createSafeFetch, type SafeFetch, type SafeFetchOptions } from "#platform/safe-fetch.ts";

export const MAX_BYTES = 100_000;
export const PNG = Buffer.from("\x89PNG\r\n\x1a\n a picture, more or less", "latin1");

/** What one test has to do with; everything is new for each. */
export const world = {
  folder: "",
  servers: [] as Server[],
  /** Open at the servers' side. */
  sockets: new Set<Socket>(),
  connections: 0,
  logged: [] as { failure: FetchFailure; address?: string; status?: number; err?: Error }[],
  fetchers: [] as SafeFetch[],
};

export function setUpFetching(): void {
  beforeEach(() => {
    newFolder();
    Object.assign(world, { servers: [], connections: 0, logged: [], fetchers: [] });
  });

  afterEach(async () => {
    // Every fetch has ended by itself: what a server still holds now is a leak.
    await vi.waitFor(() => expect(world.sockets.size).toBe(0), { timeout: 10_000 });
    await Promise.all(world.fetchers.map((fetcher) => fetcher.close()));
    await Promise.all(world.servers.map((server) => new Promise((done) => server.close(done))));
    rmSync(world.folder, { recursive: true, force: true });
  });
}

/** An empty one, for a test that downloads something and then expects a failure. */
export function newFolder(): void {
  if (world.folder !== "") rmSync(world.folder, { recursive: true, force: true });
  world.folder = mkdtempSync(join(tmpdir(), "magpie-fetch-"));
}

export async function listen(server: Server, host = "127.0.0.1"): Promise<number> {
  server.on("connection", (socket: Socket) => {
    world.connections += 1;
    world.sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => world.sockets.delete(socket));
  });
  await new Promise<void>((ready) => server.listen(0, host, ready));
  world.servers.push(server);
  return (server.address() as AddressInfo).port;
}

export const serve = (handler: RequestListener) => listen(createServer(handler));
export const serveRaw = (answer: string | Buffer) =>
  listen(createTcpServer((socket) => socket.once("data", () => socket.end(answer))));

/** Answers from the table, and never asks anybody else. */
export function fakeLookup(table: Record<string, string[]>): LookupFunction & { asked: string[] } {
  const asked: string[] = [];
  const lookup: LookupFunction = (hostname, _options, callback) => {
    asked.push(hostname);
    const addresses = table[hostname];
    if (!addresses) callback(Object.assign(new Error("ENOTFOUND"), { code: "ENOTFOUND" }), []);
    else
      callback(
        null,
        addresses.map((address) => ({ address, family: isIP(address) })),
      );
  };
  return Object.assign(lookup, { asked });
}

export function create(allow: string, options: Partial<SafeFetchOptions> = {}): SafeFetch {
  const fetcher = createSafeFetch({
    allow: parseFetchAllow(allow),
    maxBytes: MAX_BYTES,
    timeoutMs: 20_000,
    temporaryFolder: world.folder,
    userAgent: "Mozilla/5.0 (compatible; Magpie/0.1)",
    logger: { warn: (details) => world.logged.push(details as (typeof world.logged)[number]) },
    lookup: fakeLookup({}),
    ...options,
  });
  world.fetchers.push(fetcher);
  return fetcher;
}

export const ME = { personKey: "me" };

export async function failureOf(promise: Promise<unknown>): Promise<FetchError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FetchError);
  expect(readdirSync(world.folder)).toEqual([]);
  return error as FetchError;
}

export const fails = async (promise: Promise<unknown>) => (await failureOf(promise)).failure;
