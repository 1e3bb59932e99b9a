import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { load } from "cheerio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seed } from "#prisma/seed.ts";
import { type Caller, methods, signedIn, staffWith, stranger } from "#tests/admin/callers.ts";
import { createRow } from "#tests/admin/rows.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

const addresses = [
  "/admin",
  "/admin/",
  "/ADMIN",
  "/Admin/Images",
  "/admin?x=1",
  "/admin/images",
  "/admin/images/1",
  "/admin/images/new",
  "/admin/images/export.csv",
  "/admin/images/1/delete",
  "/admin/images/actions",
  "/admin/jobs",
  "/admin/jobs/account.send-mail/retry",
  "/admin/history",
  "/admin/nothing/at/all",
];

describe.each(["public", "members"])("with BROWSING=%s, to everyone but staff", (browsing) => {
  let site: TestApp;
  let callers: [who: string, caller: Caller][];

  beforeAll(async () => {
    site = await startTestApp({ BROWSING: browsing, RATE_LIMITS: "off" });
    const { user } = site.deps.database;
    const deactivated = await staffWith(site, ["images view"]);
    await user.update({ where: { id: deactivated.id }, data: { isActive: false } });
    const demoted = await staffWith(site, ["images view"]);
    expect((await demoted.send("get", "/admin/images")).status).toBe(200);
    await user.update({ where: { id: demoted.id }, data: { isStaff: false } });
    const fallen = await signedIn(site, { isStaff: true, isSuperuser: true });
    expect((await fallen.send("get", "/admin")).status).toBe(200);
    await user.update({
      where: { id: fallen.id },
      data: { isStaff: false, isSuperuser: false },
    });
    callers = [
      ["a stranger", await stranger(site)],
      ["a person", await signedIn(site)],
      ["deactivated staff", deactivated],
      ["demoted staff", demoted],
      ["a demoted superuser", fallen],
    ];
  });
  afterAll(() => site.close());

  test("nothing is there, whatever the address, the method and the token", async () => {
    for (const [who, caller] of callers) {
      for (const path of addresses) {
        for (const method of methods) {
          for (const csrf of [true, false]) {
            const answer = await caller.send(method, path, { csrf });
            expect([who, method, path, answer.status]).toEqual([who, method, path, 404]);
            expect(answer.headers["allow"]).toBeUndefined();
            expect(answer.headers["cache-control"]).toBe("no-store");
          }
        }
      }
    }
  });

  test("the page says what it says of any address where nothing is", async () => {
    const [, [, person]] = callers as [unknown, [string, Caller]];
    const nowhere = (await person.send("get", "/nowhere")).text;
    expect((await person.send("get", "/admin")).text).toBe(nowhere);
    expect(nowhere).not.toContain('href="/admin"');
  });

  test("programs are told so in JSON", async () => {
    for (const [, caller] of callers) {
      for (const method of ["get", "post"] as const) {
        const answer = await caller.send(method, "/admin/images", { accept: "application/json" });
        expect([answer.status, answer.body]).toMatchObject([
          404,
          { status: "error", code: "not_found" },
        ]);
      }
    }
  });
});

describe("staff", () => {
  let site: TestApp;
  let now = new Date();

  beforeAll(async () => {
    site = await startTestApp({ RATE_LIMITS: "off" }, { clock: () => now });
  });
  afterAll(() => site.close());

  test("without any right are told so, and find nothing further", async () => {
    const staff = await staffWith(site, []);
    const page = await staff.send("get", "/admin");
    expect(page.status).toBe(200);
    expect(load(page.text)("main").text()).toContain("no group has given you anything to manage");
    expect(load(page.text)(".section-nav a[href='/admin/images']")).toHaveLength(0);
    const seen = ["/admin", "/admin/", "/ADMIN", "/admin?x=1", "/admin/history"];
    for (const path of addresses.filter((each) => !seen.includes(each))) {
      for (const method of methods) {
        const { status, headers } = await staff.send(method, path);
        expect([method, path, status, headers["allow"]]).toEqual([method, path, 404, undefined]);
      }
    }
  });

  test("are told by which methods an address answers where they may look at it", async () => {
    const staff = await staffWith(site, ["images view"]);
    const put = await staff.send("put", "/admin/images");
    expect([put.status, put.headers["allow"]]).toEqual([405, "GET, HEAD"]);
    expect((await staff.send("options", "/admin/images")).status).toBe(200);
    expect((await staff.send("put", "/admin")).status).toBe(405);
    expect((await staff.send("put", "/admin/users")).status).toBe(404);
  });

  test("find the way there in their menu", async () => {
    const staff = await staffWith(site, []);
    expect(load((await staff.send("get", "/")).text)('a[href="/admin"]').text()).toBe(
      "Administration",
    );
    const person = await signedIn(site);
    expect(load((await person.send("get", "/")).text)('a[href="/admin"]')).toHaveLength(0);
  });

  test("have the rights of all their groups together, and lose them with the group", async () => {
    const staff = await staffWith(site, ["images view"]);
    const { database } = site.deps;
    const second = await database.group.create({
      data: {
        name: "Likes",
        members: { create: { userId: staff.id } },
        rights: { create: { model: "likes", canView: true } },
      },
    });
    expect((await staff.send("get", "/admin/images")).status).toBe(200);
    expect((await staff.send("get", "/admin/likes")).status).toBe(200);
    await database.group.delete({ where: { id: second.id } });
    expect((await staff.send("get", "/admin/images")).status).toBe(200);
    expect((await staff.send("get", "/admin/likes")).status).toBe(404);
  });

  test("confirm who they are when they last did so an hour ago", async () => {
    const staff = await staffWith(site, ["images view"]);
    now = new Date(now.getTime() + 3_599_000);
    expect((await staff.send("get", "/admin/images?q=cat")).status).toBe(200);
    now = new Date(now.getTime() + 2_000);
    const asked = await staff.send("get", "/admin/images?q=cat");
    expect([asked.status, asked.headers["location"], asked.headers["cache-control"]]).toEqual([
      303,
      "/confirm?next=%2Fadmin%2Fimages%3Fq%3Dcat",
      "no-store",
    ]);
    const headers = { Host: "magpie.test", Referer: "http://magpie.test/admin/images/7" };
    const sent = await staff.send("post", "/admin/images/7/delete", { headers });
    expect([sent.status, sent.headers["location"]]).toEqual([
      303,
      "/confirm?next=%2Fadmin%2Fimages%2F7",
    ]);
    const json = await staff.send("get", "/admin/images", { accept: "application/json" });
    expect([json.status, json.body]).toEqual([
      403,
      { status: "error", code: "confirmation_required", message: expect.any(String) },
    ]);
    const where = { userId: staff.id };
    await site.deps.database.session.updateMany({ where, data: { confirmedAt: now } });
    expect((await staff.send("get", "/admin/images?q=cat")).status).toBe(200);
  });

  test("delete nothing, and act on nothing, past that hour", async () => {
    const { database } = site.deps;
    const admin = await signedIn(site, { isSuperuser: true });
    const [key, queue] = [await createRow(database, "users"), "account.send-mail"];
    const where = { userId: admin.id };
    const confirmedAt = new Date(now.getTime() - 3_660_000);
    await database.session.updateMany({ where, data: { confirmedAt } });
    const fields = { action: "deactivate", confirmed: "yes", [`row-${key}`]: "on" };
    for (const path of [
      `/admin/users/${key}/delete`,
      "/admin/users/actions",
      "/admin/users/Actions",
      "/admin/users/actions/",
      `/admin/jobs/${queue}`,
    ]) {
      const answer = await admin.send("post", path, { fields });
      expect([path, answer.headers["location"]]).toEqual([
        path,
        expect.stringMatching(/^\/confirm\?next=/),
      ]);
    }
    const person = await database.user.findUnique({ where: { id: Number(key) } });
    expect(person?.isActive).toBe(true);
  });
});

describe("an administrator", () => {
  let site: TestApp;
  beforeAll(async () => {
    site = await startTestApp({ SEED_DEMO: "false", ADMIN_PASSWORD: "open-sesame-42" });
  });
  afterAll(() => site.close());

  const reachesAdmin = async (username: string, password: string) => {
    const visitor = createVisitor(site.app);
    expect((await visitor.post("/login", { username, password })).status).toBe(303);
    return (await visitor.get("/admin")).status;
  };

  test("who was seeded reaches the pages", async () => {
    await seed({ ...site.deps, config: site.deps.config }, () => {});
    expect(await reachesAdmin("admin", "open-sesame-42")).toBe(200);
  });

  test("whom the command made reaches the pages", async () => {
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, DATABASE_URL: site.databaseUrl, DATA_DIR: site.dataFolder };
    const words = ["src/admin.ts", "create-admin", "olga", "olga@example.org"];
    const { stdout } = await promisify(execFile)(process.execPath, words, { env });
    expect(await reachesAdmin("olga", /password: (\S{16})/.exec(stdout)?.[1] ?? "")).toBe(200);
  });
});
