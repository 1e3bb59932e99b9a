import { afterAll, beforeAll, expect, test } from "vitest";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

interface Person {
  id: number;
  username: string;
  visitor: Visitor;
}

let site: TestApp;
let member: Person;
let admin: Person;
let gone: Person;
let others: Visitor[];

beforeAll(async () => {
  site = await startTestApp();
  [member, gone] = await Promise.all([
    signedInPerson(site),
    signedInPerson(site, { username: "gone_away" }),
  ]);
  admin = await signedInPerson(site, { isSuperuser: true });
  others = [createVisitor(site.app), member.visitor];
  const { database } = site.deps;
  await createImageRows(database, gone.id, 2);
  await database.contact.createMany({
    data: [
      { fromId: gone.id, toId: member.id },
      { fromId: member.id, toId: gone.id },
    ],
  });
  await database.user.update({ where: { id: gone.id }, data: { isActive: false } });
});
afterAll(() => site.close());

const pages = ["", "/followers", "/following"].map((part) => `/users/gone_away${part}`);
const lists = () => [
  "/users",
  `/users/${member.username}/followers`,
  `/users/${member.username}/following`,
];
const notice = "This account is deactivated. Only administrators see this page.";

test("others find none of a deactivated person's pages, nor them in a list", async () => {
  for (const visitor of others) {
    for (const path of pages) expect((await visitor.get(path)).status).toBe(404);
    for (const path of lists()) {
      const page = await visitor.get(path);
      expect(page.status).toBe(200);
      expect(page.text).not.toContain("gone_away");
    }
  }
});

test("administrators see page and pictures with a notice, and a mark in lists", async () => {
  const profile = await admin.visitor.get("/users/gone_away");
  expect(profile.status).toBe(200);
  expect(profile.$(".notice").text()).toBe(notice);
  expect(profile.$("[data-image-id]")).toHaveLength(2);
  for (const path of lists()) {
    const tile = (await admin.visitor.get(path)).$(`li#person-${gone.id}`);
    expect(tile.find(".mark").text()).toBe("deactivated");
    expect(tile.find("form")).toHaveLength(0);
  }
  expect((await admin.visitor.get(`/users/${member.username}`)).text).not.toContain(notice);
  expect((await admin.visitor.get("/users")).$(`li#person-${member.id} .mark`)).toHaveLength(0);
});

test("nobody follows or unfollows them", async () => {
  const profile = await admin.visitor.get("/users/gone_away");
  expect(profile.$("main form")).toHaveLength(0);
  for (const { visitor } of [member, admin]) {
    for (const verb of ["follow", "unfollow"]) {
      const options = { headers: { Accept: "application/json" } };
      const answer = await visitor.post(`/users/gone_away/${verb}`, {}, options);
      expect([answer.status, answer.body.code]).toEqual([404, "not_found"]);
    }
  }
  const contacts = { where: { toId: gone.id } };
  expect(await site.deps.database.contact.count(contacts)).toBe(1);
});

test("they are back with everything when they are active again", async () => {
  await site.deps.database.user.update({ where: { id: gone.id }, data: { isActive: true } });
  for (const visitor of [...others, admin.visitor]) {
    expect((await visitor.get("/users/gone_away")).$(".notice")).toHaveLength(0);
    for (const path of lists())
      expect((await visitor.get(path)).$(`li#person-${gone.id}`)).toHaveLength(1);
  }
});
