import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { goodPassword, signedInPerson } from "#tests/factories/people.ts";
import { codeAt, giveAuthenticator } from "#tests/factories/second-factors.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let now = new Date();
let ana: { id: number; username: string; visitor: Visitor; secret: string };
const minute = 60_000;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" }, { clock: () => now });
});
beforeEach(async () => {
  now = new Date();
  const person = await signedInPerson(site);
  const { secret } = await giveAuthenticator(site, person);
  // Signed in by another service, which leaves nothing else behind.
  const data = { passwordHash: null };
  await site.deps.database.user.update({ where: { id: person.id }, data });
  ana = { ...person, secret };
});
afterAll(() => site.close());

const pass = (milliseconds: number) => {
  now = new Date(now.getTime() + milliseconds);
};
const userOf = () => site.deps.database.user.findUniqueOrThrow({ where: { id: ana.id } });
/** Says on the page it leads to that it is them. */
async function confirm(next: string) {
  const page = await ana.visitor.get(`/confirm?next=${next}`);
  expect(page.$("input[name=password]")).toHaveLength(0);
  const fields = { code: codeAt(ana.secret, now), next };
  const answer = await ana.visitor.post("/confirm", fields, { from: "/confirm" });
  expect([answer.status, answer.location]).toEqual([303, next]);
}
const linkTo = (page: string) => `main a[href="/confirm?next=${page}"]`;
const twice = { password: goodPassword, password2: goodPassword };

test("a first password is set by whoever has just confirmed who they are", async () => {
  const path = "/settings/password";
  pass(11 * minute);
  const page = await ana.visitor.get(path);
  expect(page.$("h1").text()).toBe("Set a password");
  expect(page.$("input[name=currentPassword], input[name=password]")).toHaveLength(0);
  expect(page.$(linkTo(path.replaceAll("/", "%2F"))).length + page.$(linkTo(path)).length).toBe(1);
  const early = await ana.visitor.post(path, twice);
  expect([early.status, Object.keys(early.errors)]).toEqual([422, ["currentPassword"]]);
  expect((await userOf()).passwordHash).toBeNull();

  await confirm(path);
  expect((await ana.visitor.get(path)).$("input[name=password]")).toHaveLength(1);
  const easy = await ana.visitor.post(path, { password: "password", password2: "password" });
  expect([easy.status, Object.keys(easy.errors)]).toEqual([422, ["password"]]);
  const answer = await ana.visitor.post(path, twice);
  expect([answer.status, answer.location]).toEqual([303, path]);
  const after = await ana.visitor.get(path);
  expect([after.$(".flash").text(), after.$("h1").text()]).toEqual([
    expect.stringContaining("Your password is set."),
    "Password",
  ]);
  const { username } = ana;
  const signIn = await createVisitor(site.app).post("/login", { username, password: goodPassword });
  expect(signIn.location).toBe("/login/second-factor");
});

test("another e-mail address is asked for after confirming", async () => {
  const path = "/settings/profile";
  const fields = { email: `new-${ana.username}@example.org` };
  pass(11 * minute);
  const early = await ana.visitor.post(path, fields);
  expect([early.status, Object.keys(early.errors)]).toEqual([422, ["currentPassword"]]);
  expect(early.$("main a[href^='/confirm?next=']")).toHaveLength(1);
  await confirm(path);
  expect((await ana.visitor.post(path, fields)).status).toBe(303);
  const { email } = await site.deps.database.accountToken.findFirstOrThrow({
    where: { userId: ana.id, purpose: "confirm_email" },
  });
  expect(email).toBe(fields.email);
});

test("an account is deleted after confirming", async () => {
  const path = "/settings/delete";
  const fields = { username: ana.username };
  pass(11 * minute);
  expect((await ana.visitor.get(path)).$("main a[href^='/confirm?next=']")).toHaveLength(1);
  const early = await ana.visitor.post(path, { ...fields, password: "anything" });
  expect([early.status, Object.keys(early.errors)]).toEqual([422, ["password"]]);
  expect(await userOf()).toMatchObject({ username: ana.username });
  await confirm(path);
  const answer = await ana.visitor.post(path, fields);
  expect([answer.status, answer.location]).toEqual([303, "/"]);
  expect(await site.deps.database.user.count({ where: { id: ana.id } })).toBe(0);
});
