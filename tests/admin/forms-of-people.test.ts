import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Administrator, superuserOf } from "#tests/admin/administrators.ts";
import { type Filled, fillForm, sendForm } from "#tests/admin/fill-form.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { goodPassword, newPerson, signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

// Each kind of field that a person's form and a follow's have.

let site: TestApp;
let admin: Administrator;
let person: Administrator;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  admin = await superuserOf(site);
});
beforeEach(async () => {
  person = await signedInPerson(site);
});
afterAll(() => site.close());

const save = (filled: Filled) => fillForm(admin.visitor, `/admin/users/${person.id}`, filled);
const row = () =>
  site.deps.database.user.findUniqueOrThrow({
    where: { id: person.id },
    include: { profile: true },
  });
const lastChanges = async (model = "users", objectId = String(person.id)) => {
  const where = { model, objectId };
  const last = await site.deps.database.adminChange.findFirst({ where, orderBy: { id: "desc" } });
  return last?.changes ?? null;
};

describe("a person's form", () => {
  test("holds the profile, and saves both", async () => {
    const answer = await save({ firstName: "Ana", bio: "Hello", dateOfBirth: "1990-03-14" });
    expect(answer.status).toBe(303);
    expect(await row()).toMatchObject({ firstName: "Ana", profile: { bio: "Hello" } });
    expect(await lastChanges()).toEqual([
      { field: "First name", before: "", after: "Ana" },
      { field: "Date of birth", before: "", after: "14 March 1990", names: "profiles" },
      { field: "About them", before: "", after: "Hello", names: "profiles" },
    ]);
  });

  test("ticks and unticks boxes, which are read as yes and no", async () => {
    expect((await save({ isStaff: true })).status).toBe(303);
    expect(await lastChanges()).toEqual([{ field: "Staff", before: "No", after: "Yes" }]);
    expect((await save({ isStaff: false })).status).toBe(303);
    expect((await row()).isStaff).toBe(false);
    expect(await lastChanges()).toEqual([{ field: "Staff", before: "Yes", after: "No" }]);
  });

  test("says of a password only that it changed", async () => {
    const password = "a-heron-among-reeds";
    expect((await save({ password })).status).toBe(303);
    expect(await lastChanges()).toEqual([{ field: "New password", before: "", after: "changed" }]);
    const all = JSON.stringify(await site.deps.database.adminChange.findMany(), (_, value) =>
      typeof value === "bigint" ? String(value) : value,
    );
    expect(all).not.toContain(password);
    const signIn = { username: person.username, password };
    expect((await createVisitor(site.app).post("/login", signIn)).status).toBe(303);
  });

  test("never says a password again", async () => {
    const answer = await save({ password: "correct-horse-battery", email: "nobody" });
    expect([answer.status, Object.keys(answer.errors)]).toEqual([422, ["email"]]);
    expect(answer.text).not.toContain("correct-horse-battery");
    expect(answer.$("input[name=email]").val()).toBe("nobody");
  });

  test.each<[string, Filled]>([
    ["username", { username: "" }],
    ["username", { username: "no spaces here" }],
    ["email", { email: "nobody" }],
    ["password", { password: "short" }],
    ["firstName", { firstName: "x".repeat(151) }],
    ["dateOfBirth", { dateOfBirth: "2026-02-31" }],
    ["dateOfBirth", { dateOfBirth: "yesterday" }],
    ["bio", { bio: "x".repeat(2001) }],
  ])("refuses a wrong %s", async (field, filled) => {
    const before = await row();
    const answer = await save({ lastName: "Kept", ...filled });
    expect([answer.status, Object.keys(answer.errors)]).toEqual([422, [field]]);
    expect(answer.$("input[name=lastName]").val()).toBe("Kept");
    expect(await row()).toEqual(before);
    expect(await lastChanges()).toBeNull();
  });

  test("refuses a name that somebody has", async () => {
    const answer = await save({ username: admin.username.toUpperCase() });
    expect([answer.status, Object.keys(answer.errors)]).toEqual([422, ["username"]]);
  });

  test("of one's own says what is for somebody else, instead of refusing it", async () => {
    const path = `/admin/users/${admin.id}`;
    const { $ } = await admin.visitor.get(path);
    for (const [name, sentence] of [
      ["isActive", "somebody else"],
      ["isSuperuser", "somebody else"],
      ["email", "in your settings"],
      ["password", "in your settings"],
      ["isEmailConfirmed", "by the link"],
    ]) {
      expect([name, $(`[name=${name}]`).is("[disabled]")]).toEqual([name, true]);
      expect($(`#${name}-hint`).text()).toContain(sentence);
    }
    expect($("[name=isSuperuser]").is("[checked]")).toBe(true);
    expect((await sendForm(admin.visitor, $, { lastName: "Root" })).status).toBe(303);
    expect((await admin.visitor.get(path)).$("[name=isSuperuser]").is("[checked]")).toBe(true);
  });
});

describe("adding somebody", () => {
  const fields = () => {
    const { username, email } = newPerson();
    return { username, email, password: goodPassword };
  };

  test("makes an account with a profile, and keeps what it was made of", async () => {
    const filled = fields();
    const answer = await fillForm(admin.visitor, "/admin/users/new", {
      ...filled,
      bio: "New here",
      continue: "1",
    });
    const { id } = await site.deps.database.user.findUniqueOrThrow({
      where: { username: filled.username },
    });
    expect([answer.status, answer.location]).toEqual([303, `/admin/users/${id}`]);
    expect((await admin.visitor.get(`/admin/users/${id}`)).$(".flash").text()).toBe(
      `“${filled.username}” is added.`,
    );
    expect(await lastChanges("users", String(id))).toEqual(
      expect.arrayContaining([
        { field: "Username", before: "", after: filled.username },
        { field: "About them", before: "", after: "New here", names: "profiles" },
      ]),
    );
    const signIn = { username: filled.username, password: goodPassword };
    expect((await createVisitor(site.app).post("/login", signIn)).status).toBe(303);
  });

  test("keeps what was typed when something is wrong, and makes nobody", async () => {
    const filled = { ...fields(), email: "nowhere", bio: "Typed" };
    const count = await site.deps.database.user.count();
    const answer = await fillForm(admin.visitor, "/admin/users/new", filled);
    expect([answer.status, Object.keys(answer.errors)]).toEqual([422, ["email"]]);
    expect(answer.$("h1").text()).toBe("Add a person");
    expect(answer.$("input[name=username]").val()).toBe(filled.username);
    expect(answer.$("textarea[name=bio]").text().trim()).toBe("Typed");
    expect(answer.text).not.toContain(goodPassword);
    expect(await site.deps.database.user.count()).toBe(count);
  });

  test("asks for an address, and tells of a taken name with it", async () => {
    const filled = { ...fields(), email: "" };
    const answer = await fillForm(admin.visitor, "/admin/users/new", filled);
    expect([answer.status, Object.keys(answer.errors)]).toEqual([422, ["email"]]);
    const taken = { ...filled, username: person.username.toUpperCase() };
    const both = await fillForm(admin.visitor, "/admin/users/new", taken);
    expect([both.status, both.errors]).toEqual([
      422,
      {
        username: "Somebody else has this username.",
        email: "Enter an e-mail address, such as ana@example.org.",
      },
    ]);
    // One's own name is nobody else's.
    expect(Object.keys((await save({ email: "" })).errors)).toEqual(["email"]);
  });

  test("five times at once makes one", async () => {
    const filled = fields();
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map(() => fillForm(admin.visitor, "/admin/users/new", filled)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 422, 422, 422, 422]);
    const where = { objectLabel: filled.username };
    expect(await site.deps.database.adminChange.count({ where })).toBe(1);
  });
});

describe("a relation", () => {
  test("is typed by name, and kept as the row that has it", async () => {
    const answer = await fillForm(admin.visitor, "/admin/contacts/new", {
      fromId: ` ${person.username.toUpperCase()} `,
      toId: admin.username,
    });
    expect(answer.status).toBe(303);
    const where = { fromId: person.id, toId: admin.id };
    expect(await site.deps.database.contact.count({ where })).toBe(1);
    expect(await lastChanges("contacts", `${person.id}-${admin.id}`)).toEqual([
      { field: "Who follows", before: "", after: person.username },
      { field: "Whom", before: "", after: admin.username },
    ]);
  });

  test("of pictures is their number", async () => {
    const { database } = site.deps;
    const [id = 0] = await createImageRows(database, person.id, 1, { title: "A stork" });
    const path = "/admin/likes/new";
    const filled = { userId: person.username, imageId: String(id) };
    expect((await fillForm(admin.visitor, path, filled)).status).toBe(303);
    const where = { userId: person.id, imageId: id };
    expect(await site.deps.database.like.count({ where })).toBe(1);
    expect((await admin.visitor.get("/admin")).$(".flash").text()).toBe(
      `“${person.username} likes ‘A stork’” is added.`,
    );
  });

  test.each(["nobody_at_all", "%", "1e30", "' or true --", "x".repeat(300)])(
    "%s is nobody, and says so beside the field",
    async (fromId) => {
      const filled = { fromId, toId: admin.username };
      const answer = await fillForm(admin.visitor, "/admin/contacts/new", filled);
      expect(answer.status).toBe(422);
      expect(answer.errors).toEqual({ fromId: "There is no such person." });
      expect(answer.$("input[name=fromId]").val()).toBe(fromId);
      expect(answer.$("input[name=toId]").val()).toBe(admin.username);
    },
  );

  test("that must be there is asked for", async () => {
    const answer = await fillForm(admin.visitor, "/admin/contacts/new");
    expect(answer.status).toBe(422);
    expect(Object.keys(answer.errors)).toEqual(["fromId", "toId"]);
  });
});
