import { load } from "cheerio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addGroup } from "#features/admin/change-group.ts";
import { changeMemberships } from "#features/admin/change-memberships.ts";
import type { Grant } from "#features/admin/rights.ts";
import { allGrants, type Caller, createGroup, signedIn, staffWith } from "#tests/admin/callers.ts";
import { save, sent } from "#tests/admin/save-form.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

let site: TestApp;
let boss: Caller;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  boss = await signedIn(site, { isStaff: true, isSuperuser: true });
});
afterAll(() => site.close());

async function grantsOf(id: number): Promise<string[]> {
  const rows = await site.deps.database.groupRight.findMany({ where: { groupId: id } });
  return rows
    .flatMap(({ model, ...row }) => [
      ...(row.canView ? [`${model} view`] : []),
      ...(row.canAdd ? [`${model} add`] : []),
      ...(row.canChange ? [`${model} change`] : []),
      ...(row.canDelete ? [`${model} delete`] : []),
    ])
    .sort();
}

const groupsOf = async (id: number) =>
  (await site.deps.database.groupMember.findMany({ where: { userId: id } })).map(
    (row) => row.groupId,
  );

describe("a superuser", () => {
  test("makes a group with rights, sees them in a table, and changes them with their history", async () => {
    const form = load((await boss.send("get", "/admin/groups/new")).text);
    expect(form('.matrix input[name="images.change"]')).toHaveLength(1);
    expect(form('.matrix input[name="jobs.delete"]')).toHaveLength(1);
    expect(form('.matrix input[name="sessions.add"], .matrix input[name="jobs.add"]')).toHaveLength(
      0,
    );
    const made = await save(boss, "/admin/groups/new", {
      name: "Moderators",
      "images.view": "on",
      "images.change": "on",
      "jobs.view": "on",
    });
    expect(made.status).toBe(303);
    const group = await site.deps.database.group.findUniqueOrThrow({
      where: { name: "moderators" },
    });
    expect(await grantsOf(group.id)).toEqual(["images change", "images view", "jobs view"]);

    const path = `/admin/groups/${group.id}`;
    const page = load((await boss.send("get", path)).text);
    expect(page(".matrix input:checked")).toHaveLength(3);
    await save(boss, path, { "images.change": null, "likes.delete": "on" });
    expect(await grantsOf(group.id)).toEqual([
      "images view",
      "jobs view",
      // Past the list leads the way to what they may delete.
      "likes delete",
      "likes view",
    ]);
    const history = load((await boss.send("get", `${path}/history`)).text)("main").text();
    expect(history).toContain("Pictures: change");
    expect(history).toContain("Likes: delete");

    const list = load((await boss.send("get", "/admin/groups")).text)("main").text();
    expect(list).toContain("Moderators");
  });

  test("is told what is wrong with a name", async () => {
    await createGroup(site.deps.database, []);
    const { name } = await site.deps.database.group.findFirstOrThrow();
    const wrong = {
      "": "Name the group.",
      [name.toUpperCase()]: "There is a group of this name.",
      [`${"a".repeat(81)}`]: "Use at most 80 characters.",
      "a\tb": "Leave out line breaks",
    };
    for (const [given, sentence] of Object.entries(wrong)) {
      const answer = await boss.send("post", "/admin/groups/new", { fields: { name: given } });
      expect([given, answer.status]).toEqual([given, 422]);
      expect(load(answer.text)('[data-field-error="name"]').text()).toContain(sentence);
    }
  });

  test("is one of two who give the same name at once, and the other is told", async () => {
    const fields = { name: "Twins" };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => boss.send("post", "/admin/groups/new", { fields })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 422, 422, 422, 422, 422]);
  });

  test("deletes a group, whose members stay and lose what it gave", async () => {
    const staff = await signedIn(site, { isStaff: true });
    const group = await createGroup(site.deps.database, ["likes view"], [staff.id]);
    expect((await staff.send("get", "/admin/likes")).status).toBe(200);
    const question = await boss.send("get", `/admin/groups/${group.id}/delete`);
    expect(question.text).toContain("1 membership");
    await save(boss, `/admin/groups/${group.id}/delete`, {});
    expect(await site.deps.database.group.findUnique({ where: { id: group.id } })).toBeNull();
    expect((await staff.send("get", "/admin/likes")).status).toBe(404);
    expect((await staff.send("get", "/admin")).status).toBe(200);
  });

  test("puts somebody into groups in that person's form", async () => {
    const staff = await signedIn(site, { isStaff: true });
    const group = await createGroup(site.deps.database, ["images view"]);
    await save(boss, `/admin/users/${staff.id}`, { [`group-${group.id}`]: "on" });
    expect(await groupsOf(staff.id)).toEqual([group.id]);
    expect((await staff.send("get", "/admin/images")).status).toBe(200);
    await save(boss, `/admin/users/${staff.id}`, { [`group-${group.id}`]: null });
    expect(await groupsOf(staff.id)).toEqual([]);
  });
});

describe("staff who manage groups and people", () => {
  const held: Grant[] = [...allGrants("groups"), ...allGrants("users"), "images view"];
  let staff: Caller;
  beforeAll(async () => {
    staff = await staffWith(site, held);
  });

  test("make groups that may do what they may, and give nothing else", async () => {
    const $ = load((await staff.send("get", "/admin/groups/new")).text);
    const given = ["groups", "users"].flatMap((model) =>
      ["view", "add", "change", "delete"].map((right) => `${model}.${right}`),
    );
    const open = $(".matrix input:not([disabled])")
      .toArray()
      .map((box) => $(box).attr("name"));
    expect(open.sort()).toEqual([...given, "images.view"].sort());
    expect($(".matrix input[disabled]").length).toBeGreaterThan(10);
    expect($(".matrix-box + .hint").text()).toContain("may not do themselves");

    const within = { name: "Lookers", "images.view": "on", "users.view": "on" };
    expect((await save(staff, "/admin/groups/new", within)).status).toBe(303);
    for (const right of ["images.change", "images.delete", "jobs.view", "likes.view"]) {
      const fields = { name: `Beyond ${right}`, "images.view": "on", [right]: "on" };
      await staff.send("post", "/admin/groups/new", { fields });
      const where = { name: fields.name };
      const { id } = await site.deps.database.group.findUniqueOrThrow({ where });
      expect(await grantsOf(id)).toEqual(["images view"]);
    }
    const input = { name: "Beyond", grants: ["images delete" as const] };
    const actor = { ...staff, isSuperuser: false, may: () => false };
    const { database } = site.deps;
    await expect(database.$transaction((tx) => addGroup(tx, { actor, input }))).rejects.toThrow(
      "Nobody can give what they may not do themselves.",
    );
  });

  test("change groups within their rights, and give them nothing beyond", async () => {
    const { id } = await createGroup(site.deps.database, ["images view"]);
    const path = `/admin/groups/${id}`;
    expect((await save(staff, path, { "users.view": "on" })).status).toBe(303);
    expect(await grantsOf(id)).toEqual(["images view", "users view"]);
    await save(staff, path, { "images.delete": "on" });
    expect(await grantsOf(id)).toEqual(["images view", "users view"]);
  });

  /** They read what it may, and find nothing to write or press. */
  const expectReadOnly = async (id: number) => {
    const page = await staff.send("get", `/admin/groups/${id}`);
    expect(page.status).toBe(200);
    expect(load(page.text)(".object").find("form, input, button, .button-danger")).toHaveLength(0);
    expect((await staff.send("get", `/admin/groups/${id}/delete`)).status).toBe(404);
  };

  test("neither change nor delete a group that may do more, not even to take from it", async () => {
    const { id, name } = await createGroup(site.deps.database, ["images view", "jobs delete"]);
    await expectReadOnly(id);
    for (const changes of [{ name: "Other" }, { "jobs.delete": null }, { "images.view": null }]) {
      expect((await save(staff, `/admin/groups/${id}`, changes)).status).toBe(404);
    }
    expect((await staff.send("post", `/admin/groups/${id}/delete`)).status).toBe(404);
    expect(await grantsOf(id)).toEqual(["images view", "jobs delete"]);
    expect((await site.deps.database.group.findUniqueOrThrow({ where: { id } })).name).toBe(name);
  });

  test("neither change nor delete a group they are in, whatever it may do", async () => {
    const [own = 0] = await groupsOf(staff.id);
    const { id: second } = await createGroup(site.deps.database, ["images view"], [staff.id]);
    for (const id of [own, second]) {
      await expectReadOnly(id);
      const before = await grantsOf(id);
      for (const changes of [{ "users.view": "on" }, { "images.view": null }, { name: "Mine" }]) {
        expect((await save(staff, `/admin/groups/${id}`, changes)).status).toBe(404);
      }
      expect((await staff.send("post", `/admin/groups/${id}/delete`)).status).toBe(404);
      expect(await grantsOf(id)).toEqual(before);
    }
    await site.deps.database.group.delete({ where: { id: second } });
  });

  test("put others into groups within their rights, and into no others", async () => {
    const other = await signedIn(site, { isStaff: true });
    const within = await createGroup(site.deps.database, ["images view"]);
    const beyond = await createGroup(site.deps.database, ["images delete"]);
    const path = `/admin/users/${other.id}`;
    expect((await save(staff, path, { [`group-${within.id}`]: "on" })).status).toBe(303);
    expect(await groupsOf(other.id)).toEqual([within.id]);
    const $ = load((await staff.send("get", path)).text);
    expect($(`[name=group-${beyond.id}]`).is("[disabled]")).toBe(true);
    expect($(`#group-${beyond.id}-hint`).text()).toContain("not yours to give");
    await save(staff, path, { [`group-${beyond.id}`]: "on" });
    expect(await groupsOf(other.id)).toEqual([within.id]);
    expect((await save(staff, path, { [`group-${within.id}`]: null })).status).toBe(303);
    expect(await groupsOf(other.id)).toEqual([]);
    const ghost = { fields: { ...sent(load((await staff.send("get", path)).text)) } };
    const answer = await staff.send("post", path, {
      fields: { ...ghost.fields, "group-2147483647": "on", "group-99999999999": "on" },
    });
    expect(answer.status).toBeLessThan(500);
    expect(await groupsOf(other.id)).toEqual([]);
  });

  test("change no groups of their own, not even to ones that may do less", async () => {
    const within = await createGroup(site.deps.database, ["images view"]);
    const before = await groupsOf(staff.id);
    const path = `/admin/users/${staff.id}`;
    const $ = load((await staff.send("get", path)).text);
    for (const id of [within.id, before[0]]) {
      expect($(`[name=group-${id}]`).is("[disabled]")).toBe(true);
      expect($(`#group-${id}-hint`).text()).toContain("for somebody else to change");
    }
    await save(staff, path, { [`group-${within.id}`]: "on", firstName: "Kim" });
    await save(staff, path, { [`group-${before[0]}`]: null });
    expect(await groupsOf(staff.id)).toEqual(before);
    const { database } = site.deps;
    const actor = { ...staff, isSuperuser: false, may: () => true };
    const change = { actor, personId: staff.id, wanted: new Map([[within.id, true]]) };
    await expect(database.$transaction((tx) => changeMemberships(tx, change))).rejects.toThrow(
      "Your own groups are for somebody else to change.",
    );
  });

  test("give nobody status, least of all themselves, whatever the body says", async () => {
    const person = await signedIn(site);
    for (const target of [person, staff]) {
      const changes = { isStaff: "on", isSuperuser: "on", firstName: "Kim" };
      await save(staff, `/admin/users/${target.id}`, changes);
      const { isSuperuser, isStaff } = await site.deps.database.user.findUniqueOrThrow({
        where: { id: target.id },
      });
      expect([isSuperuser, isStaff]).toEqual([false, target === staff]);
    }
    const fields = {
      username: "smuggled",
      email: "smuggled@example.org",
      password: "plum-tree-in-snow",
      isStaff: "on",
      isSuperuser: "on",
    };
    await save(staff, "/admin/users/new", fields);
    const where = { username: "smuggled" };
    expect(await site.deps.database.user.findUniqueOrThrow({ where })).toMatchObject({
      isStaff: false,
      isSuperuser: false,
    });
    for (const action of ["make-staff", "make-superuser"]) {
      await staff.send("post", "/admin/users/actions", {
        fields: { action, [`row-${person.id}`]: "on", confirmed: "1" },
      });
    }
    expect(
      (await site.deps.database.user.findUniqueOrThrow({ where: { id: person.id } })).isStaff,
    ).toBe(false);
  });
});
