import { execFile } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { getGlobalDispatcher, MockAgent, setGlobalDispatcher } from "undici";
import { describe, expect, test, vi } from "vitest";
import {
  create,
  fails,
  MAX_BYTES,
  ME,
  newFolder,
  PNG,
  serve,
  setUpFetching,
  world,
} from "#tests/support/fetching.ts";

setUpFetching();

describe("a picture", () => {
  test("is downloaded to a private temporary file, asked for as a browser would", async () => {
    let seen: IncomingMessage | undefined;
    const port = await serve((request, response) => {
      seen = request;
      response.setHeader("content-type", "image/png").end(PNG);
    });
    const file = await create(`127.0.0.1:${port}`)(`http://127.0.0.1:${port}/a%20b.png?x=1#top`, {
      ...ME,
      referer: "https://me:secret@blog.example/post?id=2#here",
    });
    expect(file).toMatchObject({
      bytes: PNG.length,
      contentType: "image/png",
      finalUrl: `http://127.0.0.1:${port}/a%20b.png?x=1`,
    });
    expect(readFileSync(file.path)).toEqual(PNG);
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    expect(seen).toMatchObject({ method: "GET", url: "/a%20b.png?x=1" });
    expect(seen?.headers).toEqual({
      host: `127.0.0.1:${port}`,
      connection: "close",
      accept: expect.stringMatching(/^image\/avif,.*text\/html/),
      "accept-encoding": "identity",
      "user-agent": "Mozilla/5.0 (compatible; Magpie/0.1)",
      referer: "https://blog.example/post?id=2",
    });
    expect(world.logged).toEqual([]);
  });

  test.each([
    "javascript:alert(1)",
    "file:///x",
    "nonsense",
    `https://a.example/${"x".repeat(2048)}`,
  ])("sends no Referer from %s", async (referer) => {
    let sent: string | undefined = "none";
    const port = await serve((request, response) => {
      sent = request.headers.referer;
      response.end(PNG);
    });
    await create(`127.0.0.1:${port}`)(`http://127.0.0.1:${port}/`, { ...ME, referer });
    expect(sent).toBeUndefined();
  });

  test("of exactly the largest size passes, one byte more does not", async () => {
    const port = await serve((request, response) => {
      response.end(Buffer.alloc(request.url === "/fits" ? MAX_BYTES : MAX_BYTES + 1));
    });
    const fetcher = create(`127.0.0.1:${port}`);
    expect((await fetcher(`http://127.0.0.1:${port}/fits`, ME)).bytes).toBe(MAX_BYTES);
    newFolder();
    const again = create(`127.0.0.1:${port}`);
    expect(await fails(again(`http://127.0.0.1:${port}/large`, ME))).toBe("too_large");
  });
});

describe("redirects", () => {
  test("three are followed, a fourth is not", async () => {
    const asked: string[] = [];
    const port = await serve((request, response) => {
      asked.push(request.url ?? "");
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end(PNG);
      else response.writeHead(301 + (left % 3), { location: `./${left - 1}#x` }).end("moved");
    });
    const fetcher = create(`127.0.0.1:${port}`);
    expect(await fails(fetcher(`http://127.0.0.1:${port}/4`, ME))).toBe("unreachable");
    expect(asked).toEqual(["/4", "/3", "/2", "/1"]);
    const { finalUrl } = await fetcher(`http://127.0.0.1:${port}/3`, ME);
    expect(finalUrl).toBe(`http://127.0.0.1:${port}/0`);
  });

  test("stay a GET, send the Referer to the first host only, and never a cookie", async () => {
    const seen: (string | undefined)[][] = [];
    const note = (request: IncomingMessage) =>
      seen.push([
        request.method,
        request.headers.referer,
        request.headers.cookie,
        request.headers.authorization,
      ]);
    const second = await serve((request, response) => {
      note(request);
      response.end(PNG);
    });
    const first = await serve((request, response) => {
      note(request);
      response.setHeader("set-cookie", "id=1");
      const location = request.url === "/" ? "/next" : `http://127.0.0.1:${second}/`;
      response.writeHead(request.url === "/" ? 307 : 308, { location }).end();
    });
    await create("127.0.0.1/32")(`http://127.0.0.1:${first}/`, {
      ...ME,
      referer: "http://a.example/",
    });
    expect(seen).toEqual([
      ["GET", "http://a.example/", undefined, undefined],
      ["GET", "http://a.example/", undefined, undefined],
      ["GET", undefined, undefined, undefined],
    ]);
  });

  test.each([
    "http://127.0.0.1/",
    "http://127.0.0.1:1/",
    "http://[::1]/",
    "//localhost/",
    "http://169.254.169.254/",
    "http://printer.local/",
    "https://me:pw@127.0.0.1/",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "data:image/png;base64,AA",
    "http://[",
    `/${"x".repeat(2100)}`,
  ])("to %s end there", async (location) => {
    const port = await serve((_request, response) => response.writeHead(302, { location }).end());
    expect(await fails(create(`127.0.0.1:${port}`)(`http://127.0.0.1:${port}/`, ME))).toBe(
      "unreachable",
    );
    expect(world.connections).toBe(1);
  });

  test("in a circle, or to nowhere, end too; a Location is read as UTF-8", async () => {
    const port = await serve((request, response) => {
      if (request.url === "/nowhere") response.writeHead(302).end();
      else if (request.url === "/%C3%A9") response.end(PNG);
      else if (request.url === "/raw")
        response.writeHead(302, { location: Buffer.from("/é").toString("latin1") }).end();
      else response.writeHead(302, { location: "/" }).end();
    });
    const fetcher = create(`127.0.0.1:${port}`);
    expect(await fails(fetcher(`http://127.0.0.1:${port}/`, ME))).toBe("unreachable");
    expect(await fails(fetcher(`http://127.0.0.1:${port}/nowhere`, ME))).toBe("refused_by_host");
    expect((await fetcher(`http://127.0.0.1:${port}/raw`, ME)).bytes).toBe(PNG.length);
  });
});

test("neither the environment's proxy nor the global dispatcher is used", async () => {
  let proxied = 0;
  const proxy = await serve((_request, response) => {
    proxied += 1;
    response.end("proxy");
  });
  const port = await serve((_request, response) => response.end(PNG));
  const before = getGlobalDispatcher();
  const nobody = new MockAgent();
  nobody.disableNetConnect();
  setGlobalDispatcher(nobody);
  for (const name of [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
  ]) {
    vi.stubEnv(name, `http://127.0.0.1:${proxy}`);
  }
  vi.stubEnv("NO_PROXY", "");
  vi.stubEnv("NODE_USE_ENV_PROXY", "1");
  try {
    const { bytes } = await create(`127.0.0.1:${port}`)(`http://127.0.0.1:${port}/`, ME);
    expect(bytes).toBe(PNG.length);
    expect(proxied).toBe(0);
  } finally {
    vi.unstubAllEnvs();
    setGlobalDispatcher(before);
  }
});

describe("our own disk", () => {
  test("a folder that is missing is our fault, and said so", async () => {
    const port = await serve((_request, response) => response.end(PNG));
    const fetcher = create(`127.0.0.1:${port}`, { temporaryFolder: join(world.folder, "missing") });
    expect(await fails(fetcher(`http://127.0.0.1:${port}/`, ME))).toBe("cannot_store");
  });

  // A limit on file size fails a write half way, as a full disk does.
  test.skipIf(process.platform === "win32")(
    "a disk that fills up leaves nothing behind",
    async () => {
      const script = `
      const { createSafeFetch } = await import("#platform/safe-fetch.ts");
      const { parseFetchAllow } = await import("#platform/address-rules.ts");
      const server = require("node:http").createServer((_, response) => response.end(Buffer.alloc(1e6)));
      server.listen(0, "127.0.0.1", async () => {
        const { port } = server.address();
        const fetcher = createSafeFetch({ allow: parseFetchAllow("127.0.0.1:" + port), maxBytes: 2e6,
          timeoutMs: 5000, temporaryFolder: ${JSON.stringify(world.folder)}, userAgent: "x",
          logger: { warn: ({ err }) => console.log(err.code) } });
        await fetcher("http://127.0.0.1:" + port, { personKey: "me" }).catch((error) => console.log(error.failure));
        server.close();
      });`;
      const { stdout } = await promisify(execFile)("bash", [
        "-c",
        `trap '' XFSZ; ulimit -f 200; exec "$0" -e "$1"`,
        process.execPath,
        script
          .replace(/await import/g, "await import")
          .replace(/^/, "(async () => {")
          .concat("})()"),
      ]);
      expect(stdout).toBe("EFBIG\ncannot_store\n");
      expect(readdirSync(world.folder)).toEqual([]);
    },
  );
});
