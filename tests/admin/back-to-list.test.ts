import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Administrator, superuserOf } from "#tests/admin/administrators.ts";
import { fillForm, sendForm } from "#tests/admin/fill-form.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

// What was looked for in a list is still there after one of its rows was opened.

let site: TestApp;
let admin: Administrator;
let id: number;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  admin = await superuserOf(site);
});
beforeEach(async () => {
  [id = 0] = await createImageRows(site.deps.database, admin.id, 1, { title: "A stork" });
});
afterAll(() => site.close());

const list = "/admin/images?q=a+stork&hidden=no&sort=saved";

/** Opens a row of the list as somebody would. */
async function open() {
  const { $ } = await admin.visitor.get(list);
  const href = $(`.list-rows tbody a[href^="/admin/images/${id}"]`).attr("href") ?? "";
  return { href, answer: await admin.visitor.get(href) };
}

test("by the crumb, after saving, and after going on with the form", async () => {
  const { href, answer } = await open();
  expect(answer.$(`.admin-crumbs a[href="${list}"]`).text()).toBe("Pictures");
  const goesOn = await sendForm(admin.visitor, answer.$, { title: "A stork, seen", continue: "1" });
  expect([goesOn.status, goesOn.location]).toEqual([303, href]);
  const wrong = await fillForm(admin.visitor, href, { title: "" });
  expect(wrong.status).toBe(422);
  const saved = await sendForm(admin.visitor, wrong.$, { title: "A stork and its nest" });
  expect([saved.status, saved.location]).toEqual([303, list]);
  const again = await admin.visitor.get(href);
  const history = await admin.visitor.get(
    again.$(".admin-tools a:contains(History)").attr("href") ?? "",
  );
  expect(history.$(`.admin-crumbs a[href="${list}"]`)).toHaveLength(1);
  expect(history.$(".admin-crumbs a").last().attr("href")).toBe(href);
});

test("after deleting, or after keeping it", async () => {
  const { href, answer } = await open();
  const asked = await admin.visitor.get(answer.$("a.object-delete").attr("href") ?? "");
  expect(asked.$(`.form-actions a[href="${href}"]`)).toHaveLength(1);
  expect(asked.$(`.admin-crumbs a[href="${list}"]`)).toHaveLength(1);
  expect((await sendForm(admin.visitor, asked.$)).location).toBe(list);
});

test("on the page of the list one was on, and after adding", async () => {
  await createImageRows(site.deps.database, admin.id, 120);
  const first = await admin.visitor.get("/admin/images");
  const second = first.$("a[rel=next]").attr("href") ?? "";
  const { $ } = await admin.visitor.get(second);
  const row = $(".list-rows tbody tr").first().find("a").first().attr("href") ?? "";
  expect((await fillForm(admin.visitor, row)).location).toBe(second);

  const groups = await admin.visitor.get("/admin/groups?q=keep");
  const add = groups.$(".admin-tools a.button-primary").attr("href") ?? "";
  const added = await fillForm(admin.visitor, add, { name: "Keepers" });
  expect(added.location).toBe("/admin/groups?q=keep");
});

test.each([
  "//elsewhere.example",
  "https://elsewhere.example/?q=1",
  "staff=yes",
  "sort=nothing",
  "q[]=1",
  "__proto__=1",
  `q=${"x".repeat(300)}`,
  "after=junk",
  "%",
])("no address but one of this list is gone back to: %s", async (text) => {
  const path = `/admin/images/${id}?${new URLSearchParams({ list: text })}`;
  const { $, status } = await admin.visitor.get(path);
  expect([status, $(".admin-crumbs a").last().attr("href")]).toEqual([200, "/admin/images"]);
  expect((await sendForm(admin.visitor, $, { title: "A crane" })).location).toBe("/admin/images");
});

test("a list that is asked for twice is no address of ours", async () => {
  expect((await admin.visitor.get(`/admin/images/${id}?list=q&list=q`)).status).toBe(400);
});
