import { afterAll, beforeAll, expect, test } from "vitest";
import { type Administrator, staffOf, superuserOf } from "#tests/admin/administrators.ts";
import { createGroup } from "#tests/admin/callers.ts";
import { sendForm } from "#tests/admin/fill-form.ts";
import { createRow } from "#tests/admin/rows.ts";
import { goodPassword } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;
let now = new Date();

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" }, { clock: () => now });
});
afterAll(() => site.close());

const late = "It is more than an hour since you showed that it is you, so nothing is saved yet.";
/** In another tab of the same browser. */
const confirm = async ({ visitor }: Administrator) => {
  const fields = { next: "/admin", password: goodPassword };
  const answer = await visitor.post("/confirm", fields, { from: "/confirm" });
  expect([answer.status, answer.location]).toEqual([303, "/admin"]);
};

test("a form that is sent an hour after its administrator confirmed saves nothing, and loses nothing", async () => {
  const { database } = site.deps;
  const admin = await superuserOf(site);
  const ana = await createRow(database, "users");
  const path = `/admin/users/${ana}`;
  const load = await admin.visitor.get(path);
  now = new Date(now.getTime() + 3_601_000);
  const typed = { firstName: "Olga", isSuperuser: true, isStaff: true, password: goodPassword };
  const asked = await sendForm(admin.visitor, load.$, typed);
  const message = asked.$("main form p").first();
  expect([asked.status, message.text()]).toEqual([403, expect.stringContaining(late)]);
  const link = message.find("a");
  expect([link.attr("href"), link.attr("target"), link.attr("rel")]).toEqual([
    "/confirm?next=%2Fadmin",
    "_blank",
    "noopener",
  ]);
  expect(asked.$("[name=firstName]").val()).toBe("Olga");
  expect(asked.text).not.toContain(goodPassword);
  const person = () => database.user.findUniqueOrThrow({ where: { id: Number(ana) } });
  const { firstName, isSuperuser, passwordHash } = await person();
  expect([firstName, isSuperuser]).toEqual(["", false]);
  expect((await admin.visitor.get(path)).location).toBe(
    `/confirm?next=${encodeURIComponent(path)}`,
  );

  await confirm(admin);
  const saved = await sendForm(admin.visitor, asked.$, { password: goodPassword });
  expect([saved.status, saved.location]).toEqual([303, "/admin/users"]);
  const after = await person();
  expect([after.firstName, after.isSuperuser]).toEqual(["Olga", true]);
  expect(after.passwordHash).not.toBe(passwordHash);
});

test("nobody is added so late", async () => {
  const { user } = site.deps.database;
  const admin = await superuserOf(site);
  const load = await admin.visitor.get("/admin/users/new");
  now = new Date(now.getTime() + 3_601_000);
  const typed = { username: "late_one", email: "late@example.org", isSuperuser: true };
  const password = { password: goodPassword };
  const asked = await sendForm(admin.visitor, load.$, { ...typed, ...password });
  expect([asked.status, asked.$("main").text()]).toEqual([403, expect.stringContaining(late)]);
  const inCapitals = { isSuperuser: "on", username: "late_one", email: "late@example.org" };
  await admin.visitor.post("/Admin/Users/New/", { ...inCapitals, ...password });
  expect(await user.count({ where: { username: "late_one" } })).toBe(0);
  const headers = { Accept: "application/json" };
  const json = await admin.visitor.post("/admin/users/new", inCapitals, { headers });
  expect([json.status, json.body["code"]]).toEqual([403, "confirmation_required"]);

  await confirm(admin);
  const saved = await sendForm(admin.visitor, asked.$, password);
  expect([saved.status, saved.location]).toEqual([303, "/admin/users"]);
  expect(await user.count({ where: { username: "late_one", isSuperuser: true } })).toBe(1);
  const answer = await createVisitor(site.app).post("/login", {
    username: "late_one",
    ...password,
  });
  expect(answer.status).toBe(303);
});

test("nothing is told so late but what was sent", async () => {
  const { database } = site.deps;
  const admin = await superuserOf(site);
  const staff = await staffOf(site, ["images view", "images add"]);
  await createGroup(database, []);
  const path = `/admin/users/${await createRow(database, "users")}`;
  now = new Date(now.getTime() + 3_601_000);
  const send = async (address: string, { visitor } = admin) => {
    const csrf = await visitor.csrf("/settings/sessions");
    return visitor.post(address, { a: "<b>" }, { csrf });
  };
  for (const address of [path, "/admin/users/999999", "/admin/users/new", "/admin/groups/x"]) {
    const { status, $ } = await send(address);
    expect([address, status]).toEqual([address, 403]);
    const fields = $("main form input").toArray();
    expect(fields.map((field) => $(field).attr("name"))).toEqual(["_csrf", "a"]);
    expect($("main form").attr("action")).toBe(address);
  }
  for (const other of ["/admin/nothing/1", "/admin/users/Actions", "/admin/jobs/x"]) {
    expect((await send(other)).location).toMatch(/^\/confirm/);
  }
  expect((await send(path, staff)).status).toBe(404);
  expect((await send("/admin/images/1", staff)).status).toBe(404);
  const forged = await admin.visitor.post(path, { a: "b" }, { csrf: "wrong" });
  expect(forged.status).toBe(403);
  expect(forged.$("[name=a]")).toHaveLength(0);
});

test("who was quicker than a form that waited is told", async () => {
  const { database } = site.deps;
  const admin = await superuserOf(site);
  const id = Number(await createRow(database, "users"));
  const load = await admin.visitor.get(`/admin/users/${id}`);
  now = new Date(now.getTime() + 3_601_000);
  const asked = await sendForm(admin.visitor, load.$, { firstName: "Olga" });
  expect(asked.status).toBe(403);
  await database.user.update({ where: { id }, data: { firstName: "Hana" } });
  await confirm(admin);
  const refused = await sendForm(admin.visitor, asked.$);
  expect([refused.status, refused.$("[data-current=firstName]").text()]).toEqual([
    409,
    expect.stringContaining("Hana"),
  ]);
});
