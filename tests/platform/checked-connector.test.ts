import { readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer, type LookupFunction, type Server } from "node:net";
import { describe, expect, test, vi } from "vitest";
import {
  BlockedAddress,
  createCheckedConnector,
  createFilteredLookup,
} from "#platform/checked-connector.ts";
import {
  create,
  fails,
  failureOf,
  fakeLookup,
  listen,
  ME,
  newFolder,
  PNG,
  serve,
  setUpFetching,
  world,
} from "#tests/support/fetching.ts";

// Good for pictures.example from 2020 to 2120, and for nothing outside these tests.
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgrO49OM5jfNwJ63Db
OwkZKMCuvqWooZMbNy+cixZNlhuhRANCAAQmgFyandfioISt6lEndPIVAL+zuBgE
gC5hRIpHlITyFvYEQHsU3uMAWE6YaoyBdflk9cfZjaEuVMe62CcLZh0g
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBdTCCARygAwIBAgIBATAKBggqhkjOPQQDAjAbMRkwFwYDVQQDDBBwaWN0dXJl
cy5leGFtcGxlMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAbMRkw
FwYDVQQDDBBwaWN0dXJlcy5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAEJoBcmp3X4qCErepRJ3TyFQC/s7gYBIAuYUSKR5SE8hb2BEB7FN7jAFhOmGqM
gXX5ZPXH2Y2hLlTHutgnC2YdIKNPME0wGwYDVR0RBBQwEoIQcGljdHVyZXMuZXhh
bXBsZTAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBQFT2IiG4U5jSteh6/ek+EY
fGNkfzAKBggqhkjOPQQDAgNHADBEAiBxqa7mhRxWtefzM1Q334NVoYI1mtrgaqdW
i9nOttsftwIgKTjGASUF03JJjsM+8Vfrwy8CZfexxtmhcSO7rg2ua2A=
-----END CERTIFICATE-----`;

setUpFetching();

describe("addresses inside", () => {
  test("are refused without an entry in FETCH_ALLOW, before anything connects", async () => {
    const port = await serve((_request, response) => response.end(PNG));
    const fetcher = create("127.0.0.1:1");
    for (const address of [
      `http://127.0.0.1:${port}/`,
      `http://localhost:${port}/`,
      `http://pictures.example:${port}/`,
      `http://me:pw@127.0.0.1:1/`,
      "ftp://127.0.0.1:1/",
      "nonsense",
    ]) {
      expect(await fails(fetcher(address, ME)), address).toBe("bad_address");
    }
    for (const address of [
      "http://127.0.0.1/",
      "https://[::1]/",
      "http://0x7f.1:443/",
      "http://169.254.169.254/",
    ]) {
      expect(await fails(fetcher(address, ME)), address).toBe("unreachable");
      expect(world.logged.at(-1)?.err).toBeInstanceOf(BlockedAddress);
    }
    expect(world.connections).toBe(0);
  });

  test("are refused when a name leads there, in the same words as a name that leads nowhere", async () => {
    const lookup = fakeLookup({
      "router.example": ["192.168.1.1", "fe80::1"],
      "self.example": ["127.0.0.1", "::1", "::ffff:127.0.0.1"],
      "cloud.example": ["169.254.169.254"],
    });
    const fetcher = create("", { lookup });
    for (const name of ["router.example", "self.example", "cloud.example"]) {
      const error = await failureOf(fetcher(`http://${name}/`, ME));
      const unknown = await failureOf(fetcher("http://unknown.example/", ME));
      expect(error.failure).toBe("unreachable");
      expect([error.message, error.failure]).toEqual([unknown.message, unknown.failure]);
      expect(world.logged.at(-2)?.err).toBeInstanceOf(BlockedAddress);
    }
  });

  test("of a mixed answer are left out, and the others are used", async () => {
    const port = await serve((_request, response) => response.end(PNG));
    const lookup = fakeLookup({ "mixed.example": ["127.0.0.2", "10.0.0.1", "::1", "127.0.0.1"] });
    const fetcher = create("127.0.0.1/32", { lookup });
    await fetcher(`http://mixed.example:${port}/`, ME);
    expect(lookup.asked).toEqual(["mixed.example"]);
  });

  test("are not reached by rebinding: each connection is one lookup, and each is checked", async () => {
    const table = { "rebind.example": ["127.0.0.1"] };
    const port = await serve((_request, response) => {
      table["rebind.example"] = ["127.0.0.2"];
      response.writeHead(302, { location: "/again" }).end();
    });
    const lookup = fakeLookup(table);
    const fetcher = create("127.0.0.1/32", { lookup });
    expect(await fails(fetcher(`http://rebind.example:${port}/`, ME))).toBe("unreachable");
    expect(world.logged[0]?.err?.message).toContain("127.0.0.2");
    expect(lookup.asked).toHaveLength(2);
    expect(world.connections).toBe(1);
  });

  test("are not reached even when the socket ends up elsewhere than the lookup said", async () => {
    const port = await serve((_request, response) => response.end(PNG));
    const permits = vi.fn((_address: string) => permits.mock.calls.length < 2);
    const connect = createCheckedConnector({
      permits,
      signal: new AbortController().signal,
      lookup: fakeLookup({ "a.example": ["127.0.0.1"] }),
    });
    const error = await new Promise((done) =>
      connect({ hostname: "a.example", protocol: "http:", port: String(port) }, (...[reason]) =>
        done(reason),
      ),
    );
    expect(error).toBeInstanceOf(BlockedAddress);
    expect(permits.mock.calls).toEqual([["127.0.0.1"], ["127.0.0.1"]]);
  });

  test("a name that FETCH_ALLOW names may lead inside", async () => {
    const port = await serve((request, response) => response.end(request.headers.host));
    const lookup = fakeLookup({ intranet: ["127.0.0.1"], "other.example": ["127.0.0.1"] });
    const fetcher = create(`intranet:${port}`, { lookup });
    const { path } = await fetcher(`http://intranet:${port}/`, ME);
    expect(readFileSync(path, "utf8")).toBe(`intranet:${port}`);
    rmSync(path);
    expect(await fails(fetcher(`http://other.example:${port}/`, ME))).toBe("bad_address");
  });

  test("IPv6 literals are checked without their brackets", async ({ skip }) => {
    const server = createServer((_request, response) => response.end(PNG));
    const possible = await new Promise((done) =>
      createTcpServer()
        .once("error", () => done(false))
        .listen(0, "::1", function (this: Server) {
          this.close(() => done(true));
        }),
    );
    if (!possible) skip();
    const port = await listen(server, "::1");
    expect((await create(`[::1]:${port}`)(`http://[::1]:${port}/`, ME)).bytes).toBe(PNG.length);
    newFolder();
    expect(await fails(create("fd00::/8")(`http://[::1]:${port}/`, ME))).toBe("unreachable");
  });

  test("a lookup may answer, and be asked, in both shapes", () => {
    const single: LookupFunction = (_name, _options, callback) => callback(null, "10.0.0.1", 4);
    const permits = (address: string) => address === "10.0.0.1";
    const answers: unknown[] = [];
    const keep = (...answer: unknown[]) => answers.push(answer);
    createFilteredLookup(single, permits)("a", { all: true }, keep);
    createFilteredLookup(single, permits)("a", {}, keep);
    createFilteredLookup(fakeLookup({ a: ["10.0.0.2", "10.0.0.1"] }), permits)("a", {}, keep);
    createFilteredLookup(fakeLookup({ a: [] }), permits)("a", { all: true }, keep);
    expect(answers).toEqual([
      [null, [{ address: "10.0.0.1", family: 4 }]],
      [null, "10.0.0.1", 4],
      [null, "10.0.0.1", 4],
      [expect.any(BlockedAddress), []],
    ]);
  });
});

describe("TLS", () => {
  const serveTls = () =>
    listen(
      createTlsServer({ key: KEY, cert: CERTIFICATE }, (_request, response) => response.end(PNG)),
    );
  const lookup = fakeLookup({ "pictures.example": ["127.0.0.1"], "other.example": ["127.0.0.1"] });

  test("a good certificate for this name passes", async () => {
    const port = await serveTls();
    const fetcher = create("127.0.0.1/32", { lookup, ca: CERTIFICATE });
    expect((await fetcher(`https://pictures.example:${port}/`, ME)).bytes).toBe(PNG.length);
  });

  test("another name's, or nobody's, does not, whatever the environment says", async () => {
    const port = await serveTls();
    const named = create("127.0.0.1/32", { lookup, ca: CERTIFICATE });
    const unknown = create("127.0.0.1/32", { lookup });
    expect(await fails(named(`https://other.example:${port}/`, ME))).toBe("unreachable");
    expect(await fails(named(`https://127.0.0.1:${port}/`, ME))).toBe("unreachable");
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    try {
      expect(await fails(unknown(`https://pictures.example:${port}/`, ME))).toBe("unreachable");
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
