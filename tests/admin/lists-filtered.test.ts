import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { registry } from "#features/admin/registry.ts";
import { likeImage } from "#features/images/like-image.ts";
import { staffOf } from "#tests/admin/administrators.ts";
import { createGroup } from "#tests/admin/callers.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let admin: { id: number; username: string; visitor: Visitor };
let mary: { id: number };
let picture: number;

const titles = [
  "100% cotton",
  "100 cotton",
  "a_b",
  "a-b",
  "back\\slash",
  "Grey heron by the river",
  "赤富士",
];

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  admin = await signedInPerson(site, { isSuperuser: true, username: "keeper" });
  const name = { firstName: "Mary", lastName: "Poole" };
  mary = await signedInPerson(site, { username: "mary", email: "mary@example.org", ...name });
  const { database } = site.deps;
  for (const title of titles) await createImageRows(database, admin.id, 1, { title });
  [picture = 0] = await createImageRows(database, mary.id, 1, { title: "Étude à l’œil, мечта" });
  await database.image.update({
    where: { id: picture },
    data: { format: "png", isAnimated: true, pageUrl: "https://example.org/birds/heron" },
  });
});
afterAll(() => site.close());

const found = async (query: Record<string, string>, name = "images") => {
  const answer = await admin.visitor.get(`/admin/${name}?${new URLSearchParams(query)}`);
  expect([query, answer.status]).toEqual([query, 200]);
  return answer
    .$("tbody [role=rowheader]")
    .toArray()
    .map((element) => answer.$(element).text())
    .sort();
};
const all = [...titles, "Étude à l’œil, мечта"].sort();

describe("search", () => {
  test("finds every word anywhere in the text, whatever its case", async () => {
    expect(await found({ q: "HERON rive" })).toEqual(["Grey heron by the river"]);
    expect(await found({ q: "heron" })).toHaveLength(2);
    expect(await found({ q: "heron desert" })).toEqual([]);
    expect(await found({ q: "étude МЕЧТА" })).toEqual(["Étude à l’œil, мечта"]);
    expect(await found({ q: "富士" })).toEqual(["赤富士"]);
    expect(await found({ q: "  " })).toEqual(all);
  });

  test("takes nothing in a word for a pattern", async () => {
    expect(await found({ q: "100%" })).toEqual(["100% cotton"]);
    expect(await found({ q: "100_" })).toEqual([]);
    expect(await found({ q: "a_b" })).toEqual(["a_b"]);
    expect(await found({ q: "back\\sl" })).toEqual(["back\\slash"]);
    expect(await found({ q: "'; drop table images --" })).toEqual([]);
  });

  test("of a short word finds where words begin", async () => {
    expect(await found({ q: "ri" })).toEqual(["Grey heron by the river"]);
    expect(await found({ q: "ve" })).toEqual([]);
    expect(await found({ q: "h" })).toHaveLength(2);
  });

  test("finds what belongs to people, by their names and not their addresses", async () => {
    expect(await found({ q: "mary" })).toEqual(["Étude à l’œil, мечта"]);
    expect(await found({ q: "poole heron" })).toEqual(["Étude à l’œil, мечта"]);
    expect(await found({ q: "@example" })).toEqual([]);
    expect(await found({ q: "mary@example.org" })).toEqual([]);
    expect(await found({ q: "mary@example.org" }, "users")).toEqual(["mary"]);
  });

  test("finds a row by its number", async () => {
    expect(await found({ q: String(picture) })).toContain("Étude à l’œil, мечта");
    expect(await found({ q: "99999999999999999999" })).toEqual([]);
  });

  test("of more words than it takes goes by the longest", async () => {
    const q = "a b c d e f g h grey heron river by the";
    expect(await found({ q: `${q} nowhere` })).toEqual([]);
    expect(await found({ q: "grey heron by the river grey heron" })).toHaveLength(1);
  });
});

describe("filters", () => {
  test("by what Prisma says of a field: its values, yes or no", async () => {
    expect(await found({ format: "png" })).toEqual(["Étude à l’œil, мечта"]);
    expect(await found({ animated: "no", format: "jpeg" })).toEqual([...titles].sort());
    const { $ } = await admin.visitor.get("/admin/images?format=png");
    const options = $("[name=format] option").toArray();
    expect(options.map((option) => $(option).val())).toEqual([
      ...["", "jpeg", "png", "webp", "gif", "avif"],
    ]);
  });

  test("by a row of another model, named or numbered", async () => {
    for (const owner of ["mary", "MARY", String(mary.id)])
      expect(await found({ owner })).toEqual(["Étude à l’œil, мечта"]);
    expect(await found({ owner: "nobody" })).toEqual([]);
    expect(await found({ owner: "99999999999999999999" })).toEqual([]);
  });

  test("of a number that is somebody's name too mean the number", async () => {
    await signedInPerson(site, { username: String(mary.id) });
    expect(await found({ owner: String(mary.id) })).toEqual(["Étude à l’œil, мечта"]);
  });

  test("that are left empty ask for nothing", async () => {
    expect(await found({ q: "", format: "", owner: "", saved: "" })).toEqual(all);
  });

  test("can be taken away one by one, or all", async () => {
    const { $ } = await admin.visitor.get(
      `/admin/images?q=heron&format=png&owner=${mary.id}&sort=title`,
    );
    const chips = $(".list-chips a").toArray();
    expect(chips.map((chip) => [$(chip).text(), $(chip).attr("href")])).toEqual([
      ["Search: heron ×, remove", `/admin/images?format=png&owner=${mary.id}&sort=title`],
      ["Format: png ×, remove", `/admin/images?q=heron&owner=${mary.id}&sort=title`],
      ["Saved by: mary ×, remove", "/admin/images?q=heron&format=png&sort=title"],
      ["Clear", "/admin/images?sort=title"],
    ]);
  });
});

describe("what no link and no form of the list has is refused", () => {
  const cursor = (...values: unknown[]) =>
    Buffer.from(JSON.stringify(values)).toString("base64url");
  const time = "2026-11-20 12:00:00+00";

  test.each([
    ["an unknown parameter", "page=2"],
    ["an unknown value of an enum", "format=tiff"],
    ["an unknown value of a boolean", "animated=true"],
    ["an unknown period", "saved=yesterday"],
    ["an unknown order", "sort=owner"],
    ["an order of the prototype", "sort=constructor"],
    ["too long a search", `q=${"x".repeat(201)}`],
    ["too long a name", `owner=${"x".repeat(201)}`],
    ["a repeated parameter", "q=a&q=b"],
    ["a nested parameter", "q[a]=b"],
    ["NUL", "q=%00"],
    ["a cursor of nothing", "after=x"],
    ["a cursor that is no list", `after=${Buffer.from("{}").toString("base64url")}`],
    ["a cursor of another order", `after=${cursor("title", "A", "1")}`],
    ["a cursor that is too short", `after=${cursor("-saved", time)}`],
    ["a cursor of no texts", `after=${cursor("-saved", time, 1)}`],
    ["a cursor of no date", `after=${cursor("-saved", "now()", "1")}`],
    ["a cursor of 30 February", `after=${cursor("-saved", "2026-02-30 12:00:00+00", "1")}`],
    ["a cursor of an hour of none", `after=${cursor("-saved", "2026-02-20 25:00:00+00", "1")}`],
    ["a cursor of a number too large", `after=${cursor("-saved", time, "2147483648")}`],
    ["a cursor of a number that is none", `after=${cursor("-saved", time, "1e3")}`],
    ["a cursor with NUL", `sort=title&after=${cursor("title", "a\0", "1")}`],
    ["a cursor with half a character", `sort=title&after=${cursor("title", "\ud800", "1")}`],
    ["two cursors", `after=${cursor("-saved", time, "1")}&before=${cursor("-saved", time, "1")}`],
  ])("%s", async (_, query) => {
    for (const path of ["/admin/images", "/admin/images/export.csv"]) {
      expect((await admin.visitor.get(`${path}?${query}`)).status).toBe(400);
    }
  });

  test("and so are keys of other kinds", async () => {
    const status = async (name: string, ...values: string[]) =>
      (await admin.visitor.get(`/admin/${name}?after=${cursor(...values)}`)).status;
    expect(await status("sessions", "-seen", time, "not-a-uuid")).toBe(400);
    expect(await status("actions", "-done", time, "9223372036854775808")).toBe(400);
    expect(await status("actions", "-done", time, "9223372036854775807")).toBe(200);
    expect(await status("actions", "-done", "-infinity", "-1")).toBe(200);
  });
});

test("what belongs to a row is told only to those who may view that row", async () => {
  const group = await createGroup(site.deps.database, [], [mary.id]);
  const { visitor } = await staffOf(site, ["users view", "users change"]);
  const told = await admin.visitor.get(`/admin/users?group=${group.id}`);
  expect(told.$("main").text()).toContain(group.name);
  for (const value of [String(group.id), group.name, "nothing"]) {
    const query = new URLSearchParams({ group: value });
    for (const path of ["/admin/users", "/admin/users/export.csv"]) {
      expect((await visitor.get(`${path}?${query}`)).status).toBe(400);
    }
  }
  const plain = await visitor.get("/admin/users");
  expect(plain.$("[name=active]")).toHaveLength(1);
  expect(plain.$("[name=group]")).toHaveLength(0);
});

test("and so it is of every relation that a list is filtered by", async () => {
  for (const model of registry) {
    const { visitor } = await staffOf(site, [`${model.name} view`]);
    const { $ } = await visitor.get(`/admin/${model.name}`);
    for (const filter of model.filters) {
      const isOfOther = "to" in filter && filter.to !== model.name;
      const query = `${model.name}?${filter.name}=${"to" in filter ? mary.id : ""}`;
      expect([query, $(`[name=${filter.name}]`).length]).toEqual([query, isOfOther ? 0 : 1]);
      expect([query, (await visitor.get(`/admin/${query}`)).status]).toEqual([
        ...[query, isOfOther ? 400 : 200],
      ]);
    }
  }
});

test("rows name what they belong to, and lead there and show it to those who may view it", async () => {
  await likeImage(site.deps, { actor: mary, image: { id: picture } });
  const { visitor } = await staffOf(site, ["likes view", "actions view"]);
  const mine = await visitor.get("/admin/likes");
  expect(mine.$("tbody").text()).toContain("mary");
  expect(mine.$("tbody img")).toHaveLength(0);
  expect(mine.$("tbody a").attr("href")).toContain(`/admin/likes/${mary.id}-${picture}`);
  expect(mine.$("tbody a")).toHaveLength(1);
  expect((await visitor.get("/admin/actions")).$("tbody a[href^='/admin/users']")).toHaveLength(0);
  const full = await admin.visitor.get("/admin/likes");
  expect(full.$(`tbody a[href="/admin/users/${mary.id}"]`)).toHaveLength(1);
  expect(full.$("tbody img").attr("src")).toMatch(/-320\.webp$/);
});

test("a filter that is in use says what it names", async () => {
  const { $ } = await admin.visitor.get(`/admin/likes?image=${picture}`);
  const chosen = $("[data-picker='/admin/pick/images'] [data-picker-chosen]");
  const words = chosen.find("span").toArray();
  expect(words.map((each) => $(each).text())).toEqual(["Étude à l’œil, мечта", "by mary"]);
  expect(chosen.find("img")).toHaveLength(1);
  expect($("[name=image]").val()).toBe(String(picture));
  expect($("[data-picker-chosen]")).toHaveLength(1);
});
