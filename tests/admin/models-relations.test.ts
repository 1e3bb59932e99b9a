import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { recountImages } from "#features/images/recount-images.ts";
import { recountCounters } from "#features/users/recount-counters.ts";
import { fillForm } from "#tests/admin/fill-form.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { goodPassword, signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

type Person = { id: number; username: string; visitor: Visitor };
let site: TestApp;
let admin: Person;
let ana: Person;
let bo: Person;
let id: number;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  admin = await signedInPerson(site, { isSuperuser: true });
});
beforeEach(async () => {
  [ana, bo] = await Promise.all([signedInPerson(site), signedInPerson(site)]);
  [id = 0] = await createImageRows(site.deps.database, ana.id, 1, { title: "A heron" });
});
afterAll(async () => {
  const differences = [...(await recountCounters(site.deps)), ...(await recountImages(site.deps))];
  expect(differences).toEqual([]);
  await site.close();
});

const history = (model: string, objectId: string) =>
  site.deps.database.adminChange.findMany({
    where: { model, objectId },
    orderBy: { id: "asc" },
  });
const deactivate = ({ id }: Person) =>
  site.deps.database.user.update({ where: { id }, data: { isActive: false } });

describe("likes", () => {
  const add = (filled: { userId: string; imageId: string }) =>
    fillForm(admin.visitor, "/admin/likes/new", filled);
  const likes = async () =>
    (await site.deps.database.image.findUniqueOrThrow({ where: { id } })).totalLikes;

  test("are added as if their person had pressed the button, and taken away", async () => {
    const answer = await add({ userId: bo.username, imageId: String(id) });
    expect([answer.status, answer.errors]).toEqual([303, {}]);
    expect(await likes()).toBe(1);
    const deed = { userId: bo.id, verb: "image_liked" as const, targetId: id };
    expect(await site.deps.database.action.count({ where: deed })).toBe(1);
    expect((await bo.visitor.get(`/images/${id}/a-heron`)).text).toContain(`/images/${id}/unlike`);

    const path = `/admin/likes/${bo.id}-${id}`;
    const shown = await admin.visitor.get(path);
    expect(shown.$("main").text()).toContain(bo.username);
    expect(shown.$("main form[method=post]")).toHaveLength(0);
    expect((await fillForm(admin.visitor, `${path}/delete`)).status).toBe(303);
    expect(await likes()).toBe(0);
    expect((await admin.visitor.get(path)).status).toBe(404);
    const key = `${bo.id}-${id}`;
    expect((await history("likes", key)).map(({ kind }) => kind)).toEqual(["added", "deleted"]);
  });

  test("are refused beside the field that is wrong", async () => {
    await bo.visitor.post(`/images/${id}/like`);
    for (const [field, filled] of [
      ["userId", { userId: "nobody-here", imageId: String(id) }],
      ["userId", { userId: "", imageId: String(id) }],
      ["imageId", { userId: bo.username, imageId: "2147483647" }],
      ["imageId", { userId: bo.username, imageId: "A heron" }],
      ["imageId", { userId: bo.username, imageId: String(id) }],
    ] as const) {
      const answer = await add(filled);
      expect([filled, answer.status, Object.keys(answer.errors)]).toEqual([filled, 422, [field]]);
    }
    await deactivate(bo);
    const answer = await add({ userId: bo.username, imageId: String(id) });
    expect([answer.status, Object.keys(answer.errors)]).toEqual([422, ["userId"]]);
    expect(await likes()).toBe(1);
  });

  test("added and taken away at once by many leave the number right", async () => {
    const csrf = await admin.visitor.csrf("/admin/likes/new");
    const fields = { userId: bo.username, imageId: String(id) };
    const path = `/admin/likes/${bo.id}-${id}/delete`;
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        index % 2
          ? admin.visitor.post(path, {}, { csrf })
          : admin.visitor.post("/admin/likes/new", fields, { csrf }),
      ),
    );
    for (const { status } of answers) expect([303, 404, 422]).toContain(status);
    expect(await likes()).toBe(await site.deps.database.like.count({ where: { imageId: id } }));
    const changes = await history("likes", `${bo.id}-${id}`);
    const done = answers.filter(({ status }) => status === 303);
    expect(changes).toHaveLength(done.length);
  });
});

describe("follows", () => {
  const add = (filled: { fromId: string; toId: string }) =>
    fillForm(admin.visitor, "/admin/contacts/new", filled);
  const counts = async () => {
    const of = ({ id }: Person) =>
      site.deps.database.profile.findUniqueOrThrow({ where: { userId: id } });
    return [(await of(bo)).followingCount, (await of(ana)).followersCount];
  };

  test("are added as if their person had pressed the button, and taken away", async () => {
    const answer = await add({ fromId: bo.username, toId: ana.username });
    expect([answer.status, answer.errors]).toEqual([303, {}]);
    expect(await counts()).toEqual([1, 1]);
    const deed = { userId: bo.id, verb: "user_followed" as const, targetId: ana.id };
    expect(await site.deps.database.action.count({ where: deed })).toBe(1);
    const path = `/admin/contacts/${bo.id}-${ana.id}`;
    expect((await fillForm(admin.visitor, `${path}/delete`)).status).toBe(303);
    expect(await counts()).toEqual([0, 0]);
    expect((await admin.visitor.post(`${path}/delete`)).status).toBe(404);
    const kinds = (await history("contacts", `${bo.id}-${ana.id}`)).map(({ kind }) => kind);
    expect(kinds).toEqual(["added", "deleted"]);
  });

  test("of oneself, of nobody, twice or of the deactivated are refused", async () => {
    await bo.visitor.post(`/users/${ana.username}/follow`);
    const gone = await signedInPerson(site);
    await deactivate(gone);
    for (const [field, filled] of [
      ["toId", { fromId: bo.username, toId: bo.username }],
      ["toId", { fromId: bo.username, toId: "nobody-here" }],
      ["toId", { fromId: bo.username, toId: ana.username }],
      ["toId", { fromId: bo.username, toId: gone.username }],
      ["fromId", { fromId: "", toId: ana.username }],
    ] as const) {
      const answer = await add(filled);
      expect([filled, answer.status, Object.keys(answer.errors)]).toEqual([filled, 422, [field]]);
    }
    expect(await counts()).toEqual([1, 1]);
  });

  test("of the deactivated can be taken away", async () => {
    await bo.visitor.post(`/users/${ana.username}/follow`);
    await deactivate(ana);
    const path = `/admin/contacts/${bo.id}-${ana.id}/delete`;
    expect((await fillForm(admin.visitor, path)).status).toBe(303);
    expect(await counts()).toEqual([0, 0]);
  });
});

describe("actions", () => {
  test("lead to what they are about, and are taken out of feeds", async () => {
    await bo.visitor.post(`/images/${id}/like`);
    const deed = await site.deps.database.action.findFirstOrThrow({
      where: { userId: bo.id, verb: "image_liked" },
    });
    const list = await admin.visitor.get(`/admin/actions?person=${bo.id}&verb=image_liked`);
    expect(list.$(`tbody a[href="/admin/images/${id}"]`).text()).toBe("A heron");
    const verbs = list.$("[name=verb] option").toArray();
    expect(verbs.map((verb) => list.$(verb).text())).toEqual([
      ...["All", "joined", "saved", "liked", "followed"],
    ]);
    await ana.visitor.post(`/users/${bo.username}/follow`);
    const rows = async () => (await ana.visitor.get("/")).$("[data-action=image_liked]").length;
    expect(await rows()).toBe(1);
    const path = `/admin/actions/${deed.id}`;
    const name = `${bo.username} liked A heron`;
    const shown = await admin.visitor.get(path);
    expect([shown.$("h1").text(), shown.$(`.facts a[href="/admin/images/${id}"]`).text()]).toEqual([
      ...[name, "A heron"],
    ]);
    expect((await admin.visitor.get(`${path}/delete`)).$("main").text()).toContain(`“${name}”`);
    expect((await fillForm(admin.visitor, `${path}/delete`)).status).toBe(303);
    expect(await rows()).toBe(0);
    expect(await site.deps.database.like.count({ where: { imageId: id } })).toBe(1);
    expect((await admin.visitor.post(`${path}/delete`)).status).toBe(404);
    expect(await history("actions", String(deed.id))).toMatchObject([
      { kind: "deleted", objectLabel: name },
    ]);
  });
});

describe("sessions", () => {
  const sessionOf = ({ id }: Person) =>
    site.deps.database.session.findFirstOrThrow({ where: { userId: id } });

  test("say which one is this very device", async () => {
    const other = await signedInPerson(site, { isSuperuser: true });
    await createVisitor(site.app).post("/login", {
      ...{ username: other.username, password: goodPassword },
    });
    const { $ } = await other.visitor.get(`/admin/sessions?person=${other.id}`);
    expect($("tbody tr")).toHaveLength(2);
    expect($("tbody .list-note").text()).toBe("this device");
  });

  test("end on their device, at once", async () => {
    const { id: session } = await sessionOf(bo);
    expect((await fillForm(admin.visitor, `/admin/sessions/${session}/delete`)).status).toBe(303);
    expect((await bo.visitor.get("/settings/profile")).status).toBe(303);
    expect(await history("sessions", session)).toMatchObject([
      { kind: "deleted", objectLabel: expect.stringContaining(bo.username) },
    ]);
    expect((await admin.visitor.post(`/admin/sessions/${session}/delete`)).status).toBe(404);
  });

  test("end also where it is one's own", async () => {
    const other = await signedInPerson(site, { isSuperuser: true });
    const { id: session } = await sessionOf(other);
    const question = await other.visitor.get(`/admin/sessions/${session}/delete`);
    expect(question.$("main").text()).toContain("you too if it is yours");
    expect((await fillForm(other.visitor, `/admin/sessions/${session}/delete`)).status).toBe(303);
    expect((await other.visitor.get("/admin")).status).toBe(404);
  });

  test("of whoever may do more are not for staff to end", async () => {
    const staff = await signedInPerson(site, { isStaff: true });
    await site.deps.database.group.create({
      data: {
        name: `doors ${staff.username}`,
        members: { create: { userId: staff.id } },
        rights: { create: { model: "sessions", canView: true, canDelete: true } },
      },
    });
    const { id: session } = await sessionOf(admin);
    const path = `/admin/sessions/${session}/delete`;
    for (const answer of [await staff.visitor.get(path), await staff.visitor.post(path)]) {
      expect(answer.status).toBe(404);
    }
    expect((await admin.visitor.get("/admin")).status).toBe(200);
    const { id: theirs } = await sessionOf(bo);
    expect((await fillForm(staff.visitor, `/admin/sessions/${theirs}/delete`)).status).toBe(303);
  });
});

test("nobody adds an action or a session, and nobody edits a row that only is", async () => {
  for (const model of ["actions", "sessions", "profiles"]) {
    expect((await admin.visitor.get(`/admin/${model}/new`)).status).toBe(404);
  }
  await bo.visitor.post(`/images/${id}/like`);
  const edited = await admin.visitor.post(`/admin/likes/${bo.id}-${id}`, { userId: ana.username });
  expect(edited.status).toBe(404);
  expect((await createVisitor(site.app).get("/admin/likes")).status).toBe(404);
});
