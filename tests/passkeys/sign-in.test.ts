import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";
import {
  isSignedIn,
  newAuthenticator,
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
const tooLate = "That took too long, or was sent twice. Try again.";
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
});

describe("a challenge", () => {
  test("is good once", async () => {
    const { body } = await optionsAt(visitor, "/login/passkey");
    const credential = ana.authenticator.get(body as never);
    expect((await visitor.post("/login/passkey", { credential })).status).toBe(303);
    await visitor.post("/logout");
    const answer = await visitor.post("/login/passkey", { credential });
    expect([answer.status, answer.errors]).toEqual([422, { credential: tooLate }]);
  });

  test("is used up by a wrong answer, too", async () => {
    const { body } = await optionsAt(visitor, "/login/passkey");
    const wrong = ana.authenticator.get(body as never, { isVerified: false });
    expect((await visitor.post("/login/passkey", { credential: wrong })).status).toBe(422);
    const credential = ana.authenticator.get(body as never);
    expect((await visitor.post("/login/passkey", { credential })).errors).toEqual({
      credential: tooLate,
    });
  });

  test("signs in once, however many requests bring it at once", async () => {
    const csrf = await visitor.csrf();
    const { body } = await optionsAt(visitor, "/login/passkey");
    const credential = ana.authenticator.get(body as never);
    const before = await site.deps.database.session.count({ where: { userId: ana.id } });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => visitor.post("/login/passkey", { credential }, { csrf })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    // Whoever comes after the sign-in finds no session any more, and so no form.
    expect(statuses.filter((status) => status !== 303 && status !== 422 && status !== 403)).toEqual(
      [],
    );
    const after = await site.deps.database.session.count({ where: { userId: ana.id } });
    expect(after - before).toBe(1);
  });

  test("is this visitor's alone, and lives five minutes", async () => {
    const { body } = await optionsAt(createVisitor(site.app), "/login/passkey");
    const stolen = ana.authenticator.get(body as never);
    const answer = await visitor.post("/login/passkey", { credential: stolen });
    expect([answer.status, answer.errors]).toEqual([422, { credential: tooLate }]);
    for (const [milliseconds, status] of [
      [5 * 60_000 - 1, 303],
      [5 * 60_000, 422],
    ] as const) {
      const other = createVisitor(site.app);
      const options = await optionsAt(other, "/login/passkey");
      const credential = ana.authenticator.get(options.body as never);
      now = new Date(now.getTime() + milliseconds);
      expect((await other.post("/login/passkey", { credential })).status).toBe(status);
    }
  });

  test("waits in each of five tabs", async () => {
    const given: string[] = [];
    for (let tab = 0; tab < 6; tab += 1) {
      const { body } = await optionsAt(visitor, "/login/passkey");
      given.push(ana.authenticator.get(body as never));
    }
    const signIn = (tab: number) =>
      visitor.post("/login/passkey", { credential: given[tab] ?? "" });
    expect((await signIn(0)).status).toBe(422);
    expect((await signIn(1)).status).toBe(303);
  });

  test("given to sign in adds no passkey", async () => {
    const { body } = await optionsAt(ana.visitor, "/login/passkey");
    const authenticator = newAuthenticator(site);
    const options = { ...body, rp: { id: "localhost" }, user: { id: "bm9ib2R5" } };
    const credential = authenticator.create(options as never);
    const answer = await ana.visitor.post("/settings/passkeys", { credential });
    expect([answer.status, answer.errors]).toEqual([422, { credential: tooLate }]);
  });
});

describe("what is no answer of a browser", () => {
  const proper = { id: "YQ", rawId: "YQ", type: "public-key" };
  const clientDataJSON = (content: unknown) =>
    Buffer.from(typeof content === "string" ? content : JSON.stringify(content)).toString(
      "base64url",
    );
  const response = { clientDataJSON: "e30", authenticatorData: "YQ", signature: "YQ" };
  const deep = `${"[".repeat(9000)}${"]".repeat(9000)}`;

  test.each<[string, string]>([
    ["nothing", ""],
    ["null", "null"],
    ["a number", "1"],
    ["a list", "[]"],
    ["broken JSON", '{"id":'],
    ["deep lists", deep],
    ["deep objects", '{"response":'.repeat(5000)],
    ["much text", "x".repeat(90_000)],
    ["a prototype", '{"__proto__":{"id":"YQ"},"constructor":1}'],
    ["no response", JSON.stringify(proper)],
    ["a list for a response", JSON.stringify({ ...proper, response: [] })],
    ["an id that is no text", JSON.stringify({ ...proper, id: { a: 1 }, response })],
    ["an id too long", JSON.stringify({ ...proper, id: "a".repeat(1365), response })],
    ["a NUL in an id", JSON.stringify({ ...proper, id: "a\0b", rawId: "a\0b", response })],
    ["a lone surrogate", '{"id":"\\ud800","rawId":"\\ud800","type":"public-key","response":{}}'],
    ["client data without a challenge", JSON.stringify({ ...proper, response })],
    ...["null", "[]", "{", deep, '{"challenge":1}', "\u0000"].map((content): [string, string] => [
      `client data ${content.slice(0, 20)}`,
      JSON.stringify({
        ...proper,
        response: { ...response, clientDataJSON: clientDataJSON(content).slice(0, 4999) },
      }),
    ]),
  ])("is refused: %s", async (_what, credential) => {
    for (const [who, path] of [
      [visitor, "/login/passkey"],
      [ana.visitor, "/confirm/passkey"],
      [ana.visitor, "/settings/passkeys"],
    ] as const) {
      const answer = await who.post(path, { credential });
      expect([path, answer.status]).toEqual([path, 422]);
      expect(answer.errors["credential"]).toMatch(/Try again\.$/);
    }
  });

  test.each<[string, { authenticatorData?: string; signature?: string; client?: object }]>([
    ["a short authenticator's word", { authenticatorData: "YQ" }],
    ["much of it", { authenticatorData: "YWFh".repeat(1000) }],
    ["a signature that is none", { signature: "YQ" }],
    [
      "client data of other types",
      { client: { type: {}, origin: [], tokenBinding: 1, crossOrigin: "a" } },
    ],
  ])("is refused with a challenge that is right: %s", async (_what, { client, ...wrong }) => {
    const { body } = await optionsAt(visitor, "/login/passkey");
    const right = JSON.parse(ana.authenticator.get(body as never));
    const { challenge } = body;
    const odd = client ? { clientDataJSON: clientDataJSON({ challenge, ...client }) } : {};
    const response = { ...right.response, ...wrong, ...odd };
    const credential = JSON.stringify({ ...right, response });
    const answer = await visitor.post("/login/passkey", { credential });
    expect([answer.status, answer.errors]).toEqual([422, { credential: refused }]);
  });

  test("a NUL, a repeated field and a missing token never reach it", async () => {
    const { status } = await visitor.post("/login/passkey", { credential: "a\0b" });
    expect(status).toBe(400);
    expect((await visitor.post("/login/passkey", {}, { csrf: null })).status).toBe(403);
    expect((await visitor.post("/login/passkey/options", {}, { csrf: null })).status).toBe(403);
    expect((await visitor.get("/login/passkey")).status).toBe(405);
    expect((await visitor.get("/login/passkey/options")).status).toBe(405);
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
