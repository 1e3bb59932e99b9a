import { hash } from "@node-rs/argon2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { issueToken } from "#features/account/account-tokens.ts";
import { changePassword } from "#features/account/change-password.ts";
import { createPerson } from "#features/account/register-person.ts";
import { removePerson } from "#features/account/remove-person.ts";
import { goodPassword, newPerson, signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;
beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
});
afterAll(() => site.close());

const newPassword = "quince-and-medlar";
const many = Array.from({ length: 6 }, (_, index) => index);

const linkFor = async (userId: number, email: string) =>
  `/password-reset/${await issueToken(site.deps.database, {
    userId,
    purpose: "reset_password",
    email,
    now: new Date(),
  })}`;

test("a sign-in that renews the hash of the old password does not bring that back", async () => {
  const passwordHash = await hash(goodPassword, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
  for (const _ of many) {
    const { id, username } = await createPerson(site.deps, newPerson());
    await site.deps.database.user.update({ where: { id }, data: { passwordHash } });
    const signIn = (password: string) =>
      createVisitor(site.app).post("/login", { username, password });
    await Promise.all([
      signIn(goodPassword),
      changePassword(site.deps, { username, password: newPassword }),
    ]);
    const answers = [await signIn(goodPassword), await signIn(newPassword)];
    expect(answers.map(({ status }) => status)).toEqual([422, 303]);
  }
});

test("of two devices that change the password at once, one does, and stays signed in", async () => {
  for (const _ of many) {
    const { id, username, visitor } = await signedInPerson(site);
    const other = createVisitor(site.app);
    await other.post("/login", { username, password: goodPassword });
    const fieldsWith = (password: string) => ({
      currentPassword: goodPassword,
      password,
      password2: password,
    });
    const answers = await Promise.all([
      visitor.post("/settings/password", fieldsWith(newPassword)),
      other.post("/settings/password", fieldsWith(`${newPassword}-jam`)),
    ]);
    const changes = answers.filter(({ headers }) => headers.location === "/settings/password");
    expect(changes).toHaveLength(1);
    expect(await site.deps.database.session.count({ where: { userId: id } })).toBe(1);
  }
});

test("a link that is used while its account is deleted leaves nothing and fails nowhere", async () => {
  await Promise.all(
    many.map(async () => {
      const { id, username } = await signedInPerson(site);
      const visitor = createVisitor(site.app);
      const path = await linkFor(id, `${username}@example.org`);
      const csrf = await visitor.csrf(path);
      const fields = { password: newPassword, password2: newPassword };
      const [answer] = await Promise.all([
        visitor.post(path, fields, { csrf }),
        removePerson(site.deps, { person: { id } }),
      ]);
      expect([303, 404]).toContain(answer.status);
      const where = { userId: id };
      expect(await site.deps.database.accountToken.count({ where })).toBe(0);
      expect(await site.deps.database.session.count({ where })).toBe(0);
      expect(await site.deps.database.user.count({ where: { id } })).toBe(0);
    }),
  );
});
