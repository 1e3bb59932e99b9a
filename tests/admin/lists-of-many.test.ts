import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { countRows } from "#features/admin/count-rows.ts";
import { imagesAdmin } from "#features/admin/models/images.admin.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { signedIn } from "#tests/admin/callers.ts";
import { createManyRows } from "#tests/admin/many-rows.ts";
import { openAnswers } from "#tests/admin/open-answer.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { queriesOf, type SentQuery } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Visitor } from "#tests/support/visitor.ts";

const many = 200_000;

let site: TestApp;
let client: pg.Client;
let visitor: Visitor;
/** What the first page of all pictures takes on this machine, at its best. */
let firstPage: number;

beforeAll(async () => {
  // The day after the newest of the rows that are made here.
  const clock = () => new Date("2026-11-21T12:00:00Z");
  site = await startTestApp({ RATE_LIMITS: "off" }, { clock });
  await createManyRows(site.databaseUrl, many);
  client = new pg.Client({ connectionString: site.databaseUrl, options: "-c jit=off" });
  await client.connect();
  ({ visitor } = await signedInPerson(site, { isSuperuser: true, username: "keeper" }));
  const times = [];
  for (let time = 0; time < 5; time += 1) times.push((await load("/admin/images")).milliseconds);
  firstPage = Math.min(...times);
}, 300_000);
afterAll(async () => {
  await client.end();
  await site.close();
});

async function load(path: string) {
  const began = performance.now();
  const { status, $ } = await visitor.get(path);
  const milliseconds = performance.now() - began;
  expect([path, status]).toEqual([path, 200]);
  const nextHref = $("a[rel=next]").attr("href") ?? "";
  const count = $(".list-count").text();
  return { milliseconds, nextHref, count, rows: $("tbody tr").length };
}

interface Plan {
  "Node Type": string;
  "Actual Rows": number;
  "Rows Removed by Filter"?: number;
  "Relation Name"?: string;
  Plans?: Plan[];
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** How the statements of a page are carried out that find its rows, and those that count them. */
async function plansOf(path: string) {
  const sent = await queriesOf(() => load(path));
  const explained = async (queries: SentQuery[]) => {
    const plans: Plan[] = [];
    for (const { text, values } of queries) {
      const { rows } = await client.query(`explain (analyze, format json) ${text}`, values);
      plans.push(...nodesOf(rows[0]["QUERY PLAN"][0].Plan));
    }
    return plans;
  };
  const ofTables = sent.filter(({ text }) => /"(images|users|profiles|likes)" t\b/.test(text));
  const found = ofTables.filter(({ text }) => /order by/.test(text));
  const counted = ofTables.filter(({ text }) => /count\(\*\)/.test(text));
  expect(found).toHaveLength(1);
  return { found: await explained(found), counted: await explained(counted) };
}

const readBy = (node: Plan) => node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0);

/** No list reads its table from end to end or sorts it; no count reads much more than it says. */
async function expectIndexed(path: string) {
  const { found, counted } = await plansOf(path);
  const types = found.map((node) => node["Node Type"]);
  expect([path, types]).toEqual([path, expect.not.arrayContaining(["Seq Scan"])]);
  const sorted = found.filter((node) => node["Node Type"].endsWith("Sort"));
  const mostSorted = Math.max(0, ...sorted.flatMap(({ Plans = [] }) => Plans.map(readBy)));
  expect([path, mostSorted]).toEqual([path, expect.toSatisfy((rows: number) => rows < many / 20)]);
  const most = Math.max(0, ...counted.map(readBy));
  expect([path, most]).toEqual([path, expect.toSatisfy((rows: number) => rows < many / 4)]);
}

/** Far beyond what a quiet machine needs, far below reading every row one by one. */
async function expectQuick(path: string, most = 25) {
  let best = Number.POSITIVE_INFINITY;
  for (let time = 0; time < 3; time += 1) {
    best = Math.min(best, (await load(path)).milliseconds);
    if (best < 5 * firstPage) break;
  }
  expect([path, best]).toEqual([path, expect.toSatisfy((time: number) => time < most * firstPage)]);
}

const deep = async (path: string, pages: number) => {
  let at = path;
  for (let page = 0; page < pages; page += 1) at = (await load(at)).nextHref;
  return at;
};

describe("with 200,000 pictures, people and likes, by an index and soon", () => {
  test.each([
    ...["images?sort=saved", "images?sort=-saved", "images?sort=title", "images?sort=-title"],
    ...["images?sort=likes", "images?sort=-likes", "images?sort=views", "images?sort=-views"],
    ...["users?sort=joined", "users?sort=-joined", "users?sort=username", "users?sort=-username"],
    ...["users?sort=email", "users?sort=-email", "likes?sort=liked", "likes?sort=-liked"],
    ...["users?sort=lastSignIn", "users?sort=-lastSignIn"],
    ...["profiles?sort=person", "profiles?sort=-person", "profiles"],
  ])("%s, and pages within", async (list) => {
    for (const path of [`/admin/${list}`, await deep(`/admin/${list}`, 3)]) {
      await expectIndexed(path);
      await expectQuick(path);
    }
  });

  test("a page in the middle", async () => {
    const middle = ["-saved", "2026-07-04 00:00:00+00", "100000"];
    const cursor = Buffer.from(JSON.stringify(middle)).toString("base64url");
    for (const direction of ["after", "before"]) {
      const path = `/admin/images?${direction}=${cursor}`;
      expect((await load(path)).rows).toBe(50);
      await expectIndexed(path);
      await expectQuick(path);
    }
  });

  test.each([
    ["images?q=river", "About 67,000 pictures", 50],
    ["images?q=river+mountain", "", 0],
    ["images?q=quetzal", "4 pictures", 4],
    ["images?q=nothing-of-this", "", 0],
    ["images?q=many_1999", "110 pictures", 50],
    ["images?q=quetzal&sort=title", "4 pictures", 4],
    ["users?q=many_199999", "1 person", 1],
    ["users?q=jo", "About 200,000 people", 50],
    ["likes?q=many_1999", "110 likes", 50],
    ["images?owner=many_17&sort=title", "10 pictures", 10],
    ["images?saved=today&sort=title", "", 0],
    ["images?saved=before-this-year", "", 0],
    ["images?animated=no&format=jpeg", "by an estimate", 50],
    ["likes?person=many_17", "10 likes", 10],
    ["likes?image=17", "1 like", 1],
  ])("%s", async (list, count, rows) => {
    const page = await load(`/admin/${list}`);
    expect([page.count, page.rows]).toEqual([expect.stringContaining(count), rows]);
    await expectIndexed(`/admin/${list}`);
    await expectQuick(`/admin/${list}`);
  });

  test.each([
    ["images?format=avif", 0],
    ["images?format=png", 50],
    ["images?q=%25%25", 0],
    [`images?q=${encodeURIComponent("мечта")}`, 1],
    [`images?q=${encodeURIComponent("富士")}`, 1],
    ["users?staff=yes", 0],
  ])("and soon without one: %s", async (list, rows) => {
    expect((await load(`/admin/${list}`)).rows).toBe(rows);
    await expectQuick(`/admin/${list}`, 100);
  });

  test("what would take long to count is not counted", async () => {
    const where = Prisma.sql`(select count(*) from likes where created_at > t.created_at) < 9`;
    const began = performance.now();
    const { isEstimate } = await countRows(site.deps, { model: imagesAdmin, where });
    expect(isEstimate).toBe(true);
    expect(performance.now() - began).toBeLessThan(25 * firstPage);
  });

  test("counts beyond 10,000 are estimates, and say so", async () => {
    const { count } = await load("/admin/images");
    expect(count).toBe("About 200,000 pictures, by an estimate: more than 10,000 are not counted");
    expect((await load("/admin/images?format=png")).count).toBe("10,000 pictures");
    const { $ } = await visitor.get("/admin/images");
    expect($("[name=all]").parent().text()).toBe("All pictures, about 200,000");
  });
});

test("all of them are exported without being held", async () => {
  const answers = await openAnswers(site, await signedIn(site, { isSuperuser: true }));
  const before = heldBytes();
  let lines = 0;
  let most = 0;
  for await (const chunk of await answers.open("/admin/images/export.csv")) {
    const until = lines + String(chunk).split("\r\n").length - 1;
    if (Math.floor(until / 20_000) > Math.floor(lines / 20_000)) most = Math.max(most, heldBytes());
    lines = until;
  }
  answers.close();
  expect(lines).toBe(many + 1);
  expect(most - before).toBeLessThan(30 * 2 ** 20);
}, 120_000);

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
