import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Administrator, staffOf, superuserOf } from "#tests/admin/administrators.ts";
import { createGroup } from "#tests/admin/callers.ts";
import { fillForm, sendForm } from "#tests/admin/fill-form.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { countWaiting } from "#tests/support/waiting-sessions.ts";

// Groups come and go while somebody has a person's form open.

let site: TestApp;
let admin: Administrator;
let ana: Administrator;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  admin = await superuserOf(site);
});
beforeEach(async () => {
  ana = await signedInPerson(site);
});
afterAll(() => site.close());

const page = () => `/admin/users/${ana.id}`;
const groupsOf = async () => {
  const rows = await site.deps.database.groupMember.findMany({
    where: { userId: ana.id },
    orderBy: { groupId: "asc" },
  });
  return rows.map(({ groupId }) => groupId);
};
const firstName = async () =>
  (await site.deps.database.user.findUniqueOrThrow({ where: { id: ana.id } })).firstName;

describe("a form that is open", () => {
  test("is saved when a group was added meanwhile, which it says nothing of", async () => {
    const { $ } = await admin.visitor.get(page());
    const group = await createGroup(site.deps.database, ["images view"], [ana.id]);
    expect((await sendForm(admin.visitor, $, { firstName: "Anna" })).status).toBe(303);
    expect([await firstName(), await groupsOf()]).toEqual(["Anna", [group.id]]);
  });

  test("is saved when a group is gone, whether it was ticked or not", async () => {
    const [own, other] = [
      await createGroup(site.deps.database, ["images view"], [ana.id]),
      await createGroup(site.deps.database, ["images view"]),
    ];
    const { $ } = await admin.visitor.get(page());
    await site.deps.database.group.deleteMany({ where: { id: { in: [own.id, other.id] } } });
    expect((await sendForm(admin.visitor, $, { firstName: "Anna" })).status).toBe(303);
    expect([await firstName(), await groupsOf()]).toEqual(["Anna", []]);
  });

  test("is told of somebody who was put into one of its groups", async () => {
    const group = await createGroup(site.deps.database, ["images view"]);
    const { $ } = await admin.visitor.get(page());
    await fillForm(admin.visitor, page(), { [`group-${group.id}`]: true });
    const told = await sendForm(admin.visitor, $, { firstName: "Anna" });
    expect(told.status).toBe(409);
    expect((await sendForm(admin.visitor, told.$)).status).toBe(303);
    expect([await firstName(), await groupsOf()]).toEqual(["Anna", [group.id]]);
  });

  test("keeps a group that was added, when it is shown again for another reason", async () => {
    const { $ } = await admin.visitor.get(page());
    const group = await createGroup(site.deps.database, ["images view"], [ana.id]);
    await fillForm(admin.visitor, page(), { lastName: "Luz" });
    const told = await sendForm(admin.visitor, $, { firstName: "Anna" });
    expect(told.status).toBe(409);
    expect(told.$(`[name=group-${group.id}]`).is("[checked]")).toBe(true);
    expect((await sendForm(admin.visitor, told.$)).status).toBe(303);
    expect([await firstName(), await groupsOf()]).toEqual(["Anna", [group.id]]);
  });

  test("while groups come and go is never lost", async () => {
    const ids = (await Promise.all([1, 2, 3].map(() => createGroup(site.deps.database, [])))).map(
      ({ id }) => id,
    );
    const { $ } = await admin.visitor.get(page());
    const ticked = Object.fromEntries(ids.map((id) => [`group-${id}`, true]));
    const [answer] = await Promise.all([
      sendForm(admin.visitor, $, { ...ticked, firstName: "Anna" }),
      ...ids.map((id) => site.deps.database.group.delete({ where: { id } })),
      createGroup(site.deps.database, []),
    ]);
    expect([answer.status, await firstName(), await groupsOf()]).toEqual([303, "Anna", []]);
  });
});

test("a form with a box for each of 150 groups is saved", async () => {
  const { database } = site.deps;
  const groups = await database.group.createManyAndReturn({
    data: Array.from({ length: 150 }, (_, index) => ({ name: `Choir ${index}` })),
  });
  const ids = groups.map(({ id }) => id).sort((one, other) => one - other);
  const ticked = Object.fromEntries(ids.map((id) => [`group-${id}`, true]));
  expect((await fillForm(admin.visitor, page(), ticked)).status).toBe(303);
  expect(await groupsOf()).toEqual(ids);
  await database.group.deleteMany({ where: { id: { in: ids } } });
});

test("staff who may not view groups see no names of theirs, and change none", async () => {
  const group = await createGroup(site.deps.database, ["users view"], [ana.id]);
  const { visitor } = await staffOf(site, ["users view", "users change", "users add"]);
  for (const path of [page(), "/admin/users/new"]) {
    const { $, text } = await visitor.get(path);
    expect($("[name^=group-]")).toHaveLength(0);
    expect(text).not.toContain(group.name);
  }
  expect((await fillForm(visitor, page(), { firstName: "Anna" })).status).toBe(303);
  expect([await firstName(), await groupsOf()]).toEqual(["Anna", [group.id]]);
});

test("staff who may not view groups put nobody back into one they are taken out of meanwhile", async () => {
  const group = await createGroup(site.deps.database, [], [ana.id]);
  const staff = await staffOf(site, ["users view", "users change"]);
  const [theirs, mine] = await Promise.all([staff.visitor.get(page()), admin.visitor.get(page())]);
  const waiting = () => countWaiting(site.deps.database);
  const saves: ReturnType<typeof sendForm>[] = [];
  await site.deps.database.$transaction(
    async (tx) => {
      await tx.$queryRaw`select 1 from users where id = ${ana.id} for update`;
      saves.push(sendForm(admin.visitor, mine.$, { [`group-${group.id}`]: false }));
      await expect.poll(waiting).toBe(1);
      // Reads Ana as she is, in the group, and waits behind whoever takes her out of it.
      saves.push(sendForm(staff.visitor, theirs.$, { password: "a-heron-among-reeds" }));
      await expect.poll(waiting).toBe(2);
    },
    { timeout: 10_000 },
  );
  expect((await Promise.all(saves)).map(({ status }) => status)).toEqual([303, 303]);
  expect(await groupsOf()).toEqual([]);
});
