import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";
import {
  newAuthenticator,
  optionsAt,
  type PasskeyPerson,
  personWithPasskey,
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
const unreadable = "This answer of your browser cannot be read. Try again.";

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
  const bytes = { authenticatorData: "YQ", signature: "YQ", attestationObject: "YQ" };
  const response = { ...bytes, clientDataJSON: "e30" };
  /** It answers a challenge nobody gave, and can be read. */
  const readable = { ...response, clientDataJSON: clientDataJSON({ challenge: "x" }) };
  const answerTo = (path: string, credential: string) =>
    (path === "/login/passkey" ? visitor : ana.visitor).post(path, { credential });
  const paths = ["/login/passkey", "/confirm/passkey", "/settings/passkeys"];
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
    ["an id that is no text", JSON.stringify({ ...proper, id: { a: 1 }, response: readable })],
    ["a long id", JSON.stringify({ ...proper, id: "a".repeat(1365), response: readable })],
    ["a long raw id", JSON.stringify({ ...proper, rawId: "a".repeat(1365), response: readable })],
    ["a NUL in an id", JSON.stringify({ ...proper, id: "a\0b", response: readable })],
    ["no bytes in an id", JSON.stringify({ ...proper, id: "", response: readable })],
    ["another type", JSON.stringify({ ...proper, type: "password", response: readable })],
    ["a lone surrogate", '{"id":"\\ud800","rawId":"\\ud800","type":"public-key","response":{}}'],
    ["client data without a challenge", JSON.stringify({ ...proper, response })],
    ...["null", "[]", "{", deep, '{"challenge":1}', "\u0000"].map((content): [string, string] => [
      `client data ${JSON.stringify(content).slice(0, 20)}`,
      JSON.stringify({
        ...proper,
        response: { ...response, clientDataJSON: clientDataJSON(content).slice(0, 4999) },
      }),
    ]),
  ])("is refused: %s", async (_what, credential) => {
    for (const path of paths) {
      const { status, errors } = await answerTo(path, credential);
      expect([path, status, errors]).toEqual([path, 422, { credential: unreadable }]);
    }
  });

  const challenge = (length: number) => clientDataJSON({ challenge: "x".repeat(length) });
  test.each<[string, string, string, string[]]>([
    ["authenticatorData", "a".repeat(5000), "a".repeat(5001), paths.slice(0, 2)],
    ["authenticatorData", "YQ", "Y=", paths.slice(0, 2)],
    ["signature", "a".repeat(5000), "a".repeat(5001), paths.slice(0, 2)],
    ["signature", "YQ", "Y+", paths.slice(0, 2)],
    ["userHandle", "a".repeat(86), "a".repeat(87), paths.slice(0, 2)],
    ["attestationObject", "a".repeat(10_000), "a".repeat(10_001), paths.slice(2)],
    ["clientDataJSON", challenge(200), challenge(201), paths],
    [
      "clientDataJSON",
      clientDataJSON(`{"challenge":"x"}`.padEnd(3750)),
      clientDataJSON(`{"challenge":"x"}`.padEnd(3751)),
      paths,
    ],
  ])("is read up to its bounds: %s", async (name, most, more, where) => {
    const answerWith = (value: string) =>
      JSON.stringify({ ...proper, response: { ...readable, [name]: value } });
    for (const path of where) {
      const read = await answerTo(path, answerWith(most));
      expect([path, read.status, read.errors]).toEqual([path, 422, { credential: tooLate }]);
      const { status, errors } = await answerTo(path, answerWith(more));
      expect([path, status, errors]).toEqual([path, 422, { credential: unreadable }]);
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
    const twice = { credential: ["{}", "{}"] } as never;
    expect((await visitor.post("/login/passkey", twice)).status).toBe(400);
    expect((await visitor.post("/login/passkey", {}, { csrf: null })).status).toBe(403);
    expect((await visitor.post("/login/passkey/options", {}, { csrf: null })).status).toBe(403);
    expect((await visitor.get("/login/passkey")).status).toBe(405);
    expect((await visitor.get("/login/passkey/options")).status).toBe(405);
  });
});
