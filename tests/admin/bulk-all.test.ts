import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mostChosen } from "#features/admin/chosen-rows.queries.ts";
import { staffOf, superuserOf } from "#tests/admin/administrators.ts";
import { createGroup } from "#tests/admin/callers.ts";
import { flashesOf, historyOf, type Person } from "#tests/admin/chosen-rows.ts";
import { sendForm } from "#tests/admin/fill-form.ts";
import { createContacts, createPeopleRows } from "#tests/factories/deeds.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Answer } from "#tests/support/visitor.ts";

// All that a list has on all its pages, chosen by one box.

let site: TestApp;
let admin: Person;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  admin = await superuserOf(site);
});
afterAll(() => site.close());

const people = (count: number, name: string) => createPeopleRows(site.deps.database, count, name);

/** Ticks the box above a list and presses its button. */
async function chooseAll({ visitor }: Person, list: string, action: string): Promise<Answer> {
  const { $ } = await visitor.get(list);
  const question = await sendForm(visitor, $, { action, all: true });
  expect([list, question.status]).toEqual([list, 200]);
  return question;
}

/** What no page of ours sends. */
async function send(by: Person, fields: Record<string, string>, query = "") {
  const csrf = await by.visitor.csrf("/admin/users");
  return by.visitor.post(`/admin/users/actions${query}`, fields, { csrf });
}

const active = (ids: number[]) =>
  site.deps.database.user.count({ where: { id: { in: ids }, isActive: true } });

const labelOf = async ({ visitor }: Person, list: string) =>
  (await visitor.get(list)).$(".list-actions .check").text();

describe("all of a list", () => {
  test("is offered where it has more than a page, to those who may do anything to it", async () => {
    await people(51, "finch");
    const viewer = await staffOf(site, ["users view"]);
    const first = "/admin/users?q=finch";
    const { $ } = await admin.visitor.get(first);
    const last = $("a[rel=next]").attr("href") ?? "";
    for (const page of [first, last]) {
      expect(await labelOf(admin, page)).toBe("All 51 people that match");
      expect(await labelOf(viewer, page)).toBe("");
    }
    expect(await labelOf(admin, "/admin/users?q=finch_1")).toBe("");
    const number = await site.deps.database.user.count();
    expect(await labelOf(admin, "/admin/users?sort=username")).toBe(`All ${number} people`);
  });

  test("is done to every row it has, on every page, and to none besides", async () => {
    const [herons, storks] = [await people(120, "heron"), await people(3, "stork")];
    const [idle = 0, ...others] = herons;
    await site.deps.database.user.update({ where: { id: idle }, data: { isActive: false } });
    const list = "/admin/users?q=heron&active=yes&sort=username";
    const question = await chooseAll(admin, list, "deactivate");
    expect(question.$("main").text()).toContain("Deactivate 119 people?");
    const labels = question.$(".chosen-rows li").toArray();
    expect(labels).toHaveLength(51);
    expect(question.$(labels.slice(0, 2)).text()).toBe("heron_1heron_10");
    expect(question.$(labels[50]).text()).toBe("and 69 more");
    expect(await active(herons)).toBe(119);
    expect((await sendForm(admin.visitor, question.$)).location).toBe(list);
    expect(await flashesOf(admin)).toEqual(["119 people deactivated."]);
    expect([await active(herons), await active(storks)]).toEqual([0, 3]);
    expect(await historyOf(site, "users", herons)).toHaveLength(others.length);
  });

  test("is all of it from any of its pages, and ends where it begins", async () => {
    const ids = await people(70, "wren");
    const { $ } = await admin.visitor.get("/admin/users?q=wren");
    const next = $("a[rel=next]").attr("href") ?? "";
    const question = await chooseAll(admin, next, "delete");
    expect(question.$("main").text()).toContain("Delete 70 people for good?");
    expect((await sendForm(admin.visitor, question.$)).location).toBe("/admin/users?q=wren");
    expect(await active(ids)).toBe(0);
  });

  test("is what it was when it was asked about", async () => {
    const ids = await people(60, "crane");
    const question = await chooseAll(admin, "/admin/users?q=crane", "deactivate");
    const [late = 0] = await createPeopleRows(site.deps.database, 1, "crane_late");
    await site.deps.database.user.delete({ where: { id: ids[0] ?? 0 } });
    await sendForm(admin.visitor, question.$);
    expect(await flashesOf(admin)).toEqual(["59 people deactivated."]);
    expect([await active(ids), await active([late])]).toEqual([0, 1]);
  });

  test("is asked about, whoever says that it was", async () => {
    const ids = await people(51, "robin");
    const fields = { action: "delete", all: "on", confirmed: "yes" };
    expect((await send(admin, fields, "?q=robin")).$("main").text()).toContain(
      "Delete 51 people for good?",
    );
    expect(await active(ids)).toBe(51);
  });

  /** Says yes until nothing is left to ask about, and answers how often. */
  async function runToEnd(question: Answer): Promise<number> {
    const answer = await sendForm(admin.visitor, question.$);
    return answer.status === 200 ? 1 + (await runToEnd(answer)) : 1;
  }

  test("that is more than somebody waits for is asked about in parts, one after the other", async () => {
    const { database } = site.deps;
    const [userId = 0] = await people(1, "owl");
    await database.session.createMany({
      data: Array.from({ length: mostChosen + 3 }, () => ({ id: randomUUID(), userId })),
    });
    const list = `/admin/sessions?person=${userId}`;
    const question = await chooseAll(admin, list, "delete");
    expect(question.$("main").text()).toContain("These are 500 of 503 sessions.");
    expect(question.$(".chosen-rows li").last().text()).toBe("and 450 more");
    expect(question.$(`main a[href="${list}"]`).text()).toBe("SessionsCancel");
    expect(await runToEnd(question)).toBeGreaterThan(1);
    expect(await database.session.count({ where: { userId } })).toBe(0);
  });

  test("goes on after those that are done also where these stay in the list", async () => {
    const { database } = site.deps;
    const { id: ownerId } = await signedInPerson(site);
    await createImageRows(database, ownerId, mostChosen + 3);
    const where = { ownerId };
    await database.image.updateMany({ where, data: { totalLikes: 7 } });
    const question = await chooseAll(admin, `/admin/images?owner=${ownerId}`, "recount");
    expect(await runToEnd(question)).toBeGreaterThan(1);
    expect(await database.image.count({ where: { ownerId, totalLikes: 0 } })).toBe(mostChosen + 3);
  });

  test("goes on past a part that is gone meanwhile, or that is not theirs to manage", async () => {
    const { database } = site.deps;
    const staff = await staffOf(site, ["sessions view", "sessions delete"]);
    const [mine = 0, higher = 0] = await people(2, "coot");
    await createGroup(database, ["images view"], [higher]);
    const sessions = (userId: number, count: number, minute: number) =>
      database.session.createMany({
        data: Array.from({ length: count }, () => ({
          ...{ id: randomUUID(), userId, lastSeenAt: new Date(Date.UTC(2025, 0, 1, 0, minute)) },
        })),
      });
    await sessions(mine, mostChosen, 3);
    await sessions(higher, mostChosen, 2);
    await sessions(mine, 5, 1);
    const left = () => database.session.count({ where: { userId: mine } });
    const question = await chooseAll(staff, "/admin/sessions?q=coot&sort=-seen", "delete");
    await database.session.deleteMany({
      where: { userId: mine, lastSeenAt: new Date(Date.UTC(2025, 0, 1, 0, 3)) },
    });
    const next = await sendForm(staff.visitor, question.$);
    expect(next.$(".flash").text()).toBe("Go on below with the next: 5 sessions.");
    expect(next.$("main .hint").text()).toContain("500 sessions");
    expect(await left()).toBe(5);
    expect((await sendForm(staff.visitor, next.$)).status).toBe(303);
    expect(await left()).toBe(0);
    expect(await database.session.count({ where: { userId: higher } })).toBe(mostChosen);
  });

  test("of rows with keys of two parts is chosen by these", async () => {
    const [fan = 0, ...others] = await people(62, "gull");
    await createContacts(site.deps.database, fan, others);
    const question = await chooseAll(admin, "/admin/contacts?q=gull", "delete");
    await sendForm(admin.visitor, question.$);
    expect(await flashesOf(admin)).toEqual(["61 follows deleted."]);
    expect(await site.deps.database.contact.count({ where: { fromId: fan } })).toBe(0);
  });

  test("is asked about in as many statements however many it has", async () => {
    const { id } = await signedInPerson(site);
    const list = `/admin/images?owner=${id}`;
    const count = async () => (await queriesOf(() => chooseAll(admin, list, "delete"))).length;
    await createImageRows(site.deps.database, id, 51);
    await count();
    const few = await count();
    await createImageRows(site.deps.database, id, 150);
    expect(await count()).toBe(few);
  });
});

describe("what cannot be read never means more rows", () => {
  test("an address of no list, or of a list with what none has", async () => {
    const ids = await people(51, "swift");
    const { id } = await createGroup(site.deps.database, []);
    for (const query of [
      ...["active=no&active=yes", "active=maybe", "nothing=yes", "q[a]=swift", "q=%00", "sort=no"],
      ...["__proto__=x", "after=x", `q=${"x".repeat(201)}`, "page=2"],
      `q=swift&x=${"x".repeat(9000)}`,
    ]) {
      const { status } = await send(admin, { action: "delete", all: "on" }, `?${query}`);
      expect([query, status]).toEqual([query, 400]);
      const named = { action: "delete", confirmed: "yes", part: "yes", keys: ids.join(" ") };
      expect([query, (await send(admin, named, `?${query}`)).status]).toEqual([query, 400]);
    }
    const staff = await staffOf(site, ["users view", "users delete"]);
    const fields = { action: "delete", all: "on" };
    expect((await send(staff, fields, `?group=${id}`)).status).toBe(400);
    expect(await active(ids)).toBe(51);
  });

  test("keys that no question of ours has", async () => {
    const [id = 0] = await people(1, "shrike");
    const confirmed = { action: "delete", confirmed: "yes" };
    for (const keys of ["", "all", `${id}  ${id}`, `${id},${id}`, `0${id}`, `${id} 1-2`, "%"]) {
      expect([keys, (await send(admin, { ...confirmed, keys })).status]).toEqual([keys, 404]);
    }
    const many = Array.from({ length: mostChosen + 1 }, (_, index) => index + 1).join(" ");
    expect((await send(admin, { ...confirmed, keys: many })).status).toBe(400);
    expect(await active([id])).toBe(1);
    expect((await send(admin, { ...confirmed, keys: `${id} ${id}` })).status).toBe(303);
    expect(await flashesOf(admin)).toEqual(["1 person deleted."]);
  });
});

test("staff do it to those of a list alone whom they may manage", async () => {
  const ids = await people(60, "rook");
  const higher = ids.slice(0, 2);
  await createGroup(site.deps.database, ["images view"], higher);
  const staff = await staffOf(site, ["users view", "users change", "users delete"]);
  const question = await chooseAll(staff, "/admin/users?q=rook", "deactivate");
  expect(question.$("main").text()).toContain("Deactivate 58 people?");
  expect(question.$("main .hint").text()).toBe("Not yours to manage, so left out: 2 people.");
  await sendForm(staff.visitor, question.$);
  expect([await active(ids), await active(higher)]).toEqual([2, 2]);
  const only = await staffOf(site, ["users view", "users delete"]);
  expect((await send(only, { action: "deactivate", all: "on" }, "?q=rook")).status).toBe(404);
});
