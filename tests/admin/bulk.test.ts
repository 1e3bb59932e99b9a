import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
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
import { signedInPerson } from "#tests/factories/people.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

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

describe("what is done to chosen rows", () => {
  test("is asked first, and nothing is done before", async () => {
    const ids = idsOf(people);
    const { status, $ } = await choose(admin, "users", { action: "deactivate", keys: ids });
    expect(status).toBe(200);
    expect($("main").text()).toContain("Deactivate 3 people?");
    for (const { username } of people) expect($("main li").text()).toContain(username);
    expect((await rows(ids)).map(({ isActive }) => isActive)).toEqual([true, true, true]);
    expect(await historyOf(site, "users", ids)).toEqual([]);
  });

  test("is chosen by the boxes of a list, which is where it ends", async () => {
    const [{ id, username }] = people as [Person];
    const list = `/admin/users?q=${username}`;
    const { $ } = await admin.visitor.get(list);
    const chosen = { action: "deactivate", [`row-${id}`]: true };
    const question = await sendForm(admin.visitor, $, chosen);
    expect(question.$(`main a[href="${list}"]`).text()).toBe("PeopleCancel");
    expect((await sendForm(admin.visitor, question.$)).location).toBe(list);
    expect(await flashesOf(admin)).toEqual(["1 person deactivated."]);
  });

  test("is done to each, recorded for each, and told", async () => {
    const ids = idsOf(people);
    const list = "/admin/users?active=yes&sort=username";
    const answer = await runOn(admin, "users", { action: "deactivate", keys: ids, list });
    expect(answer.location).toBe(list);
    expect(await flashesOf(admin)).toEqual(["3 people deactivated."]);
    expect((await rows(ids)).map(({ isActive }) => isActive)).toEqual([false, false, false]);
    const changes = [{ field: "Active", before: "Yes", after: "No" }];
    expect(await historyOf(site, "users", ids)).toMatchObject(
      (await rows(ids)).map(({ id, username }) => ({
        ...{ actorId: admin.id, kind: "changed", objectId: String(id), objectLabel: username },
        changes,
      })),
    );
    for (const { visitor } of people) {
      expect((await visitor.get("/settings/profile")).status).toBe(303);
    }
  });

  test("is not recorded where nothing had to change", async () => {
    const ids = idsOf(people);
    await runOn(admin, "users", { action: "activate", keys: ids });
    expect(await flashesOf(admin)).toEqual(["Active already: 3 people."]);
    expect(await historyOf(site, "users", ids)).toEqual([]);
  });

  test("passes over those it may not be done to, and says why", async () => {
    const ids = [...idsOf(people), admin.id];
    await runOn(admin, "users", { action: "deactivate", keys: ids });
    const [done, refused] = await flashesOf(admin);
    expect(done).toBe("3 people deactivated.");
    expect(refused).toBe(
      `“${admin.username}”: This is your own account. Somebody else has to deactivate it.`,
    );
    expect((await admin.visitor.get("/admin")).status).toBe(200);
  });

  test("signs nobody out who asks for it, and leads to where they can", async () => {
    const [one] = people as [Person];
    await runOn(admin, "users", { action: "end-sessions", keys: [one.id, admin.id] });
    const [done, refused] = await flashesOf(admin);
    expect(done).toBe("1 person signed out.");
    expect(refused).toContain("in Settings, under Sessions.");
  });

  test("goes on where a row is gone meanwhile", async () => {
    const [one, ...others] = people as [Person, ...Person[]];
    const question = await choose(admin, "users", { action: "deactivate", keys: idsOf(people) });
    await site.deps.database.user.delete({ where: { id: one.id } });
    expect((await sendForm(admin.visitor, question.$)).status).toBe(303);
    expect(await flashesOf(admin)).toEqual(["2 people deactivated."]);
    expect((await rows(idsOf(others))).every(({ isActive }) => !isActive)).toBe(true);
  });

  test("needs rows and something to do", async () => {
    for (const [action, ids, sentence] of [
      ["deactivate", [], "Choose people first."],
      ["deactivate", [2_147_483_647], "Choose people first."],
      ["", idsOf(people), "Choose what to do with them first."],
    ] as const) {
      const answer = await choose(admin, "users", { action: action, keys: ids });
      expect([answer.status, answer.location]).toEqual([303, "/admin/users"]);
      expect(await flashesOf(admin)).toEqual([sentence]);
    }
  });

  test("junk is refused, and leads nowhere else", async () => {
    const [{ id }] = people as [Person];
    const send = async (fields: Record<string, string>, model = "users") => {
      const csrf = await admin.visitor.csrf("/admin/users");
      return admin.visitor.post(`/admin/${model}/actions`, fields, { csrf });
    };
    const many = boxesOf(Array.from({ length: 501 }, (_, index) => index + 1));
    expect((await send({ action: "deactivate", ...many })).status).toBe(400);
    for (const fields of [
      { action: "nothing", [`row-${id}`]: "on" },
      { action: "constructor", [`row-${id}`]: "on" },
      { action: "deactivate", "row-0": "on" },
      { action: "deactivate", "row-1-2": "on" },
      { action: "deactivate", "row-": "on" },
      { action: "deactivate", "row-99999999999999999999": "on" },
    ]) {
      expect([fields, (await send(fields)).status]).toEqual([fields, 404]);
    }
    expect((await send({ action: "delete" }, "nothing")).status).toBe(404);
    expect((await send({ action: "delete", "row-1": "on" }, "profiles")).status).toBe(404);
    const fields = { action: "activate", [`row-${id}`]: "on" };
    const forged = await admin.visitor.post("/admin/users/actions", fields, { csrf: "wrong" });
    expect(forged.status).toBe(403);
  });

  test("of fifty is asked in as many statements as of one", async () => {
    const { database } = site.deps;
    const ids = await createImageRows(database, admin.id, 50);
    const csrf = await admin.visitor.csrf("/admin/images");
    const count = async (chosen: number[]) => {
      const fields = { action: "delete", ...boxesOf(chosen) };
      const send = () => admin.visitor.post("/admin/images/actions", fields, { csrf });
      return (await queriesOf(send)).length;
    };
    await count(ids.slice(0, 1));
    expect(await count(ids)).toBe(await count(ids.slice(0, 1)));
  });
});

describe("staff", () => {
  const staffWith = async (rights: Record<string, boolean>, model = "users") => {
    const staff = await signedInPerson(site, { isStaff: true });
    const members = { create: { userId: staff.id } };
    const name = `group of ${staff.username}`;
    await site.deps.database.group.create({
      data: { name, members, rights: { create: { model, canView: true, ...rights } } },
    });
    return staff;
  };
  const send = async (by: Person, action: string, ids: number[]) => {
    const csrf = await by.visitor.csrf("/admin/users");
    const fields = { action, confirmed: "yes", ...boxesOf(ids) };
    return (await by.visitor.post("/admin/users/actions", fields, { csrf })).status;
  };

  test("do what their groups may, and find nothing else", async () => {
    const ids = idsOf(people);
    const viewer = await staffWith({});
    const changer = await staffWith({ canChange: true });
    const remover = await staffWith({ canDelete: true });
    for (const action of ["deactivate", "delete", "make-staff", "recount"]) {
      expect(await send(viewer, action, ids)).toBe(404);
    }
    expect(await send(changer, "delete", ids)).toBe(404);
    expect(await send(changer, "make-staff", ids)).toBe(404);
    expect(await send(remover, "deactivate", ids)).toBe(404);
    expect(await rows(ids)).toHaveLength(3);
    expect(await send(changer, "deactivate", ids)).toBe(303);
    expect(await send(remover, "delete", ids)).toBe(303);
    expect(await rows(ids)).toEqual([]);
  });

  test("are asked about those alone whom they may manage, and told how many are left out", async () => {
    const staff = await staffWith({ canDelete: true });
    const higher = await staffWith({ canView: true }, "images");
    const [{ id, username }, second] = people as [Person, Person];
    await createImageRows(site.deps.database, higher.id, 3);
    const keys = [id, higher.id, admin.id];
    const asked = await choose(staff, "users", { action: "delete", keys });
    expect(asked.$("main").text()).toContain("Delete 1 person for good?");
    expect(asked.$("main .hint").text()).toBe("Not yours to manage, so left out: 2 people.");
    expect(asked.$("h1").text()).toBe(`Delete: ${username}`);
    expect(asked.$("main").text()).not.toMatch(new RegExp(`${higher.username}|picture`));
    expect(asked.$("[name=keys]").val()).toBe(String(id));
    const others = { action: "delete", keys: [higher.id, admin.id] };
    expect((await choose(staff, "users", others)).location).toBe("/admin/users");
    expect(await flashesOf(staff)).toEqual(["Not yours to manage: 2 people. Nothing is done."]);
    // As many statements for all of them as for one.
    const csrf = await staff.visitor.csrf("/admin/users");
    const count = async (ids: number[]) => {
      const fields = { action: "delete", ...boxesOf(ids) };
      const send = () => staff.visitor.post("/admin/users/actions", fields, { csrf });
      return (await queriesOf(send)).length;
    };
    expect(await count([...keys, second.id])).toBe(await count([second.id]));
  });

  test("do nothing to whoever may do more", async () => {
    const staff = await staffWith({ canChange: true, canDelete: true });
    const higher = await staffWith({ canView: true }, "images");
    const ids = [admin.id, higher.id];
    for (const action of ["deactivate", "end-sessions", "recount", "delete"]) {
      expect(await send(staff, action, ids)).toBe(303);
    }
    expect((await rows(ids)).map(({ isActive }) => isActive)).toEqual([true, true]);
    for (const { visitor } of [admin, higher]) {
      expect((await visitor.get("/admin")).status).toBe(200);
    }
    expect((await flashesOf(staff)).join()).toContain("may do more than you");
    expect(await historyOf(site, "users", ids)).toEqual([]);
  });
});
