import { afterAll, beforeAll, expect, test } from "vitest";
import { createPerson } from "#features/account/register-person.ts";
import { goodPassword, newPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";
import { addPasskey, isSignedIn, newAuthenticator, usePasskey } from "./passkey-people.ts";

let site: TestApp;
beforeAll(async () => {
  site = await startTestApp({
    EMAIL_CONFIRMATION: "required",
    BROWSING: "members",
    RATE_LIMITS: "off",
  });
});
afterAll(() => site.close());

test("strangers sign in with a passkey, once their address is confirmed", async () => {
  const { database } = site.deps;
  const { id, username } = await createPerson(site.deps, newPerson());
  const confirm = (emailConfirmedAt: Date | null) =>
    database.user.update({ where: { id }, data: { emailConfirmedAt } });
  await confirm(new Date());
  const visitor = createVisitor(site.app);
  await visitor.post("/login", { username, password: goodPassword });
  const authenticator = newAuthenticator(site);
  expect((await addPasskey(visitor, authenticator)).status).toBe(303);

  await confirm(null);
  const stranger = createVisitor(site.app);
  const early = await usePasskey(stranger, authenticator);
  expect([early.status, early.location]).toEqual([303, "/confirm-email"]);
  expect(await isSignedIn(stranger)).toBe(false);
  await confirm(new Date());
  expect((await usePasskey(stranger, authenticator)).status).toBe(303);
  expect(await isSignedIn(stranger)).toBe(true);
});

test("a challenge is good once also where nothing is limited", async () => {
  const take = () => site.deps.limits.passkeyChallenges.take("a challenge");
  await take();
  await expect(take()).rejects.toMatchObject({ code: "too_many_requests" });
});
