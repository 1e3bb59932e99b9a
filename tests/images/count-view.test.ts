import supertest from "supertest";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const safari =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1";

let site: TestApp;
let owner: { id: number; username: string; visitor: Visitor };
let member: { id: number; username: string; visitor: Visitor };
let id: number;
let page: string;
let now: Date;

beforeAll(async () => {
  now = new Date("2026-05-14T12:00:00Z");
  site = await startTestApp({ TRUST_PROXY: "1" }, { clock: () => now });
  [owner, member] = await Promise.all([signedInPerson(site), signedInPerson(site)]);
});
beforeEach(async () => {
  [id = 0] = await createImageRows(site.deps.database, owner.id, 1, { title: "A stork" });
  page = `/images/${id}/a-stork`;
});
afterAll(() => site.close());

async function open(headers: Record<string, string> = {}, visitor = createVisitor(site.app)) {
  const answer = await visitor.get(page, { "User-Agent": firefox, ...headers });
  expect(answer.status).toBe(200);
  return answer;
}

async function views(): Promise<number> {
  await site.deps.viewCounters.flush();
  const row = await site.deps.database.image.findUniqueOrThrow({ where: { id } });
  const days = await site.deps.database.imageDailyView.findMany({ where: { imageId: id } });
  expect(days.reduce((sum, day) => sum + day.views, 0)).toBe(row.totalViews);
  return row.totalViews;
}

describe("opening an image's page", () => {
  test("counts a view, which page and card then show, and a reload does not", async () => {
    // Before anybody looked: what is counted is written at any moment after.
    expect(
      (await createVisitor(site.app).get("/images")).$(`[data-image-id=${id}]`).text(),
    ).not.toMatch(/view/);
    const first = await open();
    expect(first.$(`[data-image-id=${id}]`).attr("data-views")).toBe("0");
    expect(first.$(".image-facts").text()).toContain("0 views");
    for (let reload = 0; reload < 3; reload += 1) await open();
    expect(await views()).toBe(1);
    const again = await open();
    expect(again.$(`[data-image-id=${id}]`).attr("data-views")).toBe("1");
    expect(again.$(".image-facts").text()).toContain("1 view");
    const list = await createVisitor(site.app).get("/images");
    expect(list.$(`[data-image-id=${id}]`).text()).toContain("1 view");
    expect(await views()).toBe(1);
  });

  test("counts again after half an hour", async () => {
    await open();
    now = new Date(now.getTime() + 29 * 60_000);
    await open();
    expect(await views()).toBe(1);
    now = new Date(now.getTime() + 60_000);
    await open();
    expect(await views()).toBe(2);
  });

  test("does not count for the owner", async () => {
    await open({}, owner.visitor);
    await open({ "User-Agent": safari }, owner.visitor);
    expect(await views()).toBe(0);
  });

  test("counts a signed-in person once, wherever they sit", async () => {
    await open({ "X-Forwarded-For": "203.0.113.1" }, member.visitor);
    await open({ "X-Forwarded-For": "203.0.113.2", "User-Agent": safari }, member.visitor);
    expect(await views()).toBe(1);
    await open({}, (await signedInPerson(site)).visitor);
    expect(await views()).toBe(2);
  });

  test("tells strangers apart by network and browser, without a cookie", async () => {
    const addresses = ["203.0.113.1", "203.0.113.2", "2001:db8:1:2::3", "2001:db8:1:2:ff::4"];
    for (const address of addresses) {
      const answer = await open({ "X-Forwarded-For": address });
      expect(answer.headers["set-cookie"]).toBeUndefined();
    }
    // Two of the four are one household.
    expect(await views()).toBe(3);
    await open({ "X-Forwarded-For": "203.0.113.1", "User-Agent": safari });
    expect(await views()).toBe(4);
  });

  test("keeps nothing that tells a stranger's address or browser", async () => {
    await open({ "X-Forwarded-For": "203.0.113.77" });
    await views();
    const marks = await site.deps.database.viewMark.findMany({ where: { imageId: id } });
    expect(marks).toHaveLength(1);
    expect(marks[0]?.visitor).toMatch(/^[\w-]{22}$/);
  });

  test.each([
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "facebookexternalhit/1.1",
    "Twitterbot/1.0",
    "curl/8.5.0",
    "python-requests/2.32.0",
  ])("does not count for the bot %s", async (bot) => {
    await open({ "User-Agent": bot });
    expect(await views()).toBe(0);
  });

  test("counts where the browser does not say its name", async () => {
    await supertest(site.app).get(page).unset("User-Agent").expect(200);
    expect(await views()).toBe(1);
  });

  test.each([
    ["Sec-Purpose", "prefetch"],
    ["Sec-Purpose", "prefetch;prerender"],
    ["Sec-Purpose", "prefetch;anonymous-client-ip"],
    ["Purpose", "prefetch"],
    ["X-Moz", "prefetch"],
  ])(
    "does not count what %s: %s loads ahead, and counts the look after it",
    async (name, value) => {
      await open({ [name]: value });
      expect(await views()).toBe(0);
      await open();
      expect(await views()).toBe(1);
    },
  );
});

describe("what is not opening its page", () => {
  test("asking for its head alone", async () => {
    await supertest(site.app).head(page).set("User-Agent", firefox).expect(200);
    expect(await views()).toBe(0);
  });

  test("another address of it, the list, a profile, liking it, editing it", async () => {
    const stranger = createVisitor(site.app);
    for (const path of [
      `/images/${id}`,
      `/images/${id}/wrong`,
      "/images",
      `/users/${owner.username}`,
    ]) {
      await stranger.get(path, { "User-Agent": firefox });
    }
    await member.visitor.post(`/images/${id}/like`);
    const headers = { "HX-Request": "true" };
    expect((await member.visitor.post(`/images/${id}/unlike`, {}, { headers })).status).toBe(200);
    await owner.visitor.get(`/images/${id}/edit`);
    expect(await views()).toBe(0);
  });

  test("an image that is not there, or that its page hides", async () => {
    await site.deps.database.user.update({ where: { id: owner.id }, data: { isActive: false } });
    expect((await createVisitor(site.app).get(page, { "User-Agent": firefox })).status).toBe(404);
    expect((await createVisitor(site.app).get("/images/2147483647/x")).status).toBe(404);
    expect(await views()).toBe(0);
    expect(await site.deps.database.viewMark.count({ where: { imageId: id } })).toBe(0);
    await site.deps.database.user.update({ where: { id: owner.id }, data: { isActive: true } });
  });
});

test("fifty at once by one visitor are one view, by fifty visitors fifty", async () => {
  await Promise.all(Array.from({ length: 50 }, () => open()));
  expect(await views()).toBe(1);
  await Promise.all(
    Array.from({ length: 50 }, (_, index) => open({ "X-Forwarded-For": `198.51.100.${index}` })),
  );
  expect(await views()).toBe(51);
});

test("the views of a deleted image go with it, those on their way too", async () => {
  await open();
  expect(await views()).toBe(1);
  await open({ "X-Forwarded-For": "198.51.100.200" });
  expect((await owner.visitor.post(`/images/${id}/delete`)).status).toBe(303);
  await site.deps.viewCounters.flush();
  expect(await site.deps.database.imageDailyView.count({ where: { imageId: id } })).toBe(0);
});
