import { afterAll, beforeAll, expect, test } from "vitest";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let gone: { id: number; username: string; visitor: Visitor };
let visitors: Visitor[];
let admin: Visitor;
let id: number;

beforeAll(async () => {
  site = await startTestApp();
  const other = await signedInPerson(site);
  admin = (await signedInPerson(site, { isSuperuser: true })).visitor;
  gone = await signedInPerson(site);
  [id = 0] = await createImageRows(site.deps.database, gone.id, 1, { title: "A stork" });
  await createImageRows(site.deps.database, other.id, 2);
  await site.deps.database.user.update({ where: { id: gone.id }, data: { isActive: false } });
  visitors = [createVisitor(site.app), other.visitor];
});
afterAll(() => site.close());

const cards = async (visitor: Visitor, path: string) =>
  (await visitor.get(path)).$("[data-image-id]").length;

test("a deactivated person's pictures are in no list but the administrators'", async () => {
  for (const visitor of visitors) expect(await cards(visitor, "/images")).toBe(2);
  expect(await cards(createVisitor(site.app), "/")).toBe(2);
  expect(await cards(admin, "/images")).toBe(3);
});

test("their pages and their profile are nowhere for others", async () => {
  for (const visitor of visitors) {
    for (const path of [`/images/${id}`, `/images/${id}/a-stork`, `/users/${gone.username}`]) {
      expect((await visitor.get(path)).status).toBe(404);
    }
  }
});

test("administrators see them, and are told why others do not", async () => {
  for (const path of [`/images/${id}/a-stork`, `/users/${gone.username}`]) {
    const { status, $ } = await admin.get(path);
    expect(status).toBe(200);
    expect($("main").text()).toContain("Only administrators see this page.");
    expect($(`[data-image-id="${id}"]`)).toHaveLength(1);
  }
});

test("nobody likes, edits or deletes them", async () => {
  for (const visitor of visitors.slice(1)) {
    expect((await visitor.get(`/images/${id}/edit`)).status).toBe(404);
    for (const verb of ["like", "unlike", "edit", "delete"]) {
      expect((await visitor.post(`/images/${id}/${verb}`, { title: "No" })).status).toBe(404);
    }
  }
  expect(await site.deps.database.image.findUnique({ where: { id } })).toMatchObject({
    ...{ title: "A stork", totalLikes: 0 },
  });
});

test("they are signed out at once and save nothing", async () => {
  expect((await gone.visitor.get("/images/new")).status).toBe(303);
  const answer = await gone.visitor.post("/images", { url: "https://example.org/a", title: "No" });
  expect(answer.location).toMatch(/^\/login/);
});

test("all is back when they are", async () => {
  await site.deps.database.user.update({ where: { id: gone.id }, data: { isActive: true } });
  for (const visitor of visitors) {
    expect(await cards(visitor, "/images")).toBe(3);
    expect((await visitor.get(`/images/${id}/a-stork`)).status).toBe(200);
  }
});
