import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Caller, signedIn } from "#tests/admin/callers.ts";
import { openAnswers } from "#tests/admin/open-answer.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

const now = new Date("2026-11-20T23:30:00Z");

let site: TestApp;
let admin: Caller;
let answers: Awaited<ReturnType<typeof openAnswers>>;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" }, { clock: () => now });
  admin = await signedIn(site, { isSuperuser: true, username: "keeper" });
  answers = await openAnswers(site, admin);
});
afterAll(async () => {
  answers.close();
  await site.close();
});
beforeEach(() => site.deps.database.image.deleteMany());

test("is a file that spreadsheets read, of all that the list is filtered to", async () => {
  const titles = ['=HYPERLINK("x")', "A, b", 'Say "heron"', "Étude heron"];
  const ids: number[] = [];
  for (const [index, title] of titles.entries()) {
    const createdAt = () => new Date(now.getTime() - index * 1000);
    ids.push(...(await createImageRows(site.deps.database, admin.id, 1, { title, createdAt })));
  }
  const answer = await admin.send("get", "/admin/images/export.csv?sort=saved");
  expect(answer.headers).toMatchObject({
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="magpie-images-2026-11-20.csv"',
    "cache-control": "no-store",
  });
  const lines = answer.text.split("\r\n");
  expect(lines[0]).toMatch(/^\ufeffKey,Title,Saved by,/);
  expect(lines.slice(1).map((line) => line.slice(0, line.indexOf(",keeper")))).toEqual([
    `${ids[3]},Étude heron`,
    `${ids[2]},"Say ""heron"""`,
    `${ids[1]},"A, b"`,
    `${ids[0]},"'=HYPERLINK(""x"")"`,
    "",
  ]);
  expect(lines[1]).toContain("2026-11-20T23:29:57.000Z");
  const found = await admin.send("get", "/admin/images/export.csv?q=heron&sort=-title");
  expect(found.text.split("\r\n")).toHaveLength(4);
});

test.each([
  ['x;=HYPERLINK("http://evil")', 'x;\'=HYPERLINK("http://evil")'],
  ['x; "=1+1', "x; \"'=1+1"],
  ["x\t+1", "x\t'+1"],
  ["x;-1;@SUM(1)", "x;'-1;'@SUM(1)"],
  ["x\r\n\uff1d1", "x\r\n'\uff1d1"],
  ["a - b = c; d", "a - b = c; d"],
])("lets no formula begin behind what parts cells elsewhere: %j", async (title, told) => {
  await createImageRows(site.deps.database, admin.id, 1, { title });
  const { text } = await admin.send("get", "/admin/images/export.csv");
  expect(text).toContain(told.replaceAll('"', '""'));
});

test("of nothing names its columns", async () => {
  const { text } = await admin.send("get", "/admin/images/export.csv");
  expect(text.trim().split("\r\n")).toHaveLength(1);
});

test("goes on where one batch ends", async () => {
  await createImageRows(site.deps.database, admin.id, 1100, { createdAt: () => now });
  const { text } = await admin.send("get", "/admin/images/export.csv");
  const keys = text.trim().split("\r\n").slice(1);
  expect(new Set(keys.map((line) => line.split(",")[0])).size).toBe(1100);
});

test("asked for its head alone reads nothing", async () => {
  const read = vi.spyOn(site.deps.database.image, "findMany");
  const { status, headers } = await admin.send("head", "/admin/images/export.csv");
  expect([status, headers["content-type"]]).toEqual([200, "text/csv; charset=utf-8"]);
  expect(read).not.toHaveBeenCalled();
  read.mockRestore();
});

/** As long as a title may be, so that a few batches are more than connections hold. */
const longTitle = "x".repeat(200);

test("waits for a client that reads slowly, and ends with one that leaves", async () => {
  for (let count = 0; count < 40_000; count += 2000) {
    await createImageRows(site.deps.database, admin.id, 2000, { title: longTitle });
  }
  const read = vi.spyOn(site.deps.database.image, "findMany");
  const answer = await answers.open("/admin/images/export.csv");
  answer.pause();
  await expect.poll(() => read.mock.calls.length).toBeGreaterThan(1);
  let before = -1;
  // It has come to rest when nothing was read for a while.
  await expect
    .poll(
      async () => {
        const same = read.mock.calls.length === before;
        before = read.mock.calls.length;
        return same;
      },
      { interval: 500 },
    )
    .toBe(true);
  expect(before).toBeLessThan(80);
  answer.destroy();
  await pause(300);
  expect(read.mock.calls.length).toBeLessThanOrEqual(before + 1);
  read.mockRestore();
}, 120_000);

test("that fails on its way breaks off rather than look whole", async () => {
  await createImageRows(site.deps.database, admin.id, 2000, { title: longTitle });
  const { findMany } = site.deps.database.image;
  const read = vi.spyOn(site.deps.database.image, "findMany");
  read.mockImplementation(((query: never) =>
    read.mock.calls.length > 2
      ? Promise.reject(new Error("away"))
      : findMany(query)) as unknown as typeof findMany);
  const answer = await answers.open("/admin/images/export.csv");
  expect(answer.statusCode).toBe(200);
  answer.resume();
  const [error] = await once(answer, "error").catch((thrown) => [thrown]);
  expect(error).toMatchObject({ code: "ECONNRESET" });
  expect(answer.complete).toBe(false);
  read.mockRestore();
});

test("has whole values where the list shows less", async () => {
  const { database } = site.deps;
  const bio = "Herons, mostly. ".repeat(20).trim();
  await database.profile.update({ where: { userId: admin.id }, data: { bio } });
  await createImageRows(database, admin.id, 1);
  const sourceUrl = "https://pictures.example.org/herons/grey.jpg";
  await database.image.updateMany({ data: { sourceUrl, bytes: 184_321 } });
  expect((await admin.send("get", "/admin/profiles/export.csv")).text).toContain(bio);
  const { text } = await admin.send("get", "/admin/images/export.csv");
  expect(text).toContain(`,${sourceUrl},184321,`);
});
