import { afterAll, beforeAll, expect, test } from "vitest";
import { newPerson, signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;

beforeAll(async () => {
  site = await startTestApp({ SIGN_UPS: "closed" });
});
afterAll(() => site.close());

test("a site that takes no new members says so, offers no form and no link to one", async () => {
  const page = await createVisitor(site.app).get("/register");
  expect(page.status).toBe(403);
  expect(page.$("form")).toHaveLength(0);
  expect(page.$("h1").text()).toBe("No new members just now");
  const login = await createVisitor(site.app).get("/login");
  expect(login.$('a[href^="/register"]')).toHaveLength(0);
});

test("a form sent anyway makes nobody", async () => {
  const { username, email, password } = newPerson();
  const form = { username, email, password, password2: password };
  const answer = await createVisitor(site.app).post("/register", form);
  expect(answer.status).toBe(403);
  expect(await site.deps.database.user.count({ where: { username } })).toBe(0);
});

test("a script that asks for JSON gets it", async () => {
  const page = await createVisitor(site.app).get("/register", { Accept: "application/json" });
  expect(page.status).toBe(403);
  expect(page.body).toMatchObject({ status: "error", code: "sign_ups_closed" });
});

test("people who have an account still sign in", async () => {
  const { visitor } = await signedInPerson(site);
  expect((await visitor.get("/images/new")).status).toBe(200);
});
