import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { staffOf, superuserOf } from "#tests/admin/administrators.ts";
import { choose, flashesOf, type Person, runOn } from "#tests/admin/chosen-rows.ts";
import { sendForm } from "#tests/admin/fill-form.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Answer } from "#tests/support/visitor.ts";
import { countWaiting } from "#tests/support/waiting-sessions.ts";

// What comes between while many rows are worked through.

let site: TestApp;
let admin: Person;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  admin = await superuserOf(site);
});
afterAll(() => site.close());

const pictures = async (count: number) => {
  const { id } = await signedInPerson(site);
  return createImageRows(site.deps.database, id, count);
};

const left = (ids: number[]) =>
  site.deps.database.image.findMany({
    where: { id: { in: ids } },
    select: { id: true },
    orderBy: { id: "asc" },
  });

/** Says yes to deleting these, the third of which somebody holds until `meanwhile` has ended. */
async function deleteAround(
  by: Person,
  ids: number[],
  meanwhile: () => Promise<unknown>,
): Promise<Answer> {
  const question = await choose(by, "images", { action: "delete", keys: ids });
  // Ours are cut when they hold something for ten seconds.
  const holder = new pg.Client({ connectionString: site.databaseUrl });
  await holder.connect();
  try {
    await holder.query("begin");
    await holder.query("select 1 from images where id = $1 for update", [ids[2]]);
    const answer = sendForm(by.visitor, question.$);
    await expect.poll(() => countWaiting(site.deps.database)).toBe(1);
    await meanwhile();
    await holder.query("commit");
    return await answer;
  } finally {
    await holder.end();
  }
}

test.each([
  ["deactivated", { isActive: false }],
  ["not staff any more", { isStaff: false }],
])("whoever is %s does no more of it", async (_, change) => {
  const ids = await pictures(6);
  const staff = await staffOf(site, ["images view", "images delete"]);
  const { status } = await deleteAround(staff, ids, () =>
    site.deps.database.user.update({ where: { id: staff.id }, data: change }),
  );
  expect(status).toBe(404);
  // The one under way was let in before.
  expect((await left(ids)).map(({ id }) => id)).toEqual(ids.slice(3));
});

test("whoever loses the right does no more of it", async () => {
  const ids = await pictures(6);
  const staff = await staffOf(site, ["images view", "images delete"]);
  const { status, $ } = await deleteAround(staff, ids, () =>
    site.deps.database.groupMember.deleteMany({ where: { userId: staff.id } }),
  );
  expect([status, $(".flash").text()]).toEqual([404, "3 pictures deleted."]);
  expect(await left(ids)).toHaveLength(3);
});

test("whoever may not see them any more does no more of it", async () => {
  const ids = await pictures(6);
  const staff = await staffOf(site, ["images view", "images delete"]);
  const { status } = await deleteAround(staff, ids, () =>
    site.deps.database.groupRight.updateMany({
      where: { group: { members: { some: { userId: staff.id } } } },
      data: { canView: false },
    }),
  );
  expect([status, (await left(ids)).length]).toEqual([404, 3]);
});

test("what was done is told, whatever becomes of what comes after", async () => {
  const ids = await pictures(3);
  const refill = vi.spyOn(site.deps.viewCounters, "refill").mockRejectedValueOnce(new Error("no"));
  const { location } = await runOn(admin, "images", { action: "recount", keys: ids });
  expect([refill.mock.calls.length, location]).toEqual([1, "/admin/images"]);
  expect(await flashesOf(admin)).toEqual(["Numbers right already: 3 pictures."]);
});

test("a row that fails is told, and those there was no time for are asked about again", async () => {
  const ids = await pictures(6);
  const [, , held = 0] = ids;
  const waiting = () => countWaiting(site.deps.database);
  const question = await deleteAround(admin, ids, () =>
    expect.poll(waiting, { timeout: 30_000 }).toBe(0),
  );
  expect(question.status).toBe(200);
  const said = question.$(".flash").toArray();
  expect(said.map((each) => question.$(each).text())).toEqual([
    "2 pictures deleted.",
    "“Picture 3”: It could not be done now. Try again.",
    "Go on below with the next: 3 pictures.",
  ]);
  expect(question.$("main").text()).toContain("Delete 3 pictures for good?");
  expect(await left(ids)).toHaveLength(4);
  expect((await sendForm(admin.visitor, question.$)).location).toBe("/admin/images");
  expect(await flashesOf(admin)).toEqual(["3 pictures deleted."]);
  expect(await left(ids)).toEqual([{ id: held }]);
});

test("whoever proves again who they are between question and answer comes back to the list", async () => {
  const back = await admin.visitor.get("/admin/images/actions?q=heron&sort=title");
  expect([back.status, back.location]).toEqual([303, "/admin/images?q=heron&sort=title"]);
  // A place in the list lies behind those that were asked about.
  const place = await admin.visitor.get("/admin/images/actions?q=heron&after=WzFd&part=yes");
  expect(place.location).toBe("/admin/images?q=heron&part=yes");
  const plain = await admin.visitor.get("/admin/images/actions");
  expect([plain.status, plain.location]).toEqual([303, "/admin/images"]);
});
