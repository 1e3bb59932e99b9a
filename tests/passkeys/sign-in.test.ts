import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";
import {
  isSignedIn,
  optionsAt,
  type PasskeyPerson,
  personWithPasskey,
  usePasskey,
} from "./passkey-people.ts";

let site: TestApp;
let ana: PasskeyPerson;
let visitor: Visitor;
let now = new Date();

beforeAll(async () => {
  site = await startTestApp({}, { clock: () => now });
  ana = await personWithPasskey(site);
});
beforeEach(async () => {
  visitor = createVisitor(site.app);
  await site.deps.database.rateLimit.deleteMany();
  // Tests go forward in time, and adding asks for a confirmation of the last minutes.
  await site.deps.database.session.updateMany({ data: { confirmedAt: now } });
});
afterAll(() => site.close());

const refused = "This passkey opens no account here. Try another one, or another way.";
const passkeyOf = (userId: number) =>
  site.deps.database.passkey.findFirstOrThrow({ where: { userId } });

describe("signing in with a passkey alone", () => {
  test("needs no password and no second step, and is noted", async () => {
    now = new Date(now.getTime() + 60_000);
    const fields = { next: "/ranking", keep: "on" };
    const answer = await usePasskey(visitor, ana.authenticator, { fields, isBackedUp: true });
    expect([answer.status, answer.location]).toEqual([303, "/ranking"]);
    expect((await visitor.get("/settings/profile")).$("main").text()).toContain("Profile");
    const passkey = await passkeyOf(ana.id);
    expect([passkey.lastUsedAt, passkey.isBackedUp]).toEqual([now, true]);
    const session = await site.deps.database.session.findFirstOrThrow({
      where: { userId: ana.id },
      orderBy: { createdAt: "desc" },
    });
    expect([session.isKept, session.confirmedAt]).toEqual([true, now]);
  });

  test("leads to pages of this site only, and changes the session's id", async () => {
    const before = (await visitor.get("/login")).headers["set-cookie"];
    const answer = await usePasskey(visitor, ana.authenticator, {
      fields: { next: "//evil.example" },
    });
    expect([answer.status, answer.location]).toEqual([303, "/"]);
    expect(answer.headers["set-cookie"]?.[0]).not.toBe(before?.[0]);
    const session = await site.deps.database.session.findFirstOrThrow({
      where: { userId: ana.id, isKept: false },
    });
    expect(session).toBeTruthy();
  });

  test("asks for any passkey of this site, and tells nothing of anybody", async () => {
    const { status, body, headers } = await optionsAt(visitor, "/login/passkey");
    expect([status, headers["cache-control"]]).toEqual([200, "no-store"]);
    expect(body).toEqual({
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      rpId: "localhost",
      timeout: 300_000,
      userVerification: "required",
    });
    const again = await optionsAt(visitor, "/login/passkey");
    expect(again.body["challenge"]).not.toBe(body["challenge"]);
  });

  const otherKey = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  test.each([
    ["another site's page", { origin: "https://evil.example" }],
    ["a page of this machine at another port", { origin: "http://localhost:3001" }],
    ["a passkey made for another site", { rpId: "evil.example" }],
    ["nobody's finger or PIN", { isVerified: false }],
    ["nobody at the device", { isPresent: false }],
    ["somebody else's key", { key: otherKey }],
    ["an answer to another question", { type: "webauthn.create" }],
    ["a passkey nobody has", { id: "bm9ib2R5" }],
    ["another person's handle", { userHandle: "bm9ib2R5" }],
    ["no handle", { userHandle: null }],
  ])("refuses %s", async (_what, wrongs) => {
    const before = await passkeyOf(ana.id);
    const answer = await usePasskey(visitor, ana.authenticator, {
      ...wrongs,
      fields: { username: "ana", next: "/ranking" },
    });
    expect([answer.status, answer.errors]).toEqual([422, { credential: refused }]);
    expect(answer.$("input[name=username]").val()).toBe("ana");
    expect(answer.$("input[name=next]").val()).toBe("/ranking");
    expect(await isSignedIn(visitor)).toBe(false);
    expect(await passkeyOf(ana.id)).toEqual(before);
    expect((await usePasskey(visitor, ana.authenticator)).status).toBe(303);
  });

  test("refuses a deactivated person as it does an unknown passkey", async () => {
    const bob = await personWithPasskey(site);
    const set = (isActive: boolean) =>
      site.deps.database.user.update({ where: { id: bob.id }, data: { isActive } });
    await set(false);
    const answer = await usePasskey(visitor, bob.authenticator);
    expect([answer.status, answer.errors]).toEqual([422, { credential: refused }]);
    await set(true);
    expect((await usePasskey(visitor, bob.authenticator)).status).toBe(303);
  });

  test("refuses a passkey whose account is gone", async () => {
    const bob = await personWithPasskey(site);
    await site.deps.database.user.delete({ where: { id: bob.id } });
    const answer = await usePasskey(visitor, bob.authenticator);
    expect([answer.status, answer.errors]).toEqual([422, { credential: refused }]);
  });

  test("tells the browser of a passkey that was removed, and of no other that it refuses", async () => {
    const { database } = site.deps;
    const bob = await personWithPasskey(site);
    const { id } = await passkeyOf(bob.id);
    const told = async (wrongs: Parameters<typeof usePasskey>[2] = {}) => {
      const answer = await usePasskey(createVisitor(site.app), bob.authenticator, wrongs);
      expect([answer.status, answer.errors]).toEqual([422, { credential: refused }]);
      return answer.$("[data-removed-passkey]").attr("data-removed-passkey");
    };
    expect(await told({ isVerified: false })).toBeUndefined();
    await database.user.update({ where: { id: bob.id }, data: { isActive: false } });
    expect(await told()).toBeUndefined();
    await database.passkey.delete({ where: { id } });
    // At this name, another service's.
    expect(await told({ userHandle: "bm9ib2R5" })).toBeUndefined();
    expect(await told({ userHandle: null })).toBeUndefined();
    expect(JSON.parse((await told()) ?? "")).toEqual({ rpId: "localhost", credentialId: id });
    await database.user.delete({ where: { id: bob.id } });
    expect(await told()).toBeUndefined();
  });

  test("refuses a counter that does not go forward, as that of a copy would", async () => {
    const bob = await personWithPasskey(site);
    const signIn = async (counter: number) =>
      (await usePasskey(createVisitor(site.app), bob.authenticator, { counter })).status;
    expect(await signIn(0)).toBe(303);
    expect(await signIn(0)).toBe(303);
    expect(await signIn(7)).toBe(303);
    for (const counter of [7, 6, 0])
      expect([counter, await signIn(counter)]).toEqual([counter, 422]);
    expect(await signIn(8)).toBe(303);
    expect((await passkeyOf(bob.id)).counter).toBe(8n);
  });

  test("lets one of several copies in that sign with the same count at once", async () => {
    const bob = await personWithPasskey(site);
    const visitors = Array.from({ length: 6 }, () => createVisitor(site.app));
    const copies = await Promise.all(
      visitors.map(async (copy) => {
        const csrf = await copy.csrf();
        const { body } = await optionsAt(copy, "/login/passkey");
        return { copy, csrf, credential: bob.authenticator.get(body as never, { counter: 5 }) };
      }),
    );
    const answers = await Promise.all(
      copies.map(({ copy, csrf, credential }) =>
        copy.post("/login/passkey", { credential }, { csrf }),
      ),
    );
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([303, ...Array(5).fill(422)]);
  });
});

test("wrong answers count as sign-ins from an address, and the sentence says how long to wait", async () => {
  const { deps } = site;
  for (let i = 0; i < 59; i += 1) await deps.limits.signInsByAddress.take("127.0.0.1");
  const wrong = { isVerified: false };
  expect((await usePasskey(visitor, ana.authenticator, wrong)).status).toBe(422);
  const answer = await usePasskey(visitor, ana.authenticator);
  expect([answer.status, answer.headers["retry-after"]]).toEqual([429, expect.any(String)]);
  expect(answer.errors["credential"]).toContain("Try again in");
});

test("a sign-in reads and writes the same few times, whoever has however many", async () => {
  const measure = () =>
    queriesOf(async () => {
      expect((await usePasskey(createVisitor(site.app), ana.authenticator)).status).toBe(303);
    });
  const few = await measure();
  await site.deps.database.passkey.createMany({
    data: Array.from({ length: 15 }, (_, i) => ({
      id: `other${i}`,
      userId: ana.id,
      name: "Other",
      publicKey: Buffer.from("a"),
    })),
  });
  expect((await measure()).length).toBe(few.length);
});
