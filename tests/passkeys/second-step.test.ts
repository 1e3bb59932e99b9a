import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";
import {
  afterPassword,
  isSignedIn,
  newAuthenticator,
  optionsAt,
  type PasskeyPerson,
  personWithPasskey,
  usePasskey,
} from "./passkey-people.ts";

let site: TestApp;
let ana: PasskeyPerson;
let bob: PasskeyPerson;
let now = new Date();

beforeAll(async () => {
  site = await startTestApp({}, { clock: () => now });
  [ana, bob] = [await personWithPasskey(site), await personWithPasskey(site)];
});
afterAll(() => site.close());

const path = "/login/second-factor/passkey";
const refused = "This passkey opens no account here. Try another one, or another way.";

test("a passkey is the second step after a password; no handle is asked of it", async () => {
  for (const userHandle of [undefined, null]) {
    const visitor = await afterPassword(site, ana.username);
    expect(await isSignedIn(visitor)).toBe(false);
    const page = await visitor.get("/login/second-factor");
    expect(page.$(`form[action="${path}"]`).attr("hidden")).toBe("hidden");
    const { body } = await optionsAt(visitor, path);
    expect(body["allowCredentials"]).toMatchObject([{ type: "public-key" }]);
    const wrongs = userHandle === null ? { userHandle } : {};
    const answer = await usePasskey(visitor, ana.authenticator, { path, ...wrongs });
    expect([answer.status, answer.location]).toEqual([303, "/"]);
    expect(await isSignedIn(visitor)).toBe(true);
  }
});

test("another person's passkey is no second step, and signs nobody in", async () => {
  const visitor = await afterPassword(site, ana.username);
  for (const [authenticator, wrongs] of [
    [bob.authenticator, {}],
    [bob.authenticator, { userHandle: null }],
    [newAuthenticator(site), { userHandle: null }],
    [ana.authenticator, { userHandle: "bm9ib2R5" }],
    [ana.authenticator, { isVerified: false }],
  ] as const) {
    const answer = await usePasskey(visitor, authenticator, { path, ...wrongs });
    expect([answer.status, answer.errors]).toEqual([422, { credential: refused }]);
  }
  expect(await isSignedIn(visitor)).toBe(false);
  expect((await usePasskey(visitor, ana.authenticator, { path })).status).toBe(303);
});

test("a challenge to sign in is none for the second step, nor the other way round", async () => {
  const visitor = await afterPassword(site, ana.username);
  for (const [asked, sent] of [
    [path, "/login/passkey"],
    ["/login/passkey", path],
  ] as const) {
    const { body } = await optionsAt(visitor, asked);
    const credential = ana.authenticator.get(body as never);
    expect((await visitor.post(sent, { credential })).status).toBe(422);
  }
});

test("there is no second step without a first, nor ten minutes later", async () => {
  const visitor = createVisitor(site.app);
  const options = await optionsAt(visitor, path);
  expect([options.status, options.body["code"]]).toEqual([403, "sign_in_required"]);
  const answer = await visitor.post(path, { credential: "{}" });
  expect([answer.status, answer.location]).toEqual([303, "/login/second-factor"]);
  const late = await afterPassword(site, ana.username);
  const { body } = await optionsAt(late, path);
  const credential = ana.authenticator.get(body as never);
  now = new Date(now.getTime() + 600_001);
  expect((await late.post(path, { credential })).status).toBe(303);
  expect(await isSignedIn(late)).toBe(false);
});

test("a passkey confirms its own person's session alone", async () => {
  const options = { path: "/confirm/passkey", fields: { next: "/settings/password" } };
  now = new Date(now.getTime() + 600_001);
  const confirmedAt = async () => {
    const where = { userId: ana.id, userAgent: "" };
    const sessions = await site.deps.database.session.findMany({ where });
    return sessions.filter((session) => session.confirmedAt.getTime() === now.getTime()).length;
  };
  const wrong = await usePasskey(ana.visitor, bob.authenticator, options);
  expect([wrong.status, wrong.errors]).toEqual([422, { credential: refused }]);
  expect(wrong.$("input[name=next]").val()).toBe("/settings/password");
  expect(await confirmedAt()).toBe(0);
  const answer = await usePasskey(ana.visitor, ana.authenticator, options);
  expect([answer.status, answer.location]).toEqual([303, "/settings/password"]);
  expect(await confirmedAt()).toBe(1);
  const outside = await usePasskey(ana.visitor, ana.authenticator, {
    path: "/confirm/passkey",
    fields: { next: "//evil.example" },
  });
  expect(outside.location).toBe("/");
});

test("confirming is for those who are signed in, and who have a passkey", async () => {
  const stranger = createVisitor(site.app);
  for (const to of ["/confirm/passkey", "/confirm/passkey/options"]) {
    const answer = await stranger.post(to, { credential: "{}" });
    expect([answer.status, answer.location]).toEqual([303, "/login?next=%2F"]);
    expect((await ana.visitor.post(to, {}, { csrf: null })).status).toBe(403);
    expect((await ana.visitor.get(to)).status).toBe(405);
  }
  await site.deps.database.passkey.deleteMany({ where: { userId: bob.id } });
  expect((await optionsAt(bob.visitor, "/confirm/passkey")).status).toBe(404);
});
