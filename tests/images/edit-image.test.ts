import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { editImage } from "#features/images/edit-image.ts";
import { NotFound } from "#lib/errors.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let owner: { id: number; visitor: Visitor };
let other: { id: number; visitor: Visitor };
let admin: { id: number; visitor: Visitor };
let id: number;

beforeAll(async () => {
  site = await startTestApp();
  [owner, other, admin] = await Promise.all([
    signedInPerson(site),
    signedInPerson(site),
    signedInPerson(site, { isSuperuser: true, isStaff: true }),
  ]);
});
beforeEach(async () => {
  [id = 0] = await createImageRows(site.deps.database, owner.id, 1, { title: "A stork" });
});
afterAll(() => site.close());

const row = () => site.deps.database.image.findUnique({ where: { id } });

describe("editing", () => {
  test("by the owner changes title, description and address", async () => {
    const form = await owner.visitor.get(`/images/${id}/edit`);
    expect(form.status).toBe(200);
    expect(form.$("input[name=title]").val()).toBe("A stork");
    const fields = { title: " Zwei Störche ", description: "On the\r\nroof" };
    const answer = await owner.visitor.post(`/images/${id}/edit`, fields);
    expect([answer.status, answer.location]).toEqual([303, `/images/${id}/zwei-storche`]);
    expect((await owner.visitor.get(answer.location ?? "")).$("h1").text()).toBe("Zwei Störche");
    expect(await row()).toMatchObject({ title: "Zwei Störche", slug: "zwei-storche" });
    expect((await owner.visitor.get(`/images/${id}/a-stork`)).location).toBe(answer.location);
  });

  test.each([
    [{ title: "" }, { title: "Give the picture a title." }],
    [{ title: "a".repeat(201) }, { title: "Use at most 200 characters." }],
    [
      { title: "Fine", description: "b".repeat(5001) },
      { description: "Use at most 5,000 characters." },
    ],
  ])("with something wrong says so and keeps what was typed", async (wrong, errors) => {
    const fields: Record<string, string> = { description: "Kept <b>", ...wrong };
    const answer = await owner.visitor.post(`/images/${id}/edit`, fields);
    expect(answer.status).toBe(422);
    expect(answer.errors).toEqual(errors);
    expect(answer.$("input[name=title]").val()).toBe(fields.title);
    expect(answer.$("textarea[name=description]").text().trim()).toBe(fields.description);
    expect(await row()).toMatchObject({ title: "A stork", description: "" });
  });

  test("changes nothing else, whatever the form says", async () => {
    const before = await row();
    await owner.visitor.post(`/images/${id}/edit`, {
      ...{ title: "New", ownerId: String(other.id), totalLikes: "9", sha256: "0".repeat(64) },
      ...{ id: "1", createdAt: "2001-01-01", storageKey: "x", pageUrl: "https://evil.example" },
    });
    expect(await row()).toEqual({ ...before, title: "New", slug: "new" });
  });

  test("of a picture that was deleted meanwhile is a 404", async () => {
    await site.deps.database.image.delete({ where: { id } });
    const input = { title: "Late", description: "" };
    const outcome = editImage(site.deps, { image: { id }, input });
    await expect(outcome).rejects.toBeInstanceOf(NotFound);
    expect((await owner.visitor.post(`/images/${id}/edit`, input)).status).toBe(404);
  });

  test("without the form's token is refused", async () => {
    const answer = await owner.visitor.post(`/images/${id}/edit`, { title: "No" }, { csrf: null });
    expect(answer.status).toBe(403);
    expect(await row()).toMatchObject({ title: "A stork" });
  });
});

describe("who may do what", () => {
  const edit = { title: "Changed" };
  const routes = [
    ["GET", "edit", { anonymous: 303, stranger: 403, admin: 403, owner: 200 }],
    ["POST", "edit", { anonymous: 303, stranger: 403, admin: 403, owner: 303 }],
    ["POST", "delete", { anonymous: 303, stranger: 403, admin: 303, owner: 303 }],
    ["POST", "like", { anonymous: 303, stranger: 303, admin: 303, owner: 303 }],
    ["POST", "unlike", { anonymous: 303, stranger: 303, admin: 303, owner: 303 }],
    ["GET", "a-stork", { anonymous: 200, stranger: 200, admin: 200, owner: 200 }],
  ] as const;

  test.each(routes)("%s /images/:id/%s", async (method, name, expected) => {
    const visitors = {
      ...{ anonymous: createVisitor(site.app), stranger: other.visitor },
      ...{ admin: admin.visitor, owner: owner.visitor },
    };
    for (const who of ["anonymous", "stranger", "admin", "owner"] as const) {
      [id = 0] = await createImageRows(site.deps.database, owner.id, 1, { title: "A stork" });
      const path = `/images/${id}/${name}`;
      const visitor = visitors[who];
      const answer = method === "GET" ? await visitor.get(path) : await visitor.post(path, edit);
      expect([who, answer.status]).toEqual([who, expected[who]]);
      if (who === "anonymous" && answer.status === 303) {
        expect(answer.location).toMatch(/^\/login\?next=/);
      }
      const allowed = expected[who] < 400 && who !== "anonymous";
      const remains = !(allowed && name === "delete");
      const title = allowed && method === "POST" && name === "edit" ? "Changed" : "A stork";
      expect(await row()).toEqual(remains ? expect.objectContaining({ title }) : null);
    }
  });

  test("other methods are not answered", async () => {
    const answer = await owner.visitor.get(`/images/${id}/like/more`);
    expect(answer.status).toBe(404);
  });
});
