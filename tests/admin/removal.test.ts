import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { removeFilesQueue } from "#features/images/images.jobs.ts";
import { exactTime } from "#lib/dates.ts";
import { type Administrator, staffOf, superuserOf } from "#tests/admin/administrators.ts";
import { fillForm } from "#tests/admin/fill-form.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

let site: TestApp;
let admin: Administrator;
let person: Administrator;
let id: number;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  [admin, person] = await Promise.all([superuserOf(site), signedInPerson(site)]);
});
beforeEach(async () => {
  const { database } = site.deps;
  [id = 0] = await createImageRows(database, person.id, 1, { title: "A stork" });
  await database.like.create({ data: { userId: admin.id, imageId: id } });
});
afterAll(() => site.close());

const page = () => `/admin/images/${id}/delete`;
const history = (model: string, objectId: number) =>
  site.deps.database.adminChange.findMany({
    where: { model, objectId: String(objectId) },
    orderBy: { id: "asc" },
  });

test("asks first, and says what goes along", async () => {
  const { $ } = await admin.visitor.get(page());
  expect($("h1").text()).toBe("Delete this picture?");
  expect($(".object-main").text()).toContain("“A stork” goes for good.");
  expect($(".takes-along li").text()).toContain("1 like");
  expect($(`a[href="/admin/images/${id}"]`).length).toBeGreaterThan(0);
  expect(await site.deps.database.image.count({ where: { id } })).toBe(1);
});

test("removes the row with its likes and enqueues its files, and the history keeps what it was", async () => {
  const { sha256 } = await site.deps.database.image.findUniqueOrThrow({ where: { id } });
  const answer = await fillForm(admin.visitor, page());
  expect([answer.status, answer.location]).toEqual([303, "/admin/images"]);
  expect((await admin.visitor.get("/admin/images")).$(".flash").text()).toBe(
    "“A stork” is deleted.",
  );
  expect(await site.deps.database.image.count({ where: { id } })).toBe(0);
  expect(await site.deps.database.like.count({ where: { imageId: id } })).toBe(0);
  const jobs = await site.deps.database.$queryRaw<unknown[]>`
    select 1 from pgboss.job where name = ${removeFilesQueue} and data->>'sha256' = ${sha256}`;
  expect(jobs).toHaveLength(1);
  expect(await history("images", id)).toMatchObject([
    {
      kind: "deleted",
      objectLabel: "A stork",
      actorId: admin.id,
      changes: expect.arrayContaining([
        { field: "Title", before: "A stork", after: "" },
        { field: "Saved by", before: person.username, after: "" },
        { field: "SHA-256", before: sha256, after: "" },
      ]),
    },
  ]);
});

test("of what has no form the history keeps the line of its list", async () => {
  const session = await site.deps.database.session.findFirstOrThrow({
    where: { userId: person.id },
  });
  expect((await fillForm(admin.visitor, `/admin/sessions/${session.id}/delete`)).status).toBe(303);
  const change = await site.deps.database.adminChange.findFirstOrThrow({
    where: { model: "sessions", objectId: session.id },
  });
  expect(change.changes).toEqual(
    expect.arrayContaining([
      { field: "Person", before: person.username, after: "" },
      { field: "Signed in", before: exactTime(session.createdAt), after: "" },
    ]),
  );
});

test("twice at once removes it once, with one line of history", async () => {
  const { $ } = await admin.visitor.get(page());
  const csrf = String($("input[name=_csrf]").last().val());
  const answers = await Promise.all(
    [1, 2, 3, 4].map(() => admin.visitor.post(page(), {}, { csrf })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 404, 404, 404]);
  expect(await history("images", id)).toHaveLength(1);
});

test("what is gone is told with a sentence", async () => {
  await fillForm(admin.visitor, page());
  const answer = await admin.visitor.get(page());
  expect([answer.status, answer.$("main").text()]).toEqual([
    404,
    expect.stringContaining("There is no such picture, or not any more."),
  ]);
});

test("while it is edited leaves one history that ends with the deletion", async () => {
  for (let round = 0; round < 5; round += 1) {
    [id = 0] = await createImageRows(site.deps.database, person.id, 1, { title: "A stork" });
    const [saved, removed] = await Promise.all([
      fillForm(admin.visitor, `/admin/images/${id}`, { title: "A crane" }).catch(() => null),
      fillForm(admin.visitor, page()),
    ]);
    expect(removed.status).toBe(303);
    const kinds = (await history("images", id)).map(({ kind }) => kind);
    expect(kinds).toEqual(saved?.status === 303 ? ["changed", "deleted"] : ["deleted"]);
  }
});

describe("a person", () => {
  test("goes with all that is theirs", async () => {
    const gone = await signedInPerson(site);
    const [image = 0] = await createImageRows(site.deps.database, gone.id, 3);
    const [other = 0] = await createImageRows(site.deps.database, admin.id, 1);
    const group = await site.deps.database.group.create({ data: { name: "Keepers" } });
    await fillForm(admin.visitor, `/admin/users/${gone.id}`, {
      dateOfBirth: "1990-03-14",
      firstName: "No",
      isStaff: true,
      [`group-${group.id}`]: true,
    });
    await fillForm(admin.visitor, `/admin/profiles/${gone.id}`, { bio: "Yes" });
    for (const id of [image, other]) {
      await fillForm(admin.visitor, `/admin/images/${id}`, { description: "Their garden" });
    }
    const path = `/admin/users/${gone.id}/delete`;
    const asked = await admin.visitor.get(path);
    expect(asked.$(".takes-along").text()).toContain("3 pictures, with their files");
    expect((await fillForm(admin.visitor, path)).status).toBe(303);
    expect(await site.deps.database.image.count({ where: { ownerId: gone.id } })).toBe(0);
    expect((await gone.visitor.get("/settings/profile")).status).toBe(303);
    expect(await history("users", gone.id)).toMatchObject([
      // An address or a date of birth has no business in what outlives them; what they could do here has.
      {
        kind: "changed",
        changes: [
          { field: "Staff", before: "No", after: "Yes" },
          { field: "Group Keepers", before: "No", after: "Yes" },
        ],
      },
      { kind: "deleted", objectLabel: gone.username, changes: [] },
    ]);
    expect(await history("profiles", gone.id)).toMatchObject([{ kind: "changed", changes: [] }]);
    expect(await history("images", image)).toMatchObject([{ kind: "changed", changes: [] }]);
    expect(await history("images", other)).toMatchObject([
      { changes: [{ after: "Their garden" }] },
    ]);
  });

  test("deletes themselves in their settings, and is told so instead of a button", async () => {
    const path = `/admin/users/${admin.id}/delete`;
    const { $ } = await admin.visitor.get(`/admin/users/${admin.id}`);
    expect($('.object a[href="/settings/delete"]')).toHaveLength(1);
    expect($(`a[href="${path}"]`)).toHaveLength(0);
    const asked = await admin.visitor.get(path);
    const answer = await admin.visitor.post(path);
    expect([asked.status, answer.status]).toEqual([200, 409]);
    for (const page of [asked, answer]) {
      expect(page.$(".object-main").text()).toContain("This is your own account.");
      expect(page.$('.object-main a[href="/settings/delete"]')).toHaveLength(1);
      expect(page.$("button.button-danger")).toHaveLength(0);
    }
    expect(await site.deps.database.user.count({ where: { id: admin.id } })).toBe(1);
    expect(await history("users", admin.id)).toEqual([]);
  });

  test("with more rights stays out of reach", async () => {
    const { visitor } = await staffOf(site, ["users view", "users delete"]);
    const other = await superuserOf(site);
    const path = `/admin/users/${other.id}/delete`;
    for (const answer of [await visitor.get(path), await visitor.post(path)]) {
      expect(answer.status).toBe(404);
    }
    expect(await site.deps.database.user.count({ where: { id: other.id } })).toBe(1);
  });
});

test("models that have no deletion have no such page", async () => {
  expect((await admin.visitor.get(`/admin/profiles/${person.id}/delete`)).status).toBe(404);
  expect((await admin.visitor.post(`/admin/profiles/${person.id}/delete`)).status).toBe(404);
});
