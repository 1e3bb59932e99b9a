import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Caller } from "#tests/admin/callers.ts";
import type { TestApp } from "#tests/support/test-app.ts";

/** Answers to a caller that can be read as slowly as one likes, and a way to end all of it. */
export async function openAnswers(site: TestApp, { cookie }: Caller) {
  const server = site.app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  // Compressed, far more would fit into what lies between a server and a client.
  const headers = { Cookie: cookie, "Accept-Encoding": "identity" };
  return {
    open: (path: string) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        get({ host: "127.0.0.1", port, path, headers }, resolve).on("error", reject);
      }),
    close: () => server.close(),
  };
}
