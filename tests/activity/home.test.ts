import { afterAll, beforeAll, expect, test } from "vitest";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;

beforeAll(async () => {
  site = await startTestApp();
});
afterAll(() => site.close());

test("an empty site welcomes with a way to begin", async () => {
  const home = await createVisitor(site.app).get("/");
  expect(home.status).toBe(200);
  expect(home.$("main a[href='/bookmarklet']")).not.toHaveLength(0);
});

test("the front page has the latest pictures and leads on to the list", async () => {
  const { id } = await signedInPerson(site);
  await createImageRows(site.deps.database, id, 30);
  const home = await createVisitor(site.app).get("/");
  expect(home.$("[data-image-id]")).toHaveLength(24);
  expect(home.$("a[rel=next]").attr("href")).toMatch(/^\/images\?cursor=\d+-\d+$/);
});

test("nothing on it can be changed by a GET, and other methods are not answered", async () => {
  const { visitor } = await signedInPerson(site);
  const answer = await visitor.post("/");
  expect(answer.status).toBe(405);
  expect(answer.headers.allow).toContain("GET");
});
