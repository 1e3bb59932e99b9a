import { load } from "cheerio";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sendMailQueue } from "#features/account/send-mail.ts";
import type { Grant } from "#features/admin/rights.ts";
import { removeFilesQueue } from "#features/images/images.jobs.ts";
import { countFailedJobs, listJobs, listQueues } from "#platform/job-records.ts";
import { type Caller, signedIn, staffWith } from "#tests/admin/callers.ts";
import { allQueriesOf, queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

let site: TestApp;
let client: pg.Client;
let boss: Caller;
const queue = sendMailQueue;
const href = `/admin/jobs/${queue}`;

beforeAll(async () => {
  site = await startTestApp();
  client = new pg.Client({ connectionString: site.databaseUrl });
  await client.connect();
  boss = await signedIn(site, { isStaff: true, isSuperuser: true });
});
beforeEach(async () => {
  await client.query("delete from pgboss.job");
  await site.deps.database.adminChange.deleteMany();
});
afterAll(async () => {
  await client.end();
  await site.close();
});

const fault = {
  name: "Error",
  message: "no route to host",
  stack: "Error: no route to host\n  at x",
};

/** Jobs as a worker leaves them; answers the id of the first. */
async function jobs(state: string, { count = 1, name = queue, output = fault as unknown } = {}) {
  const { rows } = await client.query(
    `insert into pgboss.job (name, data, state, retry_limit, retry_count, started_on, output, created_on)
     select $1, jsonb_build_object('email', 'ana@example.org', 'template', 'reset-password'),
       $2::pgboss.job_state, 12, 12, now(), $4::jsonb, now() - i * interval '1 millisecond'
     from generate_series(1, $3::int) i returning id`,
    [name, state, count, JSON.stringify(output)],
  );
  return rows[0].id as string;
}

const stateOf = async (id: string) =>
  (await client.query("select state from pgboss.job where id = $1", [id])).rows[0]?.state;

const changes = () =>
  site.deps.database.adminChange.findMany({
    select: { objectId: true, kind: true, changes: true },
  });

describe("the queues", () => {
  test("show what waits, runs, failed and is done, and by what clock", async () => {
    await jobs("created", { count: 2 });
    await jobs("retry");
    await jobs("active");
    await jobs("failed", { count: 3 });
    await jobs("completed", { count: 4, name: removeFilesQueue });
    await site.deps.jobs.work("images.sweep-files", async () => {}, { cron: "17 * * * *" });
    const $ = load((await boss.send("get", "/admin/jobs")).text);
    const row = (name: string) =>
      $("tbody tr")
        .filter((_, tr) => $(tr).find("th").text() === name)
        .find("td")
        .map((_, td) => $(td).text().trim().split(" ")[0])
        .get()
        .slice(0, 4);
    expect(row(queue)).toEqual(["3", "1", "3", "0"]);
    expect(row(removeFilesQueue)).toEqual(["0", "0", "0", "4"]);
    expect($(".queue-runs").text()).toContain("every hour at :17");
    expect($("tbody").text()).not.toContain("__pgboss__");
    expect(await countFailedJobs(site.deps)).toBe(3);
  });

  test("are counted by an index, up to a thousand", async () => {
    await jobs("failed", { count: 60_000 });
    await jobs("completed", { count: 5, name: removeFilesQueue });
    await client.query("analyze pgboss.job_common");
    const [mail] = (await listQueues(site.deps)).filter(({ name }) => name === queue);
    expect(mail?.counts.failed).toBe(1001);
    expect(load((await boss.send("get", "/admin/jobs")).text)("tbody").text()).toContain("1,000+");
    for (const page of ["/admin/jobs", "/admin"]) {
      const sent = await allQueriesOf(() => boss.send("get", page));
      const counting = sent.filter(({ text }) => text.includes("1001"));
      expect(counting).toHaveLength(1);
      for (const { text, values } of counting) {
        const { rows } = await client.query(`explain ${text}`, values);
        const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
        expect(plan).toMatch(/Index (Only )?Scan using magpie_job_states/);
        expect(plan).not.toMatch(/Seq Scan on job_|Sort Key: j\./);
      }
    }
  });
});

describe("the jobs of a queue", () => {
  test("come in pages of fifty, each once, with as many queries for many as for few", async () => {
    await jobs("failed", { count: 3 });
    const few = await queriesOf(() => boss.send("get", `${href}?state=failed`));
    await jobs("failed", { count: 120 });
    // The same microsecond: the id says which comes first.
    await client.query("update pgboss.job set created_on = '2026-01-01 10:00:00.123456Z'");
    const many = await queriesOf(() => boss.send("get", `${href}?state=failed`));
    expect(many).toHaveLength(few.length);

    type Pages = { seen: string[][]; last: string };
    const pages = async (path: string | undefined, rel: string, last = ""): Promise<Pages> => {
      if (!path) return { seen: [], last };
      const $ = load((await boss.send("get", path)).text);
      const ids = $("tbody a")
        .get()
        .map((a) => $(a).attr("href")?.split("/").at(-1) ?? "");
      const rest = await pages($(`a[rel="${rel}"]`).attr("href"), rel, path);
      return { seen: [ids, ...rest.seen], last: rest.last };
    };
    const down = await pages(`${href}?state=failed`, "next");
    expect(down.seen.map(({ length }) => length)).toEqual([50, 50, 23]);
    expect(new Set(down.seen.flat()).size).toBe(123);
    const up = await pages(down.last, "prev");
    expect(up.seen).toEqual(down.seen.toReversed());
  });

  test("are those of the state asked for, and what failed when nobody asks", async () => {
    await jobs("completed", { count: 2 });
    const failed = await jobs("failed");
    const shown = async (path: string) =>
      load((await boss.send("get", path)).text)("tbody tr").length;
    expect(await shown(`${href}?state=done`)).toBe(2);
    expect(await shown(`${href}?state=waiting`)).toBe(0);
    const page = (await boss.send("get", href)).text;
    expect(page).toContain(failed);
    expect(page).toContain("no route to host");
  });

  test("junk is not found or not read", async () => {
    const cases = [
      ["/admin/jobs/no.such.queue", 404],
      ["/admin/jobs/__pgboss__send-it", 404],
      [`${href}?state=odd`, 404],
      [`${href}?older=odd`, 400],
      [`${href}?newer=odd`, 400],
      [`${href}?newer=0-ffffffff-ffff-ffff-ffff-ffffffffffff`, 200],
      [`${href}?older=99999999999999999-ffffffff-ffff-ffff-ffff-ffffffffffff`, 200],
      [`${href}?older=1-ffffffffffffffffffffffffffffffffffff`, 400],
      [`${href}/1`, 404],
      [`${href}/ffffffff-ffff-ffff-ffff-ffffffffffff`, 404],
      [`${href}/ffffffff-ffff-ffff-ffff-ffffffffffff/delete`, 404],
    ] as const;
    for (const [path, status] of cases) {
      expect([path, (await boss.send("get", path)).status]).toEqual([path, status]);
    }
    const id = await jobs("failed");
    expect((await boss.send("get", `/admin/jobs/${removeFilesQueue}/${id}`)).status).toBe(404);
  });
});

describe("a job", () => {
  test("shows its tries, what it is about and why it failed, and no key to an account", async () => {
    const link = "https://magpie.example/password-reset/abcDEF-123_456";
    const output = { message: "refused", stack: `Error: refused ${link}`, command: "AUTH s3cret" };
    const id = await jobs("failed", { output });
    await client.query(`update pgboss.job set data = data || '{"token": "k3y", "n": 1}'`);
    const $ = load((await boss.send("get", `${href}/${id}`)).text);
    expect($(".facts").text()).toContain("13 of 13");
    expect($("main").text()).toContain("ana@example.org");
    expect($("main").text()).toContain("Error: refused");
    expect($("main").text()).not.toMatch(/abcDEF|k3y|s3cret/);
  });

  test("that failed is tried again, with its history, and by nobody twice", async () => {
    const id = await jobs("failed");
    const other = await jobs("failed");
    const answer = await boss.send("post", `${href}/${id}/retry`);
    expect([answer.status, answer.headers["location"]]).toEqual([303, `${href}/${id}`]);
    expect([await stateOf(id), await stateOf(other)]).toEqual(["retry", "failed"]);
    expect(await changes()).toEqual([
      {
        objectId: `${queue}/${id}`,
        kind: "changed",
        changes: [{ field: "State", before: "failed", after: "waiting" }],
      },
    ]);
    expect((await boss.send("post", `${href}/${id}/retry`)).status).toBe(409);
    expect(await changes()).toHaveLength(1);
  });

  test("that failed is done when it is tried again", async () => {
    const name = "images.remove-files";
    const done: unknown[] = [];
    const id = await jobs("failed", { name });
    await site.deps.jobs.work(name, async (data) => void done.push(data));
    await boss.send("post", `/admin/jobs/${name}/${id}/retry`);
    await expect.poll(() => stateOf(id)).toBe("completed");
    expect(done).toHaveLength(1);
  });

  test("is deleted after a question, with its history, unless it runs", async () => {
    const id = await jobs("failed");
    expect((await boss.send("get", `${href}/${id}/delete`)).text).toContain("Delete this job?");
    expect(await stateOf(id)).toBe("failed");
    const answer = await boss.send("post", `${href}/${id}/delete`);
    expect([answer.status, answer.headers["location"]]).toEqual([303, `${href}?state=failed`]);
    expect(await stateOf(id)).toBeUndefined();
    expect(await changes()).toMatchObject([{ objectId: `${queue}/${id}`, kind: "deleted" }]);
    expect((await boss.send("post", `${href}/${id}/delete`)).status).toBe(404);

    const running = await jobs("active");
    expect((await boss.send("post", `${href}/${running}/delete`)).status).toBe(409);
    expect(await stateOf(running)).toBe("active");
    expect(await changes()).toHaveLength(1);
  });

  test("all that failed in a queue are tried again at once", async () => {
    const id = await jobs("failed", { count: 30 });
    const elsewhere = await jobs("failed", { name: removeFilesQueue });
    expect((await boss.send("post", `${href}/retry`)).headers["location"]).toBe(href);
    expect((await boss.send("get", href)).text).toContain("30 jobs are tried again.");
    expect([await stateOf(id), await stateOf(elsewhere)]).toEqual(["retry", "failed"]);
    const { jobs: left } = await listJobs(site.deps, { queue, state: "failed" });
    expect(left).toEqual([]);
    expect(await changes()).toMatchObject([{ objectId: queue, changes: [{ field: "30 jobs" }] }]);
    await boss.send("post", `${href}/retry`);
    expect(await changes()).toHaveLength(1);
  });
});

describe("staff", () => {
  test("read no addresses of people, unless they may view people", async () => {
    const said =
      "Error: 550 <o'brien@example.org>: no such mailbox\n  at /srv/node_modules/@x/y.js:1";
    const id = await jobs("failed", { output: { message: "refused", stack: said } });
    await client.query(`update pgboss.job set data = data || '{"to": "old@example.org"}'`);
    const pages = async (...grants: Grant[]) => {
      const staff = await staffWith(site, ["jobs view", "jobs delete", ...grants]);
      const paths = [`${href}?state=failed`, `${href}/${id}`, `${href}/${id}/delete`];
      const answers = await Promise.all(paths.map((path) => staff.send("get", path)));
      return answers.map(({ text }) => load(text)("main").text()).join();
    };
    const hidden = await pages();
    expect(hidden).not.toMatch(/example\.org|brien/);
    expect(hidden).toContain("550 <(hidden)>: no such mailbox");
    expect(hidden).toContain("/srv/node_modules/@x/y.js");
    expect(hidden).toContain("reset-password");
    const shown = await pages("users view");
    for (const address of ["ana@example.org", "o'brien@example.org", "old@example.org"]) {
      expect(shown).toContain(address);
    }
  });

  test("may look, have it tried again or delete as their rights say", async () => {
    const id = await jobs("failed");
    const tries = [
      ["get", "/admin/jobs", "view"],
      ["get", href, "view"],
      ["get", `${href}/${id}`, "view"],
      ["post", `${href}/retry`, "change"],
      ["post", `${href}/${id}/retry`, "change"],
      ["post", `${href}/${id}/delete`, "delete"],
    ] as const;
    for (const right of ["view", "add", "change", "delete"] as const) {
      const staff = await staffWith(site, [`jobs ${right}`]);
      for (const [method, path, needed] of tries) {
        const { status } = await staff.send(method, path);
        const isRefused = status === 404;
        // What the one before did to the job may refuse it too, but not as if nothing were there.
        expect([right, path, isRefused]).toEqual([right, path, right !== needed]);
      }
    }
  });

  test("get the buttons for what they may do", async () => {
    const id = await jobs("failed");
    const buttons = async (staff: Caller) => {
      const $ = load((await staff.send("get", `${href}/${id}`)).text);
      return $("main .form-actions :is(button, a)")
        .map((_, button) => $(button).text())
        .get();
    };
    expect(await buttons(await staffWith(site, ["jobs view"]))).toEqual([]);
    expect(await buttons(await staffWith(site, ["jobs view", "jobs change"]))).toEqual([
      "Try it again",
    ]);
    expect(await buttons(boss)).toEqual(["Try it again", "Delete"]);
  });

  test("send nothing without the form's token", async () => {
    const id = await jobs("failed");
    for (const path of [`${href}/retry`, `${href}/${id}/retry`, `${href}/${id}/delete`]) {
      expect((await boss.send("post", path, { csrf: false })).status).toBe(403);
    }
    expect(await stateOf(id)).toBe("failed");
  });
});
