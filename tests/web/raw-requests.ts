import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "vitest";
import { goodPassword, signedInPerson } from "#tests/factories/people.ts";
import { startTestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

export interface RawRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** With the cookie and the token of a person. */
  signedIn?: boolean;
}

export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

export type RawSite = Awaited<ReturnType<typeof startRawSite>>;

const looksInside = /node_modules|\bat \S+ \(|\.ts:\d|Error:|Prisma|ECONN|select |insert /i;

/** The app behind a port, for requests that every other client would tidy before it sends them. */
export async function startRawSite() {
  const site = await startTestApp();
  const server = createServer(site.app).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const { username } = await signedInPerson(site);
  const visitor = createVisitor(`http://127.0.0.1:${port}`);
  const answer = await visitor.post("/login", { username, password: goodPassword });
  const cookie = String([answer.headers["set-cookie"]].flat()[0]).split(";")[0] ?? "";
  const token = await visitor.csrf();

  /** Sends the path and the bytes as they are. */
  const send = (path: string, { method = "GET", headers = {}, body, signedIn }: RawRequest = {}) =>
    new Promise<Reply>((resolve, reject) => {
      const sent = request({
        port,
        host: "127.0.0.1",
        path,
        method,
        headers: {
          Accept: "text/html",
          ...(signedIn ? { Cookie: cookie, "X-CSRF-Token": token } : {}),
          ...(body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) }),
          ...headers,
        },
      });
      sent.once("error", reject);
      sent.once("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      sent.end(body);
    });

  /** Asks for HTML and for JSON: a plain answer with one of the statuses, and nothing of the inside. */
  async function expectProblem(path: string, options: RawRequest, statuses: number[]) {
    for (const accept of ["text/html,application/xhtml+xml", "application/json"]) {
      const reply = await send(path, {
        ...options,
        headers: { ...options.headers, Accept: accept },
      });
      const expected = statuses.includes(reply.status) ? reply.status : statuses;
      const asked = [path.slice(0, 80), accept];
      expect([...asked, reply.status]).toEqual([...asked, expected]);
      expect(reply.text).not.toMatch(looksInside);
      if (reply.status < 400) continue;
      if (accept === "application/json") {
        expect(reply.headers["content-type"]).toMatch(/^application\/json/);
        const { status, code, message } = JSON.parse(reply.text);
        expect([status, typeof code, typeof message]).toEqual(["error", "string", "string"]);
      } else {
        expect(reply.headers["content-type"]).toMatch(/^text\/html/);
        expect(reply.text).toContain("<h1>");
      }
    }
  }

  const close = async () => {
    server.close();
    await site.close();
  };
  return { send, expectProblem, close, deps: site.deps };
}
