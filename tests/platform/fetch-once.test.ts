import { readdirSync, readFileSync } from "node:fs";
import { createServer as createTcpServer, type LookupFunction } from "node:net";
import { describe, expect, test } from "vitest";
import { FetchError } from "#platform/fetch-error.ts";
import {
  create,
  fails,
  failureOf,
  listen,
  MAX_BYTES,
  ME,
  PNG,
  serve,
  serveRaw,
  setUpFetching,
  world,
} from "#tests/support/fetching.ts";

setUpFetching();

describe("answers that cannot be used", () => {
  test.each([204, 205, 206, 300, 304, 400, 401, 403, 404, 410, 429, 500, 503])(
    "%i",
    async (status) => {
      const port = await serve((_request, response) => {
        // Endless, so that only giving up on the body at once ends this test.
        response.writeHead(
          status,
          status === 304 || status === 204 ? {} : { "transfer-encoding": "chunked" },
        );
        if (status === 304 || status === 204) response.end();
        else response.write("and so on");
      });
      const error = await failureOf(
        create(`127.0.0.1:${port}`)(`http://127.0.0.1:${port}/x?token=1`, ME),
      );
      expect(error).toMatchObject({ failure: "refused_by_host", status });
      expect(world.logged).toEqual([
        {
          failure: "refused_by_host",
          status,
          address: `http://127.0.0.1:${port}/x`,
          err: expect.any(Error),
        },
      ]);
    },
  );

  test.each([
    [
      "compressed",
      "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc",
      "refused_by_host",
    ],
    [
      "compressed twice",
      "HTTP/1.1 200 OK\r\ncontent-encoding: identity\r\ncontent-encoding: br\r\n\r\nabc",
      "refused_by_host",
    ],
    ["empty", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "refused_by_host"],
    ["empty without a length", "HTTP/1.1 200 OK\r\n\r\n", "refused_by_host"],
    [
      "said to be large",
      `HTTP/1.1 200 OK\r\ncontent-length: ${MAX_BYTES + 1}\r\n\r\n`,
      "too_large",
    ],
    ["shorter than said", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc", "unreachable"],
    [
      "cut off in a chunk",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc",
      "unreachable",
    ],
    [
      "of two lengths",
      "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
      "unreachable",
    ],
    [
      "with endless headers",
      `HTTP/1.1 200 OK\r\n${`x: ${"y".repeat(1000)}\r\n`.repeat(20)}\r\nabc`,
      "unreachable",
    ],
    ["not HTTP", "220 smtp.example ESMTP\r\n", "unreachable"],
    ["nothing", "", "unreachable"],
  ])("%s", async (_what, answer, failure) => {
    const port = await serveRaw(answer);
    expect(await fails(create(`127.0.0.1:${port}`)(`http://127.0.0.1:${port}/`, ME))).toBe(failure);
    expect(world.connections).toBe(1);
  });

  test("more than was said is not taken", async () => {
    const port = await serveRaw("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcdef");
    const { path } = await create(`127.0.0.1:${port}`)(`http://127.0.0.1:${port}/`, ME);
    expect(readFileSync(path, "utf8")).toBe("abc");
  });

  test("without end is cut when it grows too large", async () => {
    const port = await serve((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384)));
      };
      response.on("drain", more);
      more();
    });
    expect(await fails(create(`127.0.0.1:${port}`)(`http://127.0.0.1:${port}/`, ME))).toBe(
      "too_large",
    );
  });

  test("a closed port", async () => {
    const port = await serve(() => undefined);
    await new Promise((done) => world.servers.pop()?.close(done));
    expect(await fails(create(`127.0.0.1:${port}`)(`http://127.0.0.1:${port}/`, ME))).toBe(
      "unreachable",
    );
  });
});

describe("time", () => {
  const soon = { timeoutMs: 300 };

  test.each<[string, (port: number) => string, () => Promise<number>]>([
    [
      "headers that never come",
      (port) => `http://127.0.0.1:${port}/`,
      () => serve(() => undefined),
    ],
    [
      "a TLS handshake that never ends",
      (port) => `https://127.0.0.1:${port}/`,
      () => listen(createTcpServer((socket) => socket.resume())),
    ],
    [
      "a body that drips",
      (port) => `http://127.0.0.1:${port}/`,
      () =>
        serve((_request, response) => {
          const drip = setInterval(() => response.write("."), 20);
          response.on("close", () => clearInterval(drip));
        }),
    ],
    [
      "headers that drip",
      (port) => `http://127.0.0.1:${port}/`,
      () =>
        listen(
          createTcpServer((socket) => {
            const drip = setInterval(() => socket.write("HTTP/1.1 103 Early\r\n\r\n"), 20);
            socket.on("close", () => clearInterval(drip));
          }),
        ),
    ],
    [
      "redirects that are each nearly quick enough",
      (port) => `http://127.0.0.1:${port}/`,
      () =>
        serve((_request, response) => {
          setTimeout(() => response.writeHead(302, { location: "/" }).end(), 140);
        }),
    ],
  ])("%s", async (_what, address, start) => {
    const port = await start();
    const begin = performance.now();
    const fetcher = create(`127.0.0.1:${port}`, soon);
    expect(await fails(fetcher(address(port), ME))).toBe("too_slow");
    // None of these would end by itself, or be too slow as the last redirect too many.
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  test("a lookup that never answers, or answers too late", async () => {
    let late: (() => void) | undefined;
    const lookup: LookupFunction = (_name, _options, callback) => {
      late = () => callback(null, [{ address: "127.0.0.1", family: 4 }]);
    };
    const port = await serve((_request, response) => response.end(PNG));
    const fetcher = create("127.0.0.1/32", { ...soon, lookup });
    expect(await fails(fetcher(`http://slow.example:${port}/`, ME))).toBe("too_slow");
    late?.();
    await new Promise((done) => setTimeout(done, 50));
    expect(world.connections).toBe(0);
  });

  test("the caller's signal and close() end it at any point", async () => {
    const port = await serve((request, response) => {
      if (request.url === "/body") response.write("half");
    });
    const fetcher = create(`127.0.0.1:${port}`);
    for (const path of ["/headers", "/body"]) {
      const controller = new AbortController();
      const promise = fetcher(`http://127.0.0.1:${port}${path}`, {
        ...ME,
        signal: controller.signal,
      });
      setTimeout(() => controller.abort(), 50);
      expect(await fails(promise)).toBe("aborted");
    }
    const signal = AbortSignal.abort();
    const kind = (promise: Promise<unknown>) =>
      promise.catch((error: unknown) => (error instanceof FetchError ? error.failure : error));
    expect(await fails(fetcher(`http://127.0.0.1:${port}/`, { ...ME, signal }))).toBe("aborted");

    const running = [1, 2, 3].map(() => kind(fetcher(`http://127.0.0.1:${port}/body`, ME)));
    setTimeout(() => void fetcher.close(), 50);
    expect(await Promise.all(running)).toEqual(["aborted", "aborted", "aborted"]);
    expect(readdirSync(world.folder)).toEqual([]);
    expect(await fails(fetcher(`http://127.0.0.1:${port}/`, ME))).toBe("busy");
  });
});
