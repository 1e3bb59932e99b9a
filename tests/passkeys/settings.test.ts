import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { signedInPerson } from "#tests/factories/people.ts";
import { deliverMails, waitingMails } from "#tests/support/mails.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";
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
let now = new Date();

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
const rename = async (name: string, visitor = ana.visitor) =>
  visitor.post(`/settings/passkeys/${await idOf()}/rename`, { name });
const remove = async (id: string, visitor = ana.visitor) =>
  visitor.post(`/settings/passkeys/${id}/remove`);

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

describe("the page", () => {
  test("lists them newest first: name, since when, when used, whether synchronised", async () => {
    const { database } = site.deps;
    await database.passkey.update({
      where: { id: await idOf() },
      data: {
        name: "<b>Old</b>",
        createdAt: new Date("2026-03-14T12:00:00Z"),
        lastUsedAt: new Date(now.getTime() - 3 * 3_600_000),
        isBackedUp: true,
      },
    });
    await rowsFor(ana.id, 1);
    const { $ } = await ana.visitor.get("/settings/passkeys");
    const items = $("li.passkey").toArray();
    const words = items.map((item) => $(item).find("p").text().replace(/\s+/g, " "));
    expect(words[0]).toMatch(/^Key 0Added \d+ \w+ \d+ · not used yet/);
    expect(words[1]).toMatch(
      /^<b>Old<\/b> synchronisedAdded 14 March 2026 · last used 3 hours ago/,
    );
    expect($("[data-passkey]").attr("hidden")).toBe("hidden");
    expect($(".section-nav [aria-current]").text()).toBe("Passkeys");
  });

  test("tells the browser once of the passkey that was removed, and never of another", async () => {
    const told = async () =>
      (await ana.visitor.get("/settings/passkeys")).$("[data-removed-passkey]");
    const id = await idOf();
    await addPasskey(ana.visitor, newAuthenticator(site));
    const other = await personWithPasskey(site);
    expect((await remove(await idOf(other.id))).status).toBe(404);
    expect((await remove("nothing")).status).toBe(404);
    expect(await told()).toHaveLength(0);
    await remove(id);
    const removed = (await told()).attr("data-removed-passkey") ?? "";
    expect(JSON.parse(removed)).toEqual({ rpId: "localhost", credentialId: id });
    expect(await told()).toHaveLength(0);
    const last = await idOf();
    await remove(last);
    expect((await told()).attr("data-removed-passkey")).toContain(last);
    expect(await told()).toHaveLength(0);
  });

  test("takes as many queries for twenty as for one, and shows nobody else's", async () => {
    // Takes the message that waits since the passkey was added.
    await ana.visitor.get("/settings/passkeys");
    const one = await queriesOf(() => ana.visitor.get("/settings/passkeys"));
    await rowsFor(ana.id, 19);
    const other = await personWithPasskey(site);
    await site.deps.database.passkey.updateMany({
      where: { userId: other.id },
      data: { name: "Theirs" },
    });
    let text = "";
    const twenty = await queriesOf(async () => {
      text = (await ana.visitor.get("/settings/passkeys")).text;
    });
    expect(twenty.length).toBe(one.length);
    expect(text).not.toContain("Theirs");
  });

  test("asks for a confirmation first once the last one is ten minutes old", async () => {
    const link = 'a[href="/confirm?next=/settings/passkeys"]';
    expect((await ana.visitor.get("/settings/passkeys")).$(link)).toHaveLength(0);
    now = new Date(now.getTime() + 600_001);
    expect((await ana.visitor.get("/settings/passkeys")).$(link)).toHaveLength(1);
    const { status, body } = await optionsAt(ana.visitor, "/settings/passkeys");
    expect([status, body["code"]]).toEqual([403, "confirmation_required"]);
    for (const path of ["/settings/passkeys", `/settings/passkeys/${await idOf()}/remove`]) {
      const answer = await ana.visitor.post(path, { credential: "{}" });
      expect([answer.status, answer.location]).toEqual([
        303,
        expect.stringMatching(/^\/confirm\?/),
      ]);
    }
    expect(await mine()).toHaveLength(1);
    const options = { path: "/confirm/passkey", fields: { next: "/settings/passkeys" } };
    const confirmed = await usePasskey(ana.visitor, ana.authenticator, options);
    expect([confirmed.status, confirmed.location]).toEqual([303, "/settings/passkeys"]);
    expect((await remove(await idOf())).location).toBe("/settings/passkeys");
    expect(await mine()).toHaveLength(0);
  });

  test("is for those who are signed in, and each may change their own alone", async () => {
    const stranger = createVisitor(site.app);
    const { visitor: other } = await signedInPerson(site);
    const id = await idOf();
    const page = await stranger.get("/settings/passkeys");
    expect([page.status, page.location]).toEqual([303, "/login?next=%2Fsettings%2Fpasskeys"]);
    for (const path of ["", "/options", `/${id}/rename`, `/${id}/remove`]) {
      const answer = await stranger.post(`/settings/passkeys${path}`, { name: "Stolen" });
      expect([path, answer.status, answer.location]).toEqual([path, 303, "/login?next=%2F"]);
      const forged = await ana.visitor.post(`/settings/passkeys${path}`, {}, { csrf: null });
      expect([path, forged.status]).toEqual([path, 403]);
      expect((await ana.visitor.get(`/settings/passkeys${path}`)).status).toBe(path ? 405 : 200);
    }
    expect((await rename("Stolen", other)).status).toBe(404);
    expect((await remove(id, other)).status).toBe(404);
    expect((await remove("nothing")).status).toBe(404);
    expect(await mine()).toMatchObject([{ id, name: "An unknown device" }]);
  });
});

test("without scripts the page says what to do", async () => {
  const { $ } = await ana.visitor.get("/settings/passkeys");
  expect($("noscript").text()).toContain("Adding a passkey takes JavaScript.");
});

describe("changing one", () => {
  test("gives it another name", async () => {
    const answer = await rename("  Büro  ");
    expect([answer.status, answer.location]).toEqual([303, "/settings/passkeys"]);
    expect(await mine()).toMatchObject([{ name: "Büro" }]);
  });

  test.each([
    ["", "Enter a name."],
    ["x".repeat(101), "Use at most 100 characters."],
    ["a\u0007b", "Leave out line breaks and control characters."],
  ])("refuses %j for a name, and keeps it to be mended", async (name, sentence) => {
    await rowsFor(ana.id, 1);
    const answer = await rename(name);
    expect([answer.status, answer.errors]).toEqual([422, { name: sentence }]);
    const open = answer.$("details[open]");
    expect(open.find("input[name=name]").val()).toBe(name);
    expect(answer.$("details[open]")).toHaveLength(1);
  });

  test("removes it, with the codes when it was the last second factor", async () => {
    const id = await idOf();
    await addPasskey(ana.visitor, newAuthenticator(site));
    await site.deps.database.$executeRaw`delete from pgboss.job`;
    const removed = await remove(id);
    expect((await ana.visitor.get(removed.location ?? "")).$(".flash").text()).toBe(
      "The passkey is removed. It signs nobody in any more.",
    );
    expect([(await mine()).length, await codesOf()]).toEqual([1, 10]);
    expect(await waitingMails(site)).toEqual([{ template: "passkey-removed", userId: ana.id }]);
    expect((await usePasskey(createVisitor(site.app), ana.authenticator)).status).toBe(422);
    expect((await remove(id)).status).toBe(404);
    expect((await remove(await idOf())).status).toBe(303);
    expect([(await mine()).length, await codesOf()]).toEqual([0, 0]);
    expect((await deliverMails(site)).map(({ headers }) => headers["subject"])).toEqual(
      Array(2).fill("=?UTF-8?Q?A_passkey_was_removed_=C2=B7_Magpie?="),
    );
  });

  test("keeps the last way in, and says what to do first", async () => {
    const { database } = site.deps;
    await database.user.update({ where: { id: ana.id }, data: { passwordHash: null } });
    // This site has no provider any more that could say who they are.
    await database.oidcIdentity.create({
      data: { issuer: "https://old.example", subject: String(ana.id), userId: ana.id },
    });
    const first = await idOf();
    const answer = await remove(first);
    expect([answer.status, answer.location]).toEqual([303, "/settings/passkeys"]);
    expect((await ana.visitor.get("/settings/passkeys")).$(".flash").text()).toBe(
      "This is the only way you sign in. Set a password first, then try again.",
    );
    const asJson = { headers: { Accept: "application/json" } };
    const told = await ana.visitor.post(`/settings/passkeys/${first}/remove`, {}, asJson);
    expect([told.status, told.body["code"]]).toEqual([409, "last_way_in"]);
    expect([(await mine()).length, await codesOf(), await waitingMails(site)]).toEqual([1, 10, []]);

    await addPasskey(ana.visitor, newAuthenticator(site));
    const [one, two] = await mine();
    const csrf = await ana.visitor.csrf("/settings/passkeys");
    await Promise.all(
      [one, two].map((each) =>
        ana.visitor.post(`/settings/passkeys/${each?.id}/remove`, {}, { csrf }),
      ),
    );
    expect(await mine()).toHaveLength(1);
  });
});
