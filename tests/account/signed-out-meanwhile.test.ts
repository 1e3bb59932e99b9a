import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changeOwnPassword } from "#features/account/change-password.ts";
import { resendConfirmation } from "#features/account/confirm-email.ts";
import { updateProfile } from "#features/account/update-profile.ts";
import { connectIdentity, disconnectIdentity } from "#features/openid/connect-identity.ts";
import { removePasskey } from "#features/passkeys/remove-passkey.ts";
import { addAuthenticator } from "#features/second-factors/add-authenticator.ts";
import { removeAuthenticator } from "#features/second-factors/remove-authenticator.ts";
import { renewRecoveryCodes } from "#features/second-factors/renew-recovery-codes.ts";
import { newSecret } from "#features/second-factors/totp.ts";
import type { Transaction } from "#platform/database.ts";
import { goodPassword, signedInPerson } from "#tests/factories/people.ts";
import { codeAt, giveAuthenticator } from "#tests/factories/second-factors.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { countWaiting } from "#tests/support/waiting-sessions.ts";

let site: TestApp;
beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
});
afterAll(() => site.close());

/** The account as a thief would change it, whole. */
const stateOf = (id: number) =>
  site.deps.database.user.findUniqueOrThrow({
    where: { id },
    include: { authenticator: true, recoveryCodes: true, identities: true, tokens: true },
  });

// Each of these was confirmed with a password that somebody then replaced: that ended the session.
describe("somebody signed out between asking and doing", () => {
  const identity = {
    issuer: "https://id.example",
    subject: "1",
    username: "",
    email: "",
    isEmailVerified: false,
    firstName: "",
    lastName: "",
  };
  const secret = newSecret();
  const profile = { firstName: "", lastName: "", bio: "", dateOfBirth: null };

  test.each<[string, (actor: { id: number; sessionId: string }) => Promise<unknown>]>([
    [
      "changes no password",
      (actor) => changeOwnPassword(site.deps, { actor, password: "quince-and-medlar" }),
    ],
    [
      "asks for no other address",
      (actor) =>
        updateProfile(site.deps, {
          actor,
          input: { ...profile, email: "thief@example.org" },
          photo: undefined,
        }),
    ],
    [
      "adds no app",
      (actor) =>
        addAuthenticator(site.deps, { actor, secret, code: codeAt(secret, site.deps.clock()) }),
    ],
    ["has no link sent", (actor) => resendConfirmation(site.deps, { actor, address: "192.0.2.1" })],
    ["turns nothing off", (actor) => removeAuthenticator(site.deps, { actor })],
    ["makes no recovery codes", (actor) => renewRecoveryCodes(site.deps, { actor })],
    ["removes no passkey", (actor) => removePasskey(site.deps, { actor, id: "any" })],
    ["connects nothing", (actor) => connectIdentity(site.deps, { actor, identity })],
    [
      "disconnects nothing",
      (actor) => disconnectIdentity(site.deps, { actor, issuer: identity.issuer }),
    ],
  ])("%s", async (_, act) => {
    const { id } = await signedInPerson(site);
    await giveAuthenticator(site, { id });
    const { id: sessionId } = await site.deps.database.session.findFirstOrThrow({
      where: { userId: id },
    });
    await site.deps.database.session.delete({ where: { id: sessionId } });
    const before = await stateOf(id);
    await expect(act({ id, sessionId })).rejects.toMatchObject({ code: "signed_out" });
    expect(await stateOf(id)).toEqual(before);
  });

  test("deletes no account", async () => {
    const { id, username, visitor } = await signedInPerson(site);
    const csrf = await visitor.csrf("/settings/delete");
    const { database } = site.deps;
    const fields = { username, password: goodPassword };
    const answer = await whileHeld(
      id,
      (tx) => tx.session.deleteMany({ where: { userId: id } }),
      () => visitor.post("/settings/delete", fields, { csrf }),
    );
    expect(answer.status).toBe(403);
    expect(await database.user.count({ where: { id } })).toBe(1);
  });
});

test("an address that changed while its form was open is not asked for back", async () => {
  const { id, visitor } = await signedInPerson(site, { email: "before@example.org" });
  const csrf = await visitor.csrf("/settings/profile");
  const email = "after@example.org";
  const answer = await whileHeld(
    id,
    (tx) => tx.user.update({ where: { id }, data: { email } }),
    () => visitor.post("/settings/profile", { email: "before@example.org", bio: "Me" }, { csrf }),
  );
  expect(answer.status).toBe(303);
  expect(await stateOf(id)).toMatchObject({ email, tokens: [] });
});

test("a form that was open while the address changed keeps the new one", async () => {
  const { id, visitor } = await signedInPerson(site, { email: "one@example.org" });
  const form = (await visitor.get("/settings/profile")).$("form[enctype]");
  const fields = Object.fromEntries(
    form.serializeArray().map(({ name, value }) => [name, String(value)]),
  );
  const email = "two@example.org";
  await site.deps.database.user.update({ where: { id }, data: { email } });
  const answer = await visitor.post("/settings/profile", { ...fields, lastName: "Lovelace" });
  expect([answer.status, answer.errors]).toEqual([303, {}]);
  expect(await stateOf(id)).toMatchObject({ email, lastName: "Lovelace", tokens: [] });
});

/** What is answered to a request that waits for the person's row while `change` is made to them. */
async function whileHeld<T>(
  id: number,
  change: (tx: Transaction) => Promise<unknown>,
  ask: () => Promise<T>,
): Promise<T> {
  const { database } = site.deps;
  const [answer] = await database.$transaction(async (tx) => {
    await tx.$queryRaw`select 1 from users where id = ${id} for update`;
    const asked = ask();
    await expect.poll(() => countWaiting(database)).toBeGreaterThan(0);
    await change(tx);
    return [asked];
  });
  return answer;
}
