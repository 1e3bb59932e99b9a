import { hash } from "@node-rs/argon2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApp } from "#app";
import { changePassword } from "#features/account/change-password.ts";
import { createPerson } from "#features/account/register-person.ts";
import { startSession } from "#features/account/start-session.ts";
import { verifyCredentials } from "#features/account/verify-credentials.ts";
import {
  askForSecondStep,
  findPendingPerson,
} from "#features/second-factors/find-pending-person.ts";
import { deactivatePerson } from "#features/users/deactivate-person.ts";
import { goodPassword, newPerson } from "#tests/factories/people.ts";
import { codeAt, giveAuthenticator } from "#tests/factories/second-factors.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;
beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
});
afterAll(() => site.close());

const newPassword = "quince-and-medlar";
const path = "/login/second-factor";
const device = { userAgent: "", isKept: true };
const sessionsOf = (userId: number) => site.deps.database.session.count({ where: { userId } });

/** Somebody whose password was right a moment ago. */
async function verified() {
  const { id, username } = await createPerson(site.deps, newPerson());
  const input = { username, password: goodPassword, address: "127.0.0.1" };
  const person = await verifyCredentials(site.deps, { input });
  if (!person) throw new Error("This is their password.");
  return { id, username, person };
}

/** The site, where `between` happens when credentials have been found right and nothing else has. */
const siteWith = (between: () => Promise<unknown>) => {
  const { deps } = site;
  const reset = async (key: string) => {
    await deps.limits.signInsByAccountAndAddress.reset(key);
    await between();
  };
  const signInsByAccountAndAddress = { ...deps.limits.signInsByAccountAndAddress, reset };
  const limits = { ...deps.limits, signInsByAccountAndAddress };
  return createApp({ ...deps, limits }, { isStopping: () => false });
};

test("a sign-in whose password is changed after it was found right starts no session", async () => {
  const { id, username } = await createPerson(site.deps, newPerson());
  const app = siteWith(() => changePassword(site.deps, { username, password: newPassword }));
  const visitor = createVisitor(app);
  const answer = await visitor.post("/login", { username, password: goodPassword });
  expect([answer.status, answer.errors]).toEqual([
    422,
    { username: "The username or the password is wrong. Check both, then try again." },
  ]);
  expect(answer.$("input[name=_csrf]").first().val()).toBeTruthy();
  expect(await sessionsOf(id)).toBe(0);
  const { lastSignInAt } = await site.deps.database.user.findUniqueOrThrow({ where: { id } });
  expect(lastSignInAt).toBeNull();
});

test("nor does it get to the second step, whatever code would follow", async () => {
  const { id, username } = await createPerson(site.deps, newPerson());
  await giveAuthenticator(site, { id });
  const app = siteWith(() => changePassword(site.deps, { username, password: newPassword }));
  const answer = await createVisitor(app).post("/login", { username, password: goodPassword });
  expect(answer.status).toBe(422);
});

test("a sign-in that found no second step starts no session once there is one", async () => {
  const { id, person } = await verified();
  expect(await askForSecondStep(site.deps, { person })).toBeNull();
  await giveAuthenticator(site, { id });
  const start = (isWithoutSecondStep: boolean) =>
    startSession(site.deps, { personId: id, ...device, isWithoutSecondStep });
  await expect(start(true)).rejects.toMatchObject({ code: "second_step_on" });
  expect(await sessionsOf(id)).toBe(0);
  await start(false);
  expect(await sessionsOf(id)).toBe(1);
});

test("nor one of somebody who is deactivated meanwhile", async () => {
  const { id, username } = await createPerson(site.deps, newPerson());
  const app = siteWith(() => site.deps.database.$transaction((tx) => deactivatePerson(tx, { id })));
  const answer = await createVisitor(app).post("/login", { username, password: goodPassword });
  expect([answer.status, await sessionsOf(id)]).toEqual([422, 0]);
});

test("at the same moment as the change, no session is left of the old password", async () => {
  for (let round = 0; round < 8; round += 1) {
    const { id, username, person } = await verified();
    const { verifiedHash } = person;
    const starts = Array.from({ length: 4 }, () =>
      startSession(site.deps, {
        personId: id,
        ...device,
        verifiedHash,
        isWithoutSecondStep: false,
      }).catch(() => null),
    );
    await Promise.all([...starts, changePassword(site.deps, { username, password: newPassword })]);
    expect(await sessionsOf(id)).toBe(0);
  }
});

test("two sign-ins that renew an old hash at the same moment both get in", async () => {
  const passwordHash = await hash(goodPassword, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
  const { id, username } = await createPerson(site.deps, newPerson());
  await site.deps.database.user.update({ where: { id }, data: { passwordHash } });
  const answers = await Promise.all(
    Array.from({ length: 4 }, () =>
      createVisitor(site.app).post("/login", { username, password: goodPassword }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303]);
});

test("a second step that is done while the password changes begins again", async () => {
  const { id, username } = await createPerson(site.deps, newPerson());
  const { secret } = await giveAuthenticator(site, { id });
  const { deps } = site;
  const reset = async () => void (await changePassword(deps, { username, password: newPassword }));
  const codesByAccountAndAddress = { ...deps.limits.codesByAccountAndAddress, reset };
  const limits = { ...deps.limits, codesByAccountAndAddress };
  const visitor = createVisitor(createApp({ ...deps, limits }, { isStopping: () => false }));
  await visitor.post("/login", { username, password: goodPassword });
  const answer = await visitor.post(path, { code: codeAt(secret, new Date()) }, { from: path });
  expect([answer.status, answer.location]).toEqual([303, "/login"]);
  expect(await sessionsOf(id)).toBe(0);
});

test("what waits for a second step knows whose password it was", async () => {
  const { id, username, person } = await verified();
  await giveAuthenticator(site, { id });
  const stamp = await askForSecondStep(site.deps, { person });
  const waiting = { personId: id, isKept: true, next: "/", since: Date.now(), stamp: stamp ?? "" };
  const found = await findPendingPerson(site.deps, waiting);
  expect(found?.person.verifiedHash).toBe(person.verifiedHash);
  await changePassword(site.deps, { username, password: newPassword });
  expect(await findPendingPerson(site.deps, waiting)).toBeNull();
  await expect(askForSecondStep(site.deps, { person })).rejects.toThrow("is wrong");
});
