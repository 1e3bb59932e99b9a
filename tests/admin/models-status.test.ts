import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fillForm, sendForm } from "#tests/admin/fill-form.ts";
import { goodPassword, signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

type Person = { id: number; username: string; visitor: Visitor };
let site: TestApp;
let admin: Person;
let ana: Person;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  admin = await signedInPerson(site, { isSuperuser: true });
});
beforeEach(async () => {
  ana = await signedInPerson(site, { firstName: "Ana" });
});
afterAll(() => site.close());

const page = (person = ana) => `/admin/users/${person.id}`;
const row = (id = ana.id) =>
  site.deps.database.user.findUniqueOrThrow({ where: { id }, include: { profile: true } });
const history = (objectId: number) =>
  site.deps.database.adminChange.findMany({
    where: { model: "users", objectId: String(objectId) },
    orderBy: { id: "asc" },
  });
const isSignedIn = async ({ visitor }: Person) =>
  (await visitor.get("/settings/profile")).status === 200;
describe("status", () => {
  test("deactivated: signed out for good, hidden at once, and back when active", async () => {
    expect((await fillForm(admin.visitor, page(), { isActive: false })).status).toBe(303);
    expect(await isSignedIn(ana)).toBe(false);
    const stranger = createVisitor(site.app);
    expect((await stranger.get(`/users/${ana.username}`)).status).toBe(404);
    expect((await fillForm(admin.visitor, page(), { isActive: true })).status).toBe(303);
    expect((await stranger.get(`/users/${ana.username}`)).status).toBe(200);
    expect(await isSignedIn(ana)).toBe(false);
    expect((await history(ana.id)).map(({ changes }) => changes)).toEqual([
      [{ field: "Active", before: "Yes", after: "No" }],
      [{ field: "Active", before: "No", after: "Yes" }],
    ]);
  });

  test("staff and superuser are given by superusers", async () => {
    await fillForm(admin.visitor, page(), { isStaff: true, isSuperuser: true });
    expect(await row()).toMatchObject({ isStaff: true, isSuperuser: true });
    await fillForm(admin.visitor, page(), { isSuperuser: false });
    expect(await row()).toMatchObject({ isStaff: true, isSuperuser: false });
  });

  test("nobody shuts themselves out, or changes their own password or address here", async () => {
    const before = await row(admin.id);
    for (const filled of [
      { isActive: false },
      { isSuperuser: false },
      { password: "another-heron-here" },
      { email: "elsewhere@example.org" },
      { isEmailConfirmed: true },
    ]) {
      // Whatever they send: the page offers none of it.
      expect((await fillForm(admin.visitor, page(admin), filled)).status).toBe(303);
      expect(await row(admin.id)).toEqual(before);
    }
    expect(await history(admin.id)).toEqual([]);
    expect((await fillForm(admin.visitor, page(admin), { lastName: "Root" })).status).toBe(303);
  });

  test("of two who demote each other at once, one stays", async () => {
    const other = await signedInPerson(site, { isSuperuser: true });
    const [theirs, mine] = await Promise.all([
      admin.visitor.get(page(other)),
      other.visitor.get(page(admin)),
    ]);
    const outcomes = await Promise.all([
      sendForm(admin.visitor, theirs.$, { isSuperuser: false }),
      sendForm(other.visitor, mine.$, { isActive: false }),
    ]);
    const left = { isSuperuser: true, isActive: true };
    expect(await site.deps.database.user.count({ where: left })).toBe(1);
    expect(outcomes.map(({ status }) => status).filter((status) => status === 303)).toHaveLength(1);
    for (const { status } of outcomes) expect(status).toBeLessThan(500);
    await site.deps.database.user.update({ where: { id: admin.id }, data: left });
    admin = { ...admin, visitor: createVisitor(site.app) };
    await admin.visitor.post("/login", { username: admin.username, password: goodPassword });
  });
});

describe("staff with rights to people", () => {
  let staff: Person;
  let groupId: number;

  beforeEach(async () => {
    staff = await signedInPerson(site, { isStaff: true });
    const group = await site.deps.database.group.create({
      data: {
        name: `helpers of ${staff.username}`,
        members: { create: { userId: staff.id } },
        rights: {
          create: [
            { model: "users", canView: true, canAdd: true, canChange: true, canDelete: true },
            { model: "groups", canView: true },
          ],
        },
      },
    });
    groupId = group.id;
  });

  test("change people, not their status, whatever they send", async () => {
    const { $ } = await staff.visitor.get(page());
    expect($("[name=isStaff], [name=isSuperuser]")).toHaveLength(0);
    const fields = Object.fromEntries(
      $("main form[method=post] [name]")
        .toArray()
        .filter((field) => $(field).attr("type") !== "checkbox" || $(field).is("[checked]"))
        .map((field) => [$(field).attr("name") ?? "", String($(field).val() ?? "")]),
    );
    const sent = { ...fields, firstName: "Anne", isStaff: "on", isSuperuser: "on", id: "1" };
    const answer = await staff.visitor.post(page(), sent, { csrf: fields["_csrf"] ?? null });
    expect(answer.status).toBe(303);
    expect(await row()).toMatchObject({ firstName: "Anne", isStaff: false, isSuperuser: false });
  });

  test("give others no more than they have, and themselves nothing", async () => {
    const { database } = site.deps;
    const editors = await database.group.create({
      data: {
        name: `editors of ${staff.username}`,
        rights: { create: { model: "images", canChange: true } },
      },
    });
    expect((await fillForm(staff.visitor, page(), { [`group-${groupId}`]: true })).status).toBe(
      303,
    );
    for (const path of [page(), page(staff)]) {
      await fillForm(staff.visitor, path, { [`group-${editors.id}`]: true });
    }
    expect(await database.groupMember.count({ where: { groupId: editors.id } })).toBe(0);
    expect(await database.groupMember.count({ where: { groupId } })).toBe(2);
  });

  test("change nobody who may do more", async () => {
    const before = await row(admin.id);
    for (const path of [page(admin), `/admin/profiles/${admin.id}`]) {
      const { status, $ } = await staff.visitor.get(path);
      expect([path, status]).toEqual([path, path === page(admin) ? 200 : 404]);
      expect($("main form[method=post], a[href$='/delete']")).toHaveLength(0);
      const { $: mine } = await admin.visitor.get(path);
      const version = String(mine("[name=version]").val());
      const fields = { version, username: admin.username, password: "taken-over-by-me" };
      expect((await staff.visitor.post(path, fields)).status).toBe(404);
    }
    const profile = await fillForm(admin.visitor, `/admin/profiles/${admin.id}`, {});
    expect(profile.status).toBe(303);
    expect(await row(admin.id)).toEqual(before);
    expect((await staff.visitor.post(`${page(admin)}/delete`, {})).status).toBe(404);
    expect(await row(admin.id)).toEqual(before);
  });
});
