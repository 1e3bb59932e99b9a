import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Administrator, staffOf, superuserOf } from "#tests/admin/administrators.ts";
import { createPeopleRows } from "#tests/factories/deeds.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;
let admin: Administrator;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  admin = await superuserOf(site);
});
afterAll(() => site.close());

interface Choice {
  value: string;
  label: string;
  picture: string | null;
  note: string | null;
}

const choices = async (model: string, q: string, visitor = admin.visitor): Promise<Choice[]> => {
  const answer = await visitor.get(`/admin/pick/${model}?q=${encodeURIComponent(q)}`);
  expect(answer.status).toBe(200);
  expect(answer.headers["content-type"]).toContain("application/json");
  expect(answer.headers["cache-control"]).toBe("no-store");
  return answer.body["choices"] as Choice[];
};

describe("choices", () => {
  beforeAll(async () => {
    await createPeopleRows(site.deps.database, 60, "heron");
    await site.deps.database.user.create({
      data: { username: "her", email: "x@example.org", profile: { create: {} } },
    });
    await createImageRows(site.deps.database, admin.id, 1, { title: "100% of a stork_nest" });
  });

  test("are ten at most, whoever is named so first", async () => {
    const found = await choices("users", "her");
    expect(found).toHaveLength(10);
    expect(found[0]).toEqual({ value: "her", label: "her", picture: null, note: null });
    expect(found.every(({ label }) => label.startsWith("her"))).toBe(true);
  });

  test("name somebody exactly, though many are like them", async () => {
    expect((await choices("users", "HERON_7"))[0]?.value).toBe("heron_7");
    expect((await choices("users", "heron_59"))[0]?.value).toBe("heron_59");
  });

  test("are found by every word, and by few letters", async () => {
    expect(await choices("users", "heron_12 example")).toHaveLength(1);
    expect(await choices("users", "heron_12 nowhere")).toHaveLength(0);
    expect((await choices("users", "he")).length).toBe(10);
    expect((await choices("users", "")).length).toBe(10);
  });

  test("of pictures are their numbers, with their names and thumbnails", async () => {
    const [choice, ...others] = await choices("images", "stork");
    expect(others).toEqual([]);
    const image = await site.deps.database.image.findFirstOrThrow();
    expect(choice).toEqual({
      value: String(image.id),
      label: "100% of a stork_nest",
      picture: expect.stringMatching(/^\/media\/thumbnails\/.*-320\.webp$/),
      note: `by ${admin.username}`,
    });
    expect(await choices("images", String(image.id))).toEqual([choice]);
  });

  test.each([
    ["100% of", 1],
    ["stork_nest", 1],
    ["stork%nest", 0],
    ["storkxnest", 0],
    ["%", 0],
    ["%%%", 0],
    ["___", 0],
    ["\\", 0],
    ["'; drop table users; --", 0],
    ["🐦", 0],
    ["x".repeat(3000), 0],
  ])("take %s for what it is", async (q, count) => {
    expect(await choices("images", q)).toHaveLength(count);
  });

  test("of few letters are sought among the newest, and a number everywhere", async () => {
    const { id } = await site.deps.database.image.findFirstOrThrow({ orderBy: { id: "asc" } });
    await site.deps.database.$executeRaw`
      insert into images (owner_id, title, slug, storage_key, sha256, width, height, bytes, format,
        dominant_colour, perceptual_hash)
      select owner_id, 'Many ' || n, 'many', storage_key, md5(n::text) || md5(n::text), width, height,
        bytes, format, dominant_colour, perceptual_hash
      from images, generate_series(1, 5100) n where id = ${id}`;
    expect((await choices("images", "of")).length).toBe(0);
    expect((await choices("images", "ma")).length).toBe(10);
    expect((await choices("images", String(id)))[0]?.label).toBe("100% of a stork_nest");
    expect((await choices("images", "stork")).length).toBe(1);
  });

  test("of people say who is deactivated", async () => {
    const username = "gone_away";
    await createPeopleRows(site.deps.database, 1, "gone");
    await site.deps.database.user.create({
      data: { username, email: "gone@example.org", isActive: false, profile: { create: {} } },
    });
    const found = await choices("users", "gone");
    expect(found.map(({ label, note }) => [label, note])).toEqual([
      ["gone_0", null],
      [username, "deactivated"],
    ]);
  });

  test("take as many queries for many as for none", async () => {
    const sent = async (q: string) => (await queriesOf(() => choices("users", q))).length;
    await sent("warm");
    expect(await sent("heron")).toBe(await sent("nobody-at-all"));
  });

  test("are found by the index of three letters", async () => {
    const [plan] = await site.deps.database.$transaction(async (tx) => {
      await tx.$executeRaw`set local enable_seqscan = off`;
      const found = await queriesOf(() => choices("users", "heron_12"));
      const search = found.find(({ text }) => text.includes("ilike"));
      if (!search) throw new Error("Nothing was searched.");
      return tx.$queryRawUnsafe<object[]>(`explain (format json) ${search.text}`, ...search.values);
    });
    expect(JSON.stringify(plan)).toContain("users_search_idx");
  });
});

test("choices are for those who may view that model", async () => {
  const viewer = await staffOf(site, ["images view"]);
  expect((await viewer.visitor.get("/admin/pick/images?q=x")).status).toBe(200);
  expect((await viewer.visitor.get("/admin/pick/users?q=x")).status).toBe(404);
  const changer = await staffOf(site, ["users change", "users add"]);
  expect((await changer.visitor.get("/admin/pick/users?q=x")).status).toBe(404);
  const person = await signedInPerson(site);
  expect((await person.visitor.get("/admin/pick/images?q=x")).status).toBe(404);
  expect((await createVisitor(site.app).get("/admin/pick/images?q=x")).status).toBe(404);
  for (const path of ["/admin/pick/nothing", "/admin/pick/jobs", "/admin/pick/__proto__"]) {
    expect((await admin.visitor.get(path)).status).toBe(404);
  }
});

test("a form offers the picker only where its choices may be seen", async () => {
  const full = await admin.visitor.get("/admin/likes/new");
  const pickers = full.$("[data-picker]").toArray();
  expect(pickers.map((each) => full.$(each).attr("data-picker"))).toEqual([
    "/admin/pick/users",
    "/admin/pick/images",
  ]);
  const { visitor } = await staffOf(site, ["likes add"]);
  const plain = await visitor.get("/admin/likes/new");
  expect(plain.$("[data-picker]")).toHaveLength(0);
  expect(plain.$("input[name=userId], input[name=imageId]")).toHaveLength(2);
});
