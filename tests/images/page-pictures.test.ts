import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { storedFiles } from "#tests/images/stored-files.ts";
import { type ImageServer, startImageServer } from "#tests/support/image-server.ts";
import { processorTime } from "#tests/support/processor-time.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Answer, Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let web: ImageServer;
let visitor: Visitor;

beforeAll(async () => {
  web = await startImageServer();
  site = await startTestApp({ FETCH_ALLOW: web.host });
  visitor = (await signedInPerson(site)).visitor;
  web.serve("/storks", PAGE, "text/html; charset=utf-8");
});
afterAll(async () => {
  await site.close();
  await web.close();
});

const PAGE = `<!doctype html><html><head>
  <title>Storks on the roof</title>
  <meta property="og:image" content="/og.jpg">
  <meta name="twitter:image" content="/twitter.jpg">
  <link rel="image_src" href="/linked.jpg">
</head><body>
  <img src="/in-text.jpg" alt='A "stork" <b>& its nest</b>'>
  <img src="/small.jpg" srcset="/small.jpg 320w, /large.jpg 1600w" alt="The large one">
  <img src="javascript:alert(1)"><img src="data:image/gif;base64,R0lGOD"><img src="/logo.svg">
</body></html>`;
const PICTURES = ["/og.jpg", "/twitter.jpg", "/linked.jpg", "/large.jpg", "/in-text.jpg"];

const choicesOf = ({ $ }: Answer) =>
  $('a[href^="/images/new?url="]')
    .toArray()
    .map((link) => new URL($(link).attr("href") ?? "", "http://magpie.invalid").searchParams);

describe("the address of a web page", () => {
  test("offers the page's own pictures, each as a filled-in form, and fetches none of them", async () => {
    const before = web.requests.length;
    const answer = await visitor.post("/images", { url: web.url("/storks"), title: "Mine" });
    expect(answer.status).toBe(422);
    expect(answer.errors).toEqual({ url: "This is a web page. Choose one of its pictures." });
    const choices = choicesOf(answer);
    expect(choices.map((choice) => choice.get("url")).sort()).toEqual(
      PICTURES.map((path) => web.url(path)).sort(),
    );
    expect(choices[0]?.get("url")).toBe(web.url("/og.jpg"));
    expect(choices.map((choice) => choice.get("page"))).toEqual(
      PICTURES.map(() => web.url("/storks")),
    );
    expect(new Set(choices.map((choice) => choice.get("title")))).toEqual(new Set(["Mine"]));
    expect(web.requests.slice(before).map(({ path }) => path)).toEqual(["/storks"]);
    expect(await storedFiles(site)).toEqual([]);
  });

  test("names each choice after its own words, else after the page, when nothing was typed", async () => {
    const answer = await visitor.post("/images/preview", { url: web.url("/storks") });
    expect(answer.status).toBe(200);
    const titles = new Map(
      choicesOf(answer).map((choice) => [choice.get("url"), choice.get("title")]),
    );
    expect(titles.get(web.url("/og.jpg"))).toBe("Storks on the roof");
    expect(titles.get(web.url("/in-text.jpg"))).toBe('A "stork" <b>& its nest</b>');
  });

  test("takes along what was typed", async () => {
    const typed = { title: "Mine", description: "Some words", page: "https://example.org/p" };
    const answer = await visitor.post("/images", { url: web.url("/storks"), ...typed });
    const link = answer.$('a[href^="/images/new?url="]').first();
    const form = await visitor.get(link.attr("href") ?? "");
    expect(form.$("input[name=title]").val()).toBe(typed.title);
    expect(form.$("textarea[name=description]").text().trim()).toBe(typed.description);
    expect(form.$("input[name=page]").val()).toBe(typed.page);
  });

  test("writes a hostile page's words as words", async () => {
    const answer = await visitor.post("/images", { url: web.url("/storks"), title: "Mine" });
    expect(answer.text).not.toContain("<b>");
    const alts = answer.$('a[href^="/images/new?url="] img').toArray();
    expect(alts.map((image) => answer.$(image).attr("alt"))).toContain(
      'A "stork" <b>& its nest</b>',
    );
  });

  test("offers them as a fragment, with pictures through our own origin only", async () => {
    const answer = await visitor.post(
      "/images/preview",
      { url: web.url("/storks") },
      { headers: { "HX-Request": "true" } },
    );
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain("<html");
    expect(choicesOf(answer)).toHaveLength(PICTURES.length);
    const sources = answer
      .$("img")
      .toArray()
      .map((image) => answer.$(image).attr("src") ?? "");
    expect(sources).toHaveLength(PICTURES.length);
    for (const src of sources) expect(src).toMatch(/^\/images\/preview\?url=.*&token=.+/);
  });

  test("a choice shows its picture, opens its form, and is saved with its page credited", async () => {
    web.serve("/og.jpg", await drawPicture(1));
    const answer = await visitor.post("/images/preview", { url: web.url("/storks") });
    const link = answer.$('a[href^="/images/new?url="]').first();
    const preview = await visitor.get(link.find("img").attr("src") ?? "");
    expect([preview.status, preview.headers["content-type"]]).toEqual([200, "image/webp"]);
    const form = await visitor.get(link.attr("href") ?? "");
    const fields = Object.fromEntries(
      ["url", "title", "page"].map((name) => [name, String(form.$(`input[name=${name}]`).val())]),
    );
    expect(fields).toEqual({
      ...{ url: web.url("/og.jpg"), title: "Storks on the roof", page: web.url("/storks") },
    });
    const saved = await visitor.post("/images", fields);
    expect(saved.status).toBe(303);
    const image = await site.deps.database.image.findFirstOrThrow();
    expect(image).toMatchObject({ sourceUrl: web.url("/og.jpg"), pageUrl: web.url("/storks") });
    const asked = web.requests.filter(({ path }) => path === "/og.jpg");
    expect(asked.map(({ headers }) => headers.referer)).toEqual([web.url("/storks")]);
  });

  test("a page without pictures is told as such", async () => {
    web.serve("/words", "<!doctype html><title>Words</title><p>Only words", "text/html");
    const answer = await visitor.post("/images", { url: web.url("/words"), title: "Words" });
    expect(answer.status).toBe(422);
    expect(answer.errors).toEqual({ url: "This is a web page, and no picture was found on it." });
    expect(answer.$("input[name=title]").val()).toBe("Words");
    const preview = await visitor.post(
      "/images/preview",
      { url: web.url("/words") },
      { headers: { "HX-Request": "true" } },
    );
    expect(preview.$("#preview").text()).toContain("no picture was found on it");
  });

  test("a page that no header calls one is found out by its text", async () => {
    web.serve("/odd.jpg", PAGE, "image/jpeg");
    const answer = await visitor.post("/images", { url: web.url("/odd.jpg"), title: "Odd" });
    expect(choicesOf(answer)).toHaveLength(PICTURES.length);
  });

  test("an enormous hostile page is read in good time", async () => {
    web.serve("/huge", `<!doctype html>${"<div><img srcset='".repeat(200_000)}`, "text/html");
    const taken = await processorTime(async () => {
      const answer = await visitor.post("/images", { url: web.url("/huge"), title: "Huge" });
      expect(answer.status).toBe(422);
    });
    expect(taken).toBeLessThan(3000);
  });
});
