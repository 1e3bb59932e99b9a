import { Writable } from "node:stream";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createApp } from "#app";
import { goodPassword, signedInPerson } from "#tests/factories/people.ts";
import { codeAt, giveAuthenticator } from "#tests/factories/second-factors.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let now = new Date();
let ana: { id: number; username: string; visitor: Visitor };
const hour = 3_600_000;
const next = "/settings/second-factor";

beforeAll(async () => {
  site = await startTestApp({}, { clock: () => now });
});
beforeEach(async () => {
  now = new Date();
  ana = await signedInPerson(site);
  now = new Date(now.getTime() + hour);
});
afterAll(() => site.close());

const confirmedAt = async () =>
  (await site.deps.database.session.findFirstOrThrow({ where: { userId: ana.id } })).confirmedAt;
const confirm = (fields: Record<string, string>) =>
  ana.visitor.post("/confirm", { next, ...fields }, { from: "/confirm" });

test("the password confirms who it is, on this device", async () => {
  const wrong = await confirm({ password: "not this one" });
  expect([wrong.status, Object.keys(wrong.errors)]).toEqual([422, ["password"]]);
  expect(wrong.$("input[name=next]").val()).toBe(next);
  expect(wrong.text).not.toContain("not this one");
  expect((await confirm({ password: "" })).status).toBe(422);
  expect(await confirmedAt()).not.toEqual(now);
  const other = createVisitor(site.app);
  await other.post("/login", { username: ana.username, password: goodPassword });
  now = new Date(now.getTime() + hour);
  const answer = await confirm({ password: goodPassword });
  expect([answer.status, answer.location]).toEqual([303, next]);
  const sessions = await site.deps.database.session.findMany({ where: { userId: ana.id } });
  expect(
    sessions.filter((session) => session.confirmedAt.getTime() === now.getTime()),
  ).toHaveLength(1);
});

test("a code of the app or a recovery code does, once", async () => {
  const { secret, recoveryCodes } = await giveAuthenticator(site, ana);
  for (const code of [codeAt(secret, now), recoveryCodes[0] ?? ""]) {
    expect((await confirm({ code })).status).toBe(303);
    expect(await confirmedAt()).toEqual(now);
    const again = await confirm({ code });
    expect([again.status, Object.keys(again.errors)]).toEqual([422, ["code"]]);
  }
});

test("a code is offered to whoever has an app, and of somebody else's app it counts for nothing", async () => {
  expect((await ana.visitor.get("/confirm")).$("input[name=code]")).toHaveLength(0);
  const bob = await signedInPerson(site);
  const { secret, recoveryCodes } = await giveAuthenticator(site, bob);
  for (const code of [codeAt(secret, now), recoveryCodes[0] ?? ""]) {
    expect((await confirm({ code })).status).toBe(422);
  }
  await giveAuthenticator(site, ana);
  expect((await ana.visitor.get("/confirm")).$("input[name=code]")).toHaveLength(1);
});

test.each(["//example.org", "https://example.org/", "/\\example.org"])(
  "it leads nowhere else: %s",
  async (next) => {
    expect((await confirm({ next, password: goodPassword })).location).toBe("/");
  },
);

test("guesses at the password of a session that was left open are limited as at the sign-in form", async () => {
  for (let guess = 0; guess < 10; guess += 1) await confirm({ password: `wrong ${guess}` });
  const answer = await confirm({ password: goodPassword });
  expect([answer.status, Object.keys(answer.errors)]).toEqual([429, ["password"]]);
});

test("no line of the log holds a secret, a code or a password", async () => {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const logger = pino({ level: "debug" }, stream);
  const app = createApp({ ...site.deps, logger }, { isStopping: () => false });
  const { visitor, username } = await signedInPerson({ ...site, app });
  await visitor.post(`${next}/begin`);
  const page = await visitor.get(next);
  const secret = page.$(".authenticator-key").text().replace(/\s/g, "");
  const code = codeAt(secret, now);
  await visitor.post(next, { code });
  const codes = (await visitor.get(next)).$(".recovery-codes code").text();
  await visitor.post("/confirm", { code: codes.slice(0, 11) });
  await visitor.post("/logout");
  await visitor.post("/login", { username, password: goodPassword });
  await visitor.post("/login/second-factor", { code }, { from: "/login/second-factor" });
  await visitor.post(
    "/login/second-factor",
    { code: codes.slice(11, 22) },
    { from: "/login/second-factor" },
  );
  const log = lines.join("");
  expect([secret.length, codes.length, log.includes("/login/second-factor")]).toEqual([
    32,
    110,
    true,
  ]);
  for (const word of [secret, code, goodPassword, codes.slice(0, 11), codes.slice(11, 22)]) {
    expect(log).not.toContain(word);
  }
});
