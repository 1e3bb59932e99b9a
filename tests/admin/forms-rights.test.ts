import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Grant } from "#features/admin/rights.ts";
import { type Administrator, staffOf, superuserOf } from "#tests/admin/administrators.ts";
import { createGroup } from "#tests/admin/callers.ts";
import { fillForm, sendForm } from "#tests/admin/fill-form.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { goodPassword, newPerson, signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let person: Administrator;
let callers: Record<string, Visitor>;
let id: number;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  person = await signedInPerson(site);
  const staff = async (...grants: Grant[]) => (await staffOf(site, grants)).visitor;
  callers = {
    stranger: createVisitor(site.app),
    person: person.visitor,
    none: await staff(),
    other: await staff("likes view", "users view", "users change"),
    view: await staff("images view"),
    change: await staff("images view", "images change"),
    delete: await staff("images view", "images delete"),
    // Whoever may not look reads nothing in what they are answered either.
    changeBlindly: await staff("images change"),
    deleteBlindly: await staff("images delete"),
    superuser: (await superuserOf(site)).visitor,
  };
  [id = 0] = await createImageRows(site.deps.database, person.id, 1, { title: "A stork" });
});
afterAll(() => site.close());

const statuses = (ask: (visitor: Visitor) => Promise<{ status: number }>) =>
  Promise.all(
    Object.entries(callers).map(async ([name, visitor]) => [name, (await ask(visitor)).status]),
  ).then((entries) => Object.fromEntries(entries) as Record<string, number>);

/** 404 to all but these. */
const only = (allowed: Record<string, number>) => ({
  ...Object.fromEntries(Object.keys(callers).map((name) => [name, 404])),
  ...allowed,
});

describe("every address of a row is there for those who may, and for nobody else", () => {
  test("its page", async () => {
    const may = { view: 200, change: 200, delete: 200, superuser: 200 };
    expect(await statuses((visitor) => visitor.get(`/admin/images/${id}`))).toEqual(only(may));
  });

  test("its history", async () => {
    await fillForm(callers["superuser"] as Visitor, `/admin/images/${id}`, { description: "x" });
    const may = { view: 200, change: 200, delete: 200, superuser: 200 };
    const path = `/admin/images/${id}/history`;
    expect(await statuses((visitor) => visitor.get(path))).toEqual(only(may));
  });

  test("saving it, with a form that is older than the row too", async () => {
    const before = await site.deps.database.image.findUniqueOrThrow({ where: { id } });
    const post = (visitor: Visitor) =>
      visitor.post(`/admin/images/${id}`, { title: "" }, { from: "/bookmarklet" });
    expect(await statuses(post)).toEqual(only({ change: 422, superuser: 422 }));
    const stale = (visitor: Visitor) =>
      visitor.post(
        `/admin/images/${id}`,
        { title: "An egret", owner: person.username, version: "old.1" },
        { from: "/bookmarklet" },
      );
    expect(await statuses(stale)).toEqual(only({ change: 409, superuser: 409 }));
    expect(await site.deps.database.image.findUnique({ where: { id } })).toEqual(before);
  });

  test("deleting it", async () => {
    const path = `/admin/images/${id}/delete`;
    expect(await statuses((visitor) => visitor.get(path))).toEqual(
      only({ delete: 200, superuser: 200 }),
    );
    const forged = (visitor: Visitor) => visitor.post(path, {}, { csrf: "made up" });
    expect(await statuses(forged)).toEqual(only({ delete: 403, superuser: 403 }));
    expect(await site.deps.database.image.count({ where: { id } })).toBe(1);
  });

  test("adding one", async () => {
    const path = "/admin/users/new";
    const adding = (await staffOf(site, ["users add"])).visitor;
    expect(await statuses((visitor) => visitor.get(path))).toEqual(only({ superuser: 200 }));
    expect((await adding.get(path)).status).toBe(200);
    const post = (visitor: Visitor) => visitor.post(path, {}, { from: "/bookmarklet" });
    expect(await statuses(post)).toEqual(only({ superuser: 422 }));
  });
});

describe("who may only look", () => {
  test("sees the same page without anything to write or press", async () => {
    const { $ } = await (callers["view"] as Visitor).get(`/admin/images/${id}`);
    expect($("h1").text()).toBe("A stork");
    expect($(".object").find("input, textarea, select, button, form")).toHaveLength(0);
    expect($('dl[data-field="title"] dd').text()).toBe("A stork");
    expect($(".object-picture img").attr("alt")).toBe("A stork");
    expect($(`a[href="/admin/images/${id}/delete"]`)).toHaveLength(0);
  });

  test("of a person sees no password and no list they may not see", async () => {
    const { visitor } = await staffOf(site, ["users view", "images view"]);
    const { $, text } = await visitor.get(`/admin/users/${person.id}`);
    expect($('[data-field="password"]')).toHaveLength(0);
    expect(text).not.toContain("$argon2");
    expect($(".related a").text()).toBe("Pictures");
  });

  test("of a group sees what its members may", async () => {
    const { visitor } = await staffOf(site, ["groups view"]);
    const group = await site.deps.database.group.create({
      data: {
        name: "Readers",
        rights: { create: { model: "images", canView: true, canChange: true } },
      },
    });
    const { $ } = await visitor.get(`/admin/groups/${group.id}`);
    expect($(".object").find("input, button")).toHaveLength(0);
    expect($("dt:contains(Pictures) + dd").text().trim()).toBe("view, change");
  });
});

describe("fields for superusers", () => {
  const form = () => `/admin/users/${person.id}`;

  test("are shown to staff and not written by them, whatever they send", async () => {
    const { visitor } = await staffOf(site, ["users view", "users change"]);
    const { $ } = await visitor.get(form());
    expect($("input[name=isStaff], input[name=isSuperuser]")).toHaveLength(0);
    expect($('dl[data-field="isStaff"] dd').text()).toBe("No");
    const answer = await visitor.post(form(), {
      ...Object.fromEntries(
        $(".object-main input, .object-main textarea")
          .toArray()
          .filter((input) => $(input).attr("type") !== "checkbox" || $(input).is("[checked]"))
          .map((input) => [$(input).attr("name") ?? "", String($(input).val() ?? "")]),
      ),
      firstName: "Ana",
      isStaff: "1",
      isSuperuser: "1",
    });
    expect(answer.status).toBe(303);
    const row = await site.deps.database.user.findUniqueOrThrow({ where: { id: person.id } });
    expect(row).toMatchObject({ firstName: "Ana", isStaff: false, isSuperuser: false });
  });

  test("that a superuser ticked meanwhile stay ticked", async () => {
    const { visitor } = await staffOf(site, ["users view", "users change"]);
    const other = await signedInPerson(site);
    const path = `/admin/users/${other.id}`;
    const { $ } = await visitor.get(path);
    await fillForm(callers["superuser"] as Visitor, path, { isStaff: true });
    const told = await sendForm(visitor, $, { firstName: "Ana" });
    expect(told.status).toBe(409);
    expect((await sendForm(visitor, told.$)).status).toBe(303);
    const row = await site.deps.database.user.findUniqueOrThrow({ where: { id: other.id } });
    expect(row).toMatchObject({ firstName: "Ana", isStaff: true });
  });

  test("are not theirs in a new account either", async () => {
    const { visitor } = await staffOf(site, ["users view", "users add"]);
    const { username, email } = newPerson();
    const answer = await visitor.post(
      "/admin/users/new",
      { username, email, password: goodPassword, isStaff: "1", isSuperuser: "1" },
      { from: "/admin/users/new" },
    );
    expect(answer.status).toBe(303);
    const row = await site.deps.database.user.findUniqueOrThrow({ where: { username } });
    expect(row).toMatchObject({ isStaff: false, isSuperuser: false });
  });
});

describe("a person's profile in their form", () => {
  const photo = "f".repeat(64);
  const kept = { dateOfBirth: new Date("1990-03-14"), bio: "Of birds", photo };
  let page: string;
  let userId: number;

  beforeEach(async () => {
    userId = (await signedInPerson(site)).id;
    page = `/admin/users/${userId}`;
    await site.deps.database.profile.update({ where: { userId }, data: kept });
  });
  const profile = () => site.deps.database.profile.findUniqueOrThrow({ where: { userId } });
  /** Sends more than the page offers. */
  const forge = async ({ visitor }: { visitor: Visitor }, forged: Record<string, string>) => {
    const { $ } = await visitor.get(page);
    const fields = Object.fromEntries(
      $("form[data-object-form]")
        .serializeArray()
        .map(({ name, value }) => [name, value]),
    );
    const csrf = fields["_csrf"] ?? null;
    return visitor.post(page, { ...fields, firstName: "Ana", ...forged }, { csrf });
  };

  test("is not there for staff who may not view profiles, nor theirs to write", async () => {
    const staff = await staffOf(site, ["users view", "users change"]);
    for (const path of [page, "/admin/users", "/admin/users/export.csv", "/admin/pick/users?q="]) {
      const { text } = await staff.visitor.get(path);
      for (const word of ["1990", "Of birds", photo]) expect(text).not.toContain(word);
    }
    const { $ } = await staff.visitor.get(page);
    expect($("[name=bio], [name=dateOfBirth], [name=hasPhoto]")).toHaveLength(0);
    const answer = await forge(staff, { dateOfBirth: "", bio: "Mine" });
    expect(answer.status).toBe(303);
    expect(await profile()).toMatchObject(kept);
  });

  test("is there to be read for those who may view it, and changed by those who may", async () => {
    const viewer = await staffOf(site, ["users view", "users change", "profiles view"]);
    const { $ } = await viewer.visitor.get(page);
    expect($('[data-field="dateOfBirth"] dd').text()).toBe("14 March 1990");
    expect($("[name=bio], [name=dateOfBirth], [name=hasPhoto]")).toHaveLength(0);
    expect((await forge(viewer, { dateOfBirth: "", bio: "Mine" })).status).toBe(303);
    expect(await profile()).toMatchObject(kept);
    const changer = await staffOf(site, [
      ...["users view", "users change", "profiles view", "profiles change"],
    ] as Grant[]);
    expect((await fillForm(changer.visitor, page, { bio: "Of herons" })).status).toBe(303);
    expect(await profile()).toMatchObject({ ...kept, bio: "Of herons" });
  });

  test("stays as it is where a form was loaded without it", async () => {
    const staff = await staffOf(site, ["users view", "users change"]);
    const { $ } = await staff.visitor.get(page);
    await createGroup(site.deps.database, ["profiles view", "profiles change"], [staff.id]);
    expect((await sendForm(staff.visitor, $, { firstName: "Ana" })).status).toBe(303);
    expect(await profile()).toMatchObject(kept);
    expect((await staff.visitor.get(page)).$("[name=bio]").text().trim()).toBe("Of birds");
  });

  test("of somebody new is empty where those who add them may not change profiles", async () => {
    const { visitor } = await staffOf(site, ["users view", "users add", "profiles view"]);
    const { username, email } = newPerson();
    const { $ } = await visitor.get("/admin/users/new");
    expect($(".object-main h2").text()).not.toContain("Profile");
    const filled = { username, email, password: goodPassword, bio: "Mine" };
    const from = "/admin/users/new";
    expect((await visitor.post(from, filled, { from })).status).toBe(303);
    const where = { username };
    const added = await site.deps.database.user.findUniqueOrThrow({
      ...{ where, include: { profile: true } },
    });
    expect(added.profile).toMatchObject({ bio: "", dateOfBirth: null, photo: null });
  });
});

test("whoever may add but not look is led to the front page", async () => {
  const { visitor } = await staffOf(site, ["users add"]);
  const { username, email } = newPerson();
  const filled = { username, email, password: goodPassword };
  const answer = await fillForm(visitor, "/admin/users/new", filled);
  expect([answer.status, answer.location]).toEqual([303, "/admin"]);
});
