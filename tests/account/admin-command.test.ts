import { afterAll, beforeAll, expect, test } from "vitest";
import { signedInPerson } from "#tests/factories/people.ts";
import { adminCommand } from "#tests/support/admin-command.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;
beforeAll(async () => {
  site = await startTestApp();
});
afterAll(() => site.close());

const admin = (...words: string[]) => adminCommand(site, ...words);

const passwordIn = (said: string) => /password: (\S{16})/.exec(said)?.[1] ?? "";
const signIn = (username: string, password: string) =>
  createVisitor(site.app).post("/login", { username, password });

test("create-admin makes an administrator who can sign in with the printed password", async () => {
  const { said, code } = await admin("create-admin", "Olga", "olga@example.org");
  expect({ said, code }).toMatchObject({ code: 0 });
  expect((await signIn("olga", passwordIn(said))).status).toBe(303);
  const olga = await site.deps.database.user.findUniqueOrThrow({ where: { username: "olga" } });
  expect(olga).toMatchObject({ isSuperuser: true, isStaff: true });

  const again = await admin("create-admin", "OLGA", "other@example.org");
  expect(again).toEqual({ said: "This username is taken. Choose another.\n", code: 1 });
  const address = await admin("create-admin", "other", "OLGA@example.org");
  expect(address).toEqual({
    said: "Another account has this e-mail address. Use another.\n",
    code: 1,
  });
});

test("reset-password prints a new password and ends the person's sessions", async () => {
  const { username, visitor } = await signedInPerson(site);
  const { said, code } = await admin("reset-password", username);
  expect({ said, code }).toMatchObject({ code: 0 });
  expect((await visitor.get("/images/new")).status).toBe(303);
  expect((await signIn(username, passwordIn(said))).status).toBe(303);
  expect(await admin("reset-password", "nobody")).toEqual({
    said: "There is nobody named nobody.\n",
    code: 1,
  });
});

test("other words get the usage", async () => {
  expect(await admin("promote", "olga")).toMatchObject({
    said: expect.stringContaining("Usage: npm run admin"),
    code: 2,
  });
});
