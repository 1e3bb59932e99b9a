import { afterAll, beforeAll, expect, test } from "vitest";
import { signedInPerson } from "#tests/factories/people.ts";
import { addPasskey, newAuthenticator, usePasskey } from "#tests/passkeys/passkey-people.ts";
import { deliverMails, waitingMails } from "#tests/support/mails.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;
const newPassword = "quince-and-medlar";

beforeAll(async () => {
  site = await startTestApp();
});
afterAll(() => site.close());

/** Has a link sent, and sets a new password by it. */
async function reset(email: string): Promise<void> {
  const visitor = createVisitor(site.app);
  await deliverMails(site);
  await visitor.post("/password-reset", { email }, { from: "/password-reset" });
  const [mail] = await deliverMails(site);
  const fields = { password: newPassword, password2: newPassword };
  expect((await visitor.post(mail?.path ?? "", fields)).location).toBe("/login");
}

test("a reset that first proves an address takes back what somebody else may have left to come back by", async () => {
  const { database } = site.deps;
  const { id, username, visitor } = await signedInPerson(site);
  const secret = { userId: id, secret: "JBSWY3DP", lastStep: 0 };
  await database.authenticator.create({ data: secret });
  const planted = newAuthenticator(site);
  const left = async () => [
    await database.passkey.count({ where: { userId: id } }),
    await database.oidcIdentity.count({ where: { userId: id } }),
    await database.authenticator.count({ where: { userId: id } }),
    await database.recoveryCode.count({ where: { userId: id } }),
  ];
  const connect = () =>
    database.oidcIdentity.create({
      data: { issuer: "https://id.example", subject: username, userId: id },
    });
  const email = `${username}@example.org`;
  expect((await addPasskey(visitor, planted)).status).toBe(303);
  await connect();
  await database.recoveryCode.create({ data: { userId: id, codeHash: "a" } });

  await reset(email);
  expect(await left()).toEqual([0, 0, 1, 1]);
  expect((await usePasskey(createVisitor(site.app), planted)).status).toBe(422);
  const mails = (await waitingMails(site)).map(({ template }) => template);
  expect(mails.toSorted()).toEqual(["identity-disconnected", "passkey-removed"]);
  await deliverMails(site);
  await database.authenticator.deleteMany({ where: { userId: id } });
  await database.recoveryCode.deleteMany({ where: { userId: id } });

  // From now on it is theirs alone, and stays as it is.
  const owner = createVisitor(site.app);
  await owner.post("/login", { username, password: newPassword });
  expect((await addPasskey(owner, newAuthenticator(site))).status).toBe(303);
  await connect();
  await reset(email);
  expect(await left()).toEqual([1, 1, 0, 10]);
});
