import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  boxesOf,
  choose,
  flashesOf,
  historyOf,
  idsOf,
  type Person,
  runOn,
} from "#tests/admin/chosen-rows.ts";
import { sendForm } from "#tests/admin/fill-form.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { goodPassword, signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;
let admin: Person;
let people: Person[];

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  admin = await signedInPerson(site, { isSuperuser: true });
});
beforeEach(async () => {
  people = await Promise.all(Array.from({ length: 3 }, () => signedInPerson(site)));
});
afterAll(() => site.close());

const rows = (ids: number[]) =>
  site.deps.database.user.findMany({ where: { id: { in: ids } }, orderBy: { id: "asc" } });

describe("people", () => {
  test("are made staff and no longer", async () => {
    const ids = idsOf(people);
    await runOn(admin, "users", { action: "make-staff", keys: ids });
    expect((await rows(ids)).every(({ isStaff }) => isStaff)).toBe(true);
    await runOn(admin, "users", { action: "remove-staff", keys: ids });
    expect((await rows(ids)).every(({ isStaff }) => !isStaff)).toBe(true);
    expect(await historyOf(site, "users", ids)).toHaveLength(6);
  });

  test("are signed out everywhere", async () => {
    await runOn(admin, "users", { action: "end-sessions", keys: idsOf(people) });
    for (const { visitor } of people) {
      expect((await visitor.get("/settings/profile")).status).toBe(303);
    }
    const changes = await historyOf(site, "users", idsOf(people));
    expect(changes.map((each) => each.changes)).toEqual(
      people.map(() => [{ field: "Sessions", before: "1", after: "0" }]),
    );
  });

  test("are told apart from those in whom nothing had to change", async () => {
    const [ana, ...others] = people as [Person, ...Person[]];
    const keys = idsOf(people);
    const told = async (action: string) => {
      await runOn(admin, "users", { action, keys });
      return flashesOf(admin);
    };
    const only = async (data: object) =>
      site.deps.database.user.update({ where: { id: ana.id }, data });
    await site.deps.database.session.deleteMany({ where: { userId: { in: idsOf(others) } } });
    expect(await told("end-sessions")).toEqual([
      ...["1 person signed out.", "Signed in nowhere: 2 people."],
    ]);
    expect(await told("turn-off-second-factor")).toEqual([
      "No second factor to turn off: 3 people.",
    ]);
    await only({ isStaff: true });
    expect(await told("make-staff")).toEqual(["2 people made staff.", "Staff already: 1 person."]);
    await only({ isStaff: false });
    expect(await told("remove-staff")).toEqual([
      ...["2 people removed from staff.", "Not staff anyway: 1 person."],
    ]);
    await only({ isActive: false });
    expect(await told("deactivate")).toEqual([
      ...["2 people deactivated.", "Inactive already: 1 person."],
    ]);
    await only({ isActive: true });
    expect(await told("activate")).toEqual(["2 people activated.", "Active already: 1 person."]);
  });

  test("are deleted with all that is theirs, after saying what that is", async () => {
    const { database } = site.deps;
    const [ana, bo] = people as [Person, Person];
    const [id = 0] = await createImageRows(database, ana.id, 2);
    await bo.visitor.post(`/images/${id}/like`);
    await bo.visitor.post(`/users/${ana.username}/follow`);
    const question = await choose(admin, "users", { action: "delete", keys: idsOf([ana, bo]) });
    const lines = question.$(".takes-along").first().find("li").toArray();
    expect(lines.map((line) => question.$(line).text())).toEqual([
      ...["2 pictures, with their files", "1 like they gave", "1 like of their pictures"],
      ...["1 follower", "1 person they follow", "4 actions in feeds", "2 sessions"],
    ]);
    await sendForm(admin.visitor, question.$);
    expect(await flashesOf(admin)).toEqual(["2 people deleted."]);
    expect(await rows(idsOf([ana, bo]))).toEqual([]);
    expect(await database.image.count({ where: { ownerId: ana.id } })).toBe(0);
    const changes = await historyOf(site, "users", idsOf([ana, bo]));
    expect(changes).toMatchObject([{ kind: "deleted" }, { kind: "deleted" }]);
  });

  test("chosen all at once, superusers among them, leave one who may do everything", async () => {
    const { database } = site.deps;
    await database.user.updateMany({
      where: { id: { not: admin.id } },
      data: { isSuperuser: false },
    });
    const others = await Promise.all(
      Array.from({ length: 3 }, () => signedInPerson(site, { isSuperuser: true })),
    );
    const ids = [...idsOf(others), admin.id];
    const deleteAll = async (by: Person) => {
      const csrf = await by.visitor.csrf("/admin/users");
      const fields = { action: "delete", confirmed: "yes", ...boxesOf(ids) };
      return (await by.visitor.post("/admin/users/actions", fields, { csrf })).status;
    };
    const statuses = await Promise.all([admin, ...others].map(deleteAll));
    for (const status of statuses) expect(status).toBeLessThan(500);
    expect(await database.user.count({ where: { isSuperuser: true, isActive: true } })).toBe(1);
    const left = await database.user.findFirstOrThrow({ where: { isSuperuser: true } });
    const visitor = createVisitor(site.app);
    await visitor.post("/login", { username: left.username, password: goodPassword });
    admin = { ...left, visitor };
  });

  test("have wrong numbers put right, and only that recorded", async () => {
    const { database } = site.deps;
    const [ana, bo] = people as [Person, Person];
    await database.profile.update({ where: { userId: ana.id }, data: { imagesCount: 7 } });
    await runOn(admin, "users", { action: "recount", keys: idsOf([ana, bo]) });
    expect(await flashesOf(admin)).toEqual([
      "Numbers of 1 person put right.",
      "Numbers right already: 1 person.",
    ]);
    const profile = await database.profile.findUniqueOrThrow({ where: { userId: ana.id } });
    expect(profile.imagesCount).toBe(0);
    expect(await historyOf(site, "users", [bo.id])).toEqual([]);
    expect(await historyOf(site, "users", [ana.id])).toMatchObject([
      { changes: [{ field: "Pictures", before: "7", after: "0" }] },
    ]);
  });
});

describe("pictures", () => {
  test("are deleted together", async () => {
    const [ana] = people as [Person];
    const ids = await createImageRows(site.deps.database, ana.id, 3);
    await runOn(admin, "images", { action: "delete", keys: ids });
    expect(await flashesOf(admin)).toEqual(["3 pictures deleted."]);
    expect(await site.deps.database.image.count({ where: { id: { in: ids } } })).toBe(0);
    const profile = await site.deps.database.profile.findUniqueOrThrow({
      where: { userId: ana.id },
    });
    expect(profile.imagesCount).toBe(0);
  });

  test("have wrong numbers put right", async () => {
    const { database } = site.deps;
    const [ana] = people as [Person];
    const ids = await createImageRows(database, ana.id, 2);
    await database.image.update({ where: { id: ids[0] ?? 0 }, data: { totalLikes: 12 } });
    await runOn(admin, "images", { action: "recount", keys: ids });
    const totals = await database.image.findMany({ where: { id: { in: ids } } });
    expect(totals.map(({ totalLikes }) => totalLikes)).toEqual([0, 0]);
    expect(await historyOf(site, "images", ids)).toMatchObject([
      { changes: [{ field: "Likes", before: "12", after: "0" }] },
    ]);
  });

  test("fill the rankings anew once, after all of them", async () => {
    const { database, viewCounters } = site.deps;
    const [ana] = people as [Person];
    const ids = await createImageRows(database, ana.id, 3);
    const totals = () => database.image.findMany({ where: { id: { in: ids } } });
    let seen: number[] = [];
    const refill = vi.spyOn(viewCounters, "refill").mockImplementation(async () => {
      seen = (await totals()).map(({ totalLikes }) => totalLikes);
    });
    await database.image.updateMany({ where: { id: { in: ids } }, data: { totalLikes: 12 } });
    await runOn(admin, "images", { action: "recount", keys: ids });
    expect([refill.mock.calls.length, seen]).toEqual([1, [0, 0, 0]]);
    refill.mockRestore();
  });
});

test("likes, follows, actions and sessions are chosen by their keys", async () => {
  const { database } = site.deps;
  const [ana, bo] = people as [Person, Person];
  const [id = 0] = await createImageRows(database, ana.id, 1);
  await bo.visitor.post(`/images/${id}/like`);
  await bo.visitor.post(`/users/${ana.username}/follow`);
  const deeds = await database.action.findMany({ where: { userId: bo.id } });
  const sessions = await database.session.findMany({ where: { userId: bo.id } });
  const chosen = {
    likes: [[`${bo.id}-${id}`], "1 like deleted."],
    contacts: [[`${bo.id}-${ana.id}`], "1 follow deleted."],
    actions: [deeds.map((deed) => String(deed.id)), "3 actions deleted."],
    sessions: [sessions.map((session) => session.id), "1 session deleted."],
  } as const;
  for (const [model, [keys, sentence]] of Object.entries(chosen)) {
    await runOn(admin, model, { action: "delete", keys: keys });
    expect(await flashesOf(admin)).toEqual([sentence]);
    expect(await historyOf(site, model, keys)).toHaveLength(keys.length);
  }
  expect(await database.action.count({ where: { userId: bo.id } })).toBe(0);
  expect(await database.like.count({ where: { userId: bo.id } })).toBe(0);
  expect((await bo.visitor.get("/settings/profile")).status).toBe(303);
});
