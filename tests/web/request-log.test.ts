import { Writable } from "node:stream";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApp } from "#app";
import { createPerson } from "#features/account/register-person.ts";
import { newPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;
beforeAll(async () => {
  site = await startTestApp();
});
afterAll(() => site.close());

function logInto(lines: string[], level: string) {
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  return pino({ level }, stream);
}

test("an answer that breaks off is told with its cause", async () => {
  const lines: string[] = [];
  const open = () => Promise.reject(new Error("the disk is gone"));
  const deps = { ...site.deps, storage: { ...site.deps.storage, open } };
  const logger = logInto(lines, "error");
  const visitor = createVisitor(createApp({ ...deps, logger }, { isStopping: () => false }));
  const person = newPerson();
  const { id } = await createPerson(site.deps, person);
  await site.deps.database.profile.update({
    where: { userId: id },
    data: { photo: `photos/00/00/${"0".repeat(64)}` },
  });
  await visitor.post("/login", { username: person.username, password: person.password });
  await expect(visitor.post("/settings/data/download")).rejects.toThrow();
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { msg: "the answer broke off", err: { message: "the disk is gone" } },
  ]);
});

test.each(["debug", "info"])("at level %s no line holds a token or a query", async (level) => {
  const lines: string[] = [];
  const logger = logInto(lines, level);
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
