import { Writable } from "node:stream";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApp } from "#app";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;
beforeAll(async () => {
  site = await startTestApp();
});
afterAll(() => site.close());

test.each(["debug", "info"])("at level %s no line holds a token or a query", async (level) => {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const logger = pino({ level }, stream);
  const visitor = createVisitor(createApp({ ...site.deps, logger }, { isStopping: () => false }));
  const token = "k3y-to-an-account";
  for (const start of ["/password-reset", "/confirm-email", "/PASSWORD-RESET"]) {
    await visitor.get(`${start}/${token}?secret=words`);
    await visitor.post(`${start}/${token}`);
    await visitor.get(`${start}/${token}/more`);
    await visitor.post("/login", {}, { headers: { Referer: `http://127.0.0.1${start}/${token}` } });
  }
  expect(lines.join("")).not.toMatch(/k3y|secret|words/);
  if (level === "debug") {
    expect(lines.join("")).toContain('"/password-reset/..."');
    expect(lines.join("")).toContain('"/login"');
  }
});
