import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { staffOf } from "#tests/admin/administrators.ts";
import { flashesOf, historyOf, type Person, runOn } from "#tests/admin/chosen-rows.ts";
import { goodPassword, signedInPerson } from "#tests/factories/people.ts";
import { giveAuthenticator } from "#tests/factories/second-factors.ts";
import { adminCommand } from "#tests/support/admin-command.ts";
import { waitingMails } from "#tests/support/mails.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;
let admin: Person;
let ana: Person;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  admin = await signedInPerson(site, { isSuperuser: true });
});
beforeEach(async () => {
  ana = await withEverything();
});
afterAll(() => site.close());

/** Somebody with an app, recovery codes and a passkey. */
async function withEverything(): Promise<Person> {
  const person = await signedInPerson(site);
  await giveAuthenticator(site, person);
  await site.deps.database.passkey.create({
    data: { id: `key-${person.id}`, userId: person.id, name: "Phone", publicKey: Buffer.from([1]) },
  });
  return person;
}

const left = async ({ id: userId }: Person) => {
  const { authenticator, passkey, recoveryCode } = site.deps.database;
  const where = { userId };
  const counts = [authenticator.count({ where }), passkey.count({ where })];
  return Promise.all([...counts, recoveryCode.count({ where })]);
};
const mailsTo = async ({ id }: Person) =>
  (await waitingMails(site)).filter((mail) => "userId" in mail && mail.userId === id);

const command = (...words: string[]) => adminCommand(site, ...words);

test("the command takes app, passkeys and codes away, tells by mail, and says when there is nothing", async () => {
  const other = await withEverything();
  const name = "turn-off-second-factor";
  const { username } = ana;
  expect(await command(name, username)).toEqual({
    said: `The second factor of ${username} is off; a mail tells them.\n`,
    code: 0,
  });
  expect([await left(ana), await left(other)]).toEqual([
    [0, 0, 0],
    [1, 1, 10],
  ]);
  expect(await mailsTo(ana)).toEqual([{ template: "second-factor-removed", userId: ana.id }]);
  const visitor = createVisitor(site.app);
  expect((await visitor.post("/login", { username, password: goodPassword })).location).toBe("/");
  expect(await command(name, username)).toEqual({
    said: `${username} has no second factor.\n`,
    code: 0,
  });
  expect(await mailsTo(ana)).toHaveLength(1);
  expect(await command(name, "nobody")).toEqual({
    said: "There is nobody named nobody.\n",
    code: 1,
  });
  expect((await command(name)).code).toBe(2);
});

test("superusers turn it off in the list of people, which is recorded without any secret", async () => {
  const bare = await signedInPerson(site);
  await runOn(admin, "users", { action: "turn-off-second-factor", keys: [ana.id, bare.id] });
  expect(await flashesOf(admin)).toEqual([
    "Second factor of 1 person turned off.",
    "No second factor to turn off: 1 person.",
  ]);
  expect(await left(ana)).toEqual([0, 0, 0]);
  expect(await mailsTo(ana)).toEqual([{ template: "second-factor-removed", userId: ana.id }]);
  const history = await historyOf(site, "users", [ana.id, bare.id]);
  expect(history.map(({ objectId, changes }) => [objectId, changes])).toEqual([
    [String(ana.id), [{ field: "Second factor", before: "App, 1 passkey", after: "None" }]],
  ]);
});

test("nobody else does, and nobody their own", async () => {
  await giveAuthenticator(site, admin);
  const action = { action: "turn-off-second-factor", confirmed: "yes" };
  const own = await admin.visitor.post(
    "/admin/users/actions",
    { ...action, [`row-${admin.id}`]: "on" },
    { from: "/admin/users" },
  );
  expect(own.status).toBeLessThan(500);
  expect((await left(admin))[0]).toBe(1);
  const bob = await signedInPerson(site);
  const answer = await bob.visitor.post("/admin/users/actions", {
    ...action,
    [`row-${ana.id}`]: "on",
  });
  expect([answer.status, await left(ana)]).toEqual([404, [1, 1, 10]]);
  const staff = await staffOf(site, ["users view", "users change"]);
  const refused = await staff.visitor.post(
    "/admin/users/actions",
    { ...action, [`row-${ana.id}`]: "on" },
    { from: "/admin/users" },
  );
  expect([refused.status, await left(ana)]).toEqual([404, [1, 1, 10]]);
});

test("a person's archive says since when it is on and how many codes are left, and no secret", async () => {
  const folder = mkdtempSync(join(tmpdir(), "magpie-archive-"));
  const read = async (person: Person) => {
    const { bytes } = await person.visitor.post("/settings/data/download", {}, { binary: true });
    const archive = join(folder, `${person.id}.zip`);
    writeFileSync(archive, bytes);
    return execFileSync("unzip", ["-p", archive, "*.json"]).toString();
  };
  const archive = await read(ana);
  const { secret } = await site.deps.database.authenticator.findUniqueOrThrow({
    where: { userId: ana.id },
  });
  expect(archive).toMatch(/"twoStepSignInSince": "\d{4}-/);
  expect(archive).toContain('"recoveryCodes": 10');
  expect(archive).not.toContain(secret);
  expect(await read(await signedInPerson(site))).toContain('"twoStepSignInSince": null');
  rmSync(folder, { recursive: true });
});
