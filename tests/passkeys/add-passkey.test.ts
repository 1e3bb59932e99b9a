import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { signedInPerson } from "#tests/factories/people.ts";
import { cborMap } from "#tests/support/cbor.ts";
import { deliverMails, waitingMails } from "#tests/support/mails.ts";
import type { Wrongs } from "#tests/support/software-authenticator.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";
import { certified, madeUp, selfAttested } from "./attestations.ts";
import {
  addPasskey,
  newAuthenticator,
  optionsAt,
  type PasskeyPerson,
  personWithPasskey,
  usePasskey,
} from "./passkey-people.ts";

let site: TestApp;
let ana: PasskeyPerson;
const now = new Date();

beforeAll(async () => {
  site = await startTestApp({}, { clock: () => now });
});
beforeEach(async () => {
  ana = await personWithPasskey(site);
  await site.deps.database.$executeRaw`delete from pgboss.job`;
});
afterAll(() => site.close());

const mine = (userId = ana.id) => site.deps.database.passkey.findMany({ where: { userId } });
const codesOf = (userId = ana.id) => site.deps.database.recoveryCode.count({ where: { userId } });
const idOf = async (userId = ana.id) => (await mine(userId))[0]?.id ?? "";
const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

async function rowsFor(userId: number, count: number): Promise<void> {
  await site.deps.database.passkey.createMany({
    data: Array.from({ length: count }, (_, index) => ({
      id: `row-${userId}-${index}`,
      userId,
      name: `Key ${index}`,
      publicKey: Buffer.from("a"),
      createdAt: new Date(now.getTime() - index * 1000),
    })),
  });
}

describe("adding one", () => {
  test("asks for a passkey that proves both factors, and of nobody who has one", async () => {
    const { status, body } = await optionsAt(ana.visitor, "/settings/passkeys");
    const user = await site.deps.database.user.findUniqueOrThrow({ where: { id: ana.id } });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      rp: { id: "localhost", name: "Magpie" },
      user: { id: user.webauthnId, name: ana.username },
      attestation: "none",
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      excludeCredentials: [{ id: await idOf(), transports: ["internal"] }],
    });
    expect(user.webauthnId).toMatch(/^[\w-]{86}$/);
    expect(await optionsAt(ana.visitor, "/settings/passkeys")).toMatchObject({
      body: { user: { id: user.webauthnId } },
    });
  });

  test("makes ten recovery codes with the first second factor, shown once, and none after", async () => {
    const bob = await signedInPerson(site);
    const first = await addPasskey(bob.visitor, newAuthenticator(site));
    expect([first.status, first.location]).toEqual([303, "/settings/second-factor"]);
    const shown = async () =>
      (await bob.visitor.get("/settings/second-factor")).$("code").text().match(/.{11}/g) ?? [];
    const codes = await shown();
    expect(new Set(codes.filter((code) => /^[0-9a-z]{5}-[0-9a-z]{5}$/.test(code))).size).toBe(10);
    expect(await shown()).toEqual([]);
    expect(await codesOf(bob.id)).toBe(10);
    const before = await site.deps.database.recoveryCode.findMany({ where: { userId: bob.id } });
    const second = await addPasskey(bob.visitor, newAuthenticator(site));
    expect([second.status, second.location]).toEqual([303, "/settings/passkeys"]);
    const after = await site.deps.database.recoveryCode.findMany({ where: { userId: bob.id } });
    expect(after).toEqual(before);
  });

  test("two first ones at once bring ten codes", async () => {
    const bob = await signedInPerson(site);
    const csrf = await bob.visitor.csrf();
    const credentials = [];
    for (const authenticator of [newAuthenticator(site), newAuthenticator(site)]) {
      const { body } = await optionsAt(bob.visitor, "/settings/passkeys");
      credentials.push(authenticator.create(body as never));
    }
    const answers = await Promise.all(
      credentials.map((credential) =>
        bob.visitor.post("/settings/passkeys", { credential }, { csrf }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect([(await mine(bob.id)).length, await codesOf(bob.id)]).toEqual([2, 10]);
  });

  test("names it after the browser, and writes a mail that holds no words of anybody", async () => {
    const { body } = await optionsAt(ana.visitor, "/settings/passkeys");
    const credential = newAuthenticator(site).create(body as never, { isBackedUp: true });
    const headers = { "User-Agent": firefox };
    await ana.visitor.post("/settings/passkeys", { credential }, { headers });
    expect((await mine()).map(({ name, isBackedUp }) => [name, isBackedUp])).toContainEqual([
      "Firefox on Linux",
      true,
    ]);
    const [mail, ...others] = await deliverMails(site);
    expect(others).toEqual([]);
    expect(mail?.headers).toMatchObject({
      subject: "=?UTF-8?Q?A_passkey_was_added_=C2=B7_Magpie?=",
      to: `${ana.username}@example.org`,
    });
    expect([mail?.path, mail?.text]).toEqual([
      "/settings/passkeys",
      expect.not.stringContaining("Firefox"),
    ]);
  });

  test("takes one that attests itself, as some do unasked", async () => {
    const wrongs = { attest: selfAttested };
    expect((await addPasskey(ana.visitor, newAuthenticator(site), wrongs)).status).toBe(303);
    expect(await mine()).toHaveLength(2);
  });

  const refused = "This passkey could not be added. Try again, or use another device.";
  test.each<[string, Wrongs]>([
    ["another site's page", { origin: "https://evil.example" }],
    ["a passkey for another site", { rpId: "evil.example" }],
    ["nobody's finger or PIN", { isVerified: false }],
    ["nobody at the device", { isPresent: false }],
    ["an answer to another question", { type: "webauthn.get" }],
    ["an unknown attestation", { attest: madeUp("none?", cborMap([])) }],
    ["certificates, which nobody asked for", { attest: certified }],
    ["no map at all", { attest: madeUp("none", Buffer.from([0x9f, 0x9f])) }],
    ["a nest of lists", { attest: madeUp("none", Buffer.alloc(6000, 0x81)) }],
  ])("refuses %s", async (_what, wrongs) => {
    const answer = await addPasskey(ana.visitor, newAuthenticator(site), wrongs);
    expect([answer.status, answer.errors]).toEqual([422, { credential: refused }]);
    expect([(await mine()).length, await waitingMails(site)]).toEqual([1, []]);
  });

  test.each([
    ["another id than it says", 16],
    ["an id too long to be kept", 1100],
    ["an id of no bytes", 0],
  ])("refuses a passkey that has %s", async (_what, bytes) => {
    const { body } = await optionsAt(ana.visitor, "/settings/passkeys");
    const id = Buffer.alloc(bytes, 7).toString("base64url");
    const made = JSON.parse(newAuthenticator(site).create(body as never, { id }));
    const credential = JSON.stringify({ ...made, id: "YQ", rawId: "YQ" });
    const answer = await ana.visitor.post("/settings/passkeys", { credential });
    expect([answer.status, answer.errors]).toEqual([422, { credential: refused }]);
    expect([(await mine()).length, await waitingMails(site)]).toEqual([1, []]);
  });

  test("refuses a passkey that is somebody's already", async () => {
    const bob = await signedInPerson(site);
    const answer = await addPasskey(bob.visitor, newAuthenticator(site), { id: await idOf() });
    expect([answer.status, answer.errors]).toEqual([
      422,
      { credential: "This passkey is in use already. Add another one." },
    ]);
    expect([await codesOf(bob.id), await waitingMails(site)]).toEqual([0, []]);
    expect((await usePasskey(createVisitor(site.app), ana.authenticator)).status).toBe(303);
  });

  test("stops at twenty, also for two at once", async () => {
    await rowsFor(ana.id, 18);
    const csrf = await ana.visitor.csrf();
    const credentials = [];
    for (let i = 0; i < 2; i += 1) {
      const { body } = await optionsAt(ana.visitor, "/settings/passkeys");
      credentials.push(newAuthenticator(site).create(body as never));
    }
    const answers = await Promise.all(
      credentials.map((credential) =>
        ana.visitor.post("/settings/passkeys", { credential }, { csrf }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 422]);
    expect(await mine()).toHaveLength(20);
    const { $ } = await ana.visitor.get("/settings/passkeys");
    expect($("main").text()).toContain("These are 20, which is as many as fit.");
    expect((await optionsAt(ana.visitor, "/settings/passkeys")).status).toBe(422);
  });
});
