import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { type ImageServer, startImageServer } from "#tests/support/image-server.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let web: ImageServer;
let me: { id: number; visitor: Visitor };
let other: { id: number; visitor: Visitor };
let url: string;

beforeAll(async () => {
  web = await startImageServer();
  site = await startTestApp({ FETCH_ALLOW: web.host });
  [me, other] = await Promise.all([signedInPerson(site), signedInPerson(site)]);
});
let pictures = 0;
beforeEach(async () => {
  pictures += 1;
  web.serve(`/a-${pictures}.jpg`, await drawPicture(pictures));
  url = web.url(`/a-${pictures}.jpg`);
  web.requests.length = 0;
});
afterAll(async () => {
  await site.close();
  await web.close();
});

async function previewSrc(visitor: Visitor, address = url) {
  const form = await visitor.get(`/images/new?${new URLSearchParams({ url: address })}`);
  return form.$('img[src^="/images/preview"]').attr("src") ?? "";
}

const withToken = (src: string, token: string | null) => {
  const query = new URLSearchParams(src.split("?")[1]);
  if (token === null) query.delete("token");
  else query.set("token", token);
  return `/images/preview?${query}`;
};

describe("the preview's picture", () => {
  test("comes from our own form only", async () => {
    const src = await previewSrc(me.visitor);
    const answer = await me.visitor.get(src, { "Sec-Fetch-Site": "same-origin" });
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, "image/webp"]);
    expect(answer.headers["content-security-policy"]).toBe("default-src 'none'; sandbox");
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    expect(answer.headers["cache-control"]).toMatch(/^private/);
    expect(web.requests).toHaveLength(1);
  });

  test("is refused without a token, with a wrong one, and with another person's", async () => {
    const src = await previewSrc(me.visitor);
    const hers = new URLSearchParams((await previewSrc(other.visitor)).split("?")[1]).get("token");
    for (const token of [null, "", "wrong", "é", hers]) {
      expect((await me.visitor.get(withToken(src, token))).status).toBe(403);
    }
    expect((await other.visitor.get(src)).status).toBe(403);
    expect(web.requests).toEqual([]);
  });

  test("is refused for another address than the token was made for", async () => {
    const src = await previewSrc(me.visitor, "https://example.org/a.jpg");
    const query = new URLSearchParams(src.split("?")[1]);
    query.set("url", url);
    expect((await me.visitor.get(`/images/preview?${query}`)).status).toBe(403);
    expect((await me.visitor.get("/images/preview")).status).toBe(403);
    expect(web.requests).toEqual([]);
  });

  test.each(["cross-site", "same-site", "none"])(
    "is refused to a request that is %s",
    async (where) => {
      const src = await previewSrc(me.visitor);
      expect((await me.visitor.get(src, { "Sec-Fetch-Site": where })).status).toBe(403);
      expect(web.requests).toEqual([]);
    },
  );

  test("is refused to people who are not signed in, and after signing in anew", async () => {
    const src = await previewSrc(me.visitor);
    const stranger = createVisitor(site.app);
    expect((await stranger.get(src)).status).toBe(303);
    const person = await signedInPerson(site);
    const own = await previewSrc(person.visitor);
    await person.visitor.post("/logout");
    expect((await person.visitor.get(own)).status).toBe(303);
    expect(web.requests).toEqual([]);
  });

  test("of something that is no picture is 404 or 422, never 500", async () => {
    web.serve("/page", "<!doctype html><img src=/a.jpg>", "text/html");
    expect((await me.visitor.get(await previewSrc(me.visitor, web.url("/page")))).status).toBe(404);
    expect((await me.visitor.get(await previewSrc(me.visitor, web.url("/none")))).status).toBe(422);
    expect((await me.visitor.get(await previewSrc(me.visitor, "javascript:alert(1)"))).status).toBe(
      422,
    );
  });
});

describe("what waits to be saved", () => {
  test("by address is each person's own", async () => {
    await me.visitor.get(await previewSrc(me.visitor));
    const saved = await other.visitor.post("/images", { url, title: "Hers" });
    expect(saved.status).toBe(303);
    expect(web.requests).toHaveLength(2);
    expect((await me.visitor.post("/images", { url, title: "Mine" })).status).toBe(303);
    expect(web.requests).toHaveLength(2);
  });

  test("as a file is nobody else's to see or to save", async () => {
    const file = { name: "a.jpg", bytes: await drawPicture(100) };
    const form = await me.visitor.postFile("/images/preview", file, {});
    const upload = String(form.$("input[name=upload]").val());
    expect(upload).toMatch(/^[0-9a-f-]{36}$/);
    expect((await me.visitor.get(`/images/preview?upload=${upload}`)).status).toBe(200);
    expect((await other.visitor.get(`/images/preview?upload=${upload}`)).status).toBe(404);
    const stolen = await other.visitor.post("/images", { upload, title: "Stolen" });
    expect(stolen.status).toBe(422);
    expect(stolen.errors).toEqual({ file: "This file waited too long. Choose it again." });
    expect(await site.deps.database.image.count({ where: { title: "Stolen" } })).toBe(0);
    expect((await me.visitor.post("/images", { upload, title: "Mine" })).status).toBe(303);
  });

  test.each(["../../../etc/passwd", "..%2f..", "0".repeat(64), "x", "incoming", "%00"])(
    "an upload called %s is 400 or 404",
    async (upload) => {
      const answer = await me.visitor.get(`/images/preview?upload=${upload}`);
      expect([400, 404]).toContain(answer.status);
    },
  );
});
