import { type CheerioAPI, load } from "cheerio";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sendMailQueue } from "#features/account/send-mail.ts";
import { measureRarely } from "#lib/measure-rarely.ts";
import { type Caller, signedIn, staffWith } from "#tests/admin/callers.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { describeWithRedis } from "#tests/support/redis-server.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

const day = 86_400_000;
let site: TestApp;
let boss: Caller;
let now = new Date("2026-11-21T15:00:00Z");

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" }, { clock: () => now });
  boss = await signedIn(site, { isStaff: true, isSuperuser: true });
});
afterAll(() => site.close());

const pageOf = async (caller: Caller): Promise<CheerioAPI> => {
  const answer = await caller.send("get", "/admin");
  expect(answer.status).toBe(200);
  return load(answer.text);
};
const tiles = ($: CheerioAPI) =>
  $(".tile")
    .map((_, tile) => $(tile).text().replace(/\s+/g, " ").trim())
    .get();
/** The numbers of a day in the table, by the words before them. */
const numbersOf = ($: CheerioAPI, date: string) =>
  $(".chart-table tbody tr")
    .filter((_, row) => $(row).find("th").text() === date)
    .find("td")
    .map((_, cell) => $(cell).text())
    .get();
const factsOf = ($: CheerioAPI): Record<string, string> =>
  Object.fromEntries(
    $("main dt")
      .map((_, dt) => ({ name: $(dt).text(), value: $(dt).next("dd").text().trim() }))
      .get()
      .map(({ name, value }) => [name, value]),
  );

describe("the front page", () => {
  test("counts people, pictures and the rest, with links to their lists", async () => {
    await createImageRows(site.deps.database, boss.id, 3, { createdAt: () => now });
    const $ = await pageOf(boss);
    expect(tiles($)).toEqual(expect.arrayContaining(["1 person", "3 pictures", "0 groups"]));
    for (const link of $(".tile").get()) {
      const href = $(link).attr("href") ?? "";
      expect([href, (await boss.send("get", href)).status]).toEqual([href, 200]);
    }
  });

  test("draws sign-ups and saves of thirty days, by UTC, as bars and as a table", async () => {
    await createImageRows(site.deps.database, boss.id, 4, {
      createdAt: () => new Date("2026-11-20T23:59:59.999Z"),
    });
    await createImageRows(site.deps.database, boss.id, 5, {
      createdAt: () => new Date("2026-10-23T00:00:00Z"),
    });
    await createImageRows(site.deps.database, boss.id, 6, {
      createdAt: () => new Date("2026-10-22T23:59:59.999Z"),
    });
    // What happened on days that are over is counted once an hour.
    now = new Date(now.getTime() + 3_600_000);
    await site.deps.database.session.updateMany({ data: { confirmedAt: now } });
    const $ = await pageOf(boss);
    expect($(".chart-table tbody tr")).toHaveLength(30);
    expect(numbersOf($, "21 November 2026")).toEqual(["1", "3"]);
    expect(numbersOf($, "20 November 2026")).toEqual(["0", "4"]);
    expect(numbersOf($, "23 October 2026")).toEqual(["0", "5"]);
    expect(numbersOf($, "22 October 2026")).toEqual([]);
    expect($(".panel-saves figcaption").text()).toContain("12 pictures, at most 5 a day");
    expect($(".panel-saves rect")).toHaveLength(3);
    expect($(".panel-saves rect title").first().text()).toBe("23 October 2026: 5");
    expect($(".panel-sign-ups rect")).toHaveLength(1);
    expect($('.panel svg[role="img"]').first().attr("aria-label")).toContain("1 person");
  });

  test("shows what is of today at once, and after midnight another thirty days", async () => {
    await createImageRows(site.deps.database, boss.id, 1, { createdAt: () => now });
    expect(numbersOf(await pageOf(boss), "21 November 2026")).toEqual(["1", "4"]);
    now = new Date("2026-11-22T00:00:01Z");
    await site.deps.database.session.updateMany({ data: { confirmedAt: now } });
    const $ = await pageOf(boss);
    expect(numbersOf($, "22 November 2026")).toEqual(["0", "0"]);
    expect(numbersOf($, "21 November 2026")).toEqual(["1", "4"]);
    expect(numbersOf($, "23 October 2026")).toEqual([]);
  });

  test("says which versions run and what is set how, to superusers", async () => {
    const facts = factsOf(await pageOf(boss));
    expect(facts).toMatchObject({
      Magpie: "0.1.0",
      Node: process.versions.node,
      PostgreSQL: expect.stringMatching(/^\d+\.\d+$/),
      Redis: "none, PostgreSQL keeps all",
      Mail: "written to files, sent to nobody",
      "Sign-ups": "open",
      Browsing: "public",
    });
  });

  test("knows the space after a while, and never waits for it", async () => {
    // Before it was known, the page was there all the same.
    const known = async () => factsOf(await pageOf(boss))["Pictures, without thumbnails"];
    await expect.poll(known).toBe("19 kB");
    const facts = factsOf(await pageOf(boss));
    expect(facts["Database"]).toMatch(/^\d+\.\d MB$/);
    expect(facts["Free on the disk"]).toMatch(/^[\d.]+ [MG]B of [\d.]+ GB/);
  });

  test("points to jobs that failed", async () => {
    const none = await pageOf(boss);
    expect(none(".notice-wrong")).toHaveLength(0);
    expect(none('.admin-line a[href="/admin/jobs"]').text()).toBe("No failed jobs");
    const client = new pg.Client({ connectionString: site.databaseUrl });
    await client.connect();
    await client.query("insert into pgboss.job (name, state) values ($1, 'failed')", [
      sendMailQueue,
    ]);
    const notice = (await pageOf(boss))(".notice-wrong");
    expect(notice.text()).toContain("1 job has failed");
    expect(notice.find("a").attr("href")).toBe("/admin/jobs");
    expect((await pageOf(boss))("main").text()).not.toContain("No failed jobs");
    await client.query("delete from pgboss.job");
    await client.end();
  });

  test("lists what was changed last", async () => {
    const { id } = await site.deps.database.image.findFirstOrThrow();
    const page = load((await boss.send("get", `/admin/images/${id}`)).text);
    const fields = Object.fromEntries(
      page("form[data-object-form]")
        .serializeArray()
        .map(({ name, value }) => [name, value]),
    );
    await boss.send("post", `/admin/images/${id}`, { fields: { ...fields, title: "A heron" } });
    const changes = (await pageOf(boss))("#recent").closest("section").text();
    expect(changes).toContain(boss.username);
    expect(changes).toContain("A heron");
    await boss.send("post", `/admin/images/${id}/delete`);
    const brief = (await pageOf(boss))(".change-brief").first().text().replace(/\s+/g, " ").trim();
    expect(brief).toMatch(/^\S+ deleted the picture A heron, just now$/);
  });

  test("shows staff what they may view, and nothing else", async () => {
    const some = await pageOf(await staffWith(site, ["images view", "likes change"]));
    expect(some(".tile")).toHaveLength(1);
    expect(some(".tile").attr("href")).toBe("/admin/images");
    expect(some(".panel-saves")).toHaveLength(1);
    expect(some(".panel-sign-ups, .notice-wrong, .facts")).toHaveLength(0);
    expect(some("main").text()).toContain("A heron");
    const jobs = await pageOf(await staffWith(site, ["jobs view"]));
    expect(jobs("main .tile, main figure")).toHaveLength(0);
    expect(jobs("main").text()).not.toContain("A heron");
    expect(jobs('.section-nav a[href="/admin/jobs"]')).toHaveLength(1);
  });

  test("estimates what is more than ten thousand, with as many queries", async () => {
    const few = await queriesOf(() => pageOf(boss));
    await createImageRows(site.deps.database, boss.id, 10_200, { createdAt: () => now });
    await site.deps.database.$executeRaw`analyze images`;
    const many = await queriesOf(async () => {
      expect(tiles(await pageOf(boss))).toContain("~about 10,000 pictures");
    });
    // The estimate itself is one more.
    expect(many.length).toBeLessThanOrEqual(few.length + 1);
  }, 90_000);
});

describeWithRedis("with Redis", (server) => {
  test("its version is there", async () => {
    const other = await startTestApp({ REDIS_URL: server.url });
    try {
      const admin = await signedIn(other, { isStaff: true, isSuperuser: true });
      expect(factsOf(await pageOf(admin))["Redis"]).toMatch(/^(Valkey )?\d+\.\d+/);
    } finally {
      await other.close();
    }
  });
});

describe("what is measured rarely", () => {
  test("is asked for once by many, anew when it is old, and kept when that fails", async () => {
    let at = 0;
    let asked = 0;
    let answer: () => Promise<number> = async () => 1;
    const errors: unknown[] = [];
    const measured = measureRarely(
      () => {
        asked += 1;
        return answer();
      },
      {
        clock: () => new Date(at),
        maxAgeMilliseconds: day,
        onError: (error) => errors.push(error),
      },
    );
    expect(measured.known()).toBeNull();
    expect(await Promise.all([measured.first(), measured.first()])).toEqual([1, 1]);
    expect(asked).toBe(1);
    at = day;
    answer = async () => {
      throw new Error("away");
    };
    expect(measured.known()).toBe(1);
    await expect.poll(() => errors).toHaveLength(1);
    answer = async () => 2;
    expect(await measured.first()).toBe(1);
    await expect.poll(() => measured.known()).toBe(2);
    expect(asked).toBe(3);
  });
});
