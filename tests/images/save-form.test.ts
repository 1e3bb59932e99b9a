import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { temporaryFiles } from "#tests/images/stored-files.ts";
import { type ImageServer, startImageServer } from "#tests/support/image-server.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let web: ImageServer;
let visitor: Visitor;
let now = new Date("2026-05-14T10:00:00Z");

beforeAll(async () => {
  web = await startImageServer();
  site = await startTestApp({ FETCH_ALLOW: web.host }, { clock: () => now });
  visitor = (await signedInPerson(site)).visitor;
});
afterAll(async () => {
  await site.close();
  await web.close();
});

const formOf = (fields: Record<string, string>) =>
  visitor.get(`/images/new?${new URLSearchParams(fields)}`);
const asked = (path: string) => web.requests.filter((request) => request.path === path);
const htmx = { headers: { "HX-Request": "true" } };

describe("the save form", () => {
  test("is empty when nothing is known", async () => {
    const form = await formOf({});
    expect(form.status).toBe(200);
    expect(form.$("form[action='/images']").attr("enctype")).toBe("multipart/form-data");
    for (const name of ["url", "title", "page"]) {
      expect(form.$(`input[name=${name}]`).val()).toBe("");
    }
    expect(form.$('img[src^="/images/preview"]')).toHaveLength(0);
    expect(form.headers["cache-control"]).toBe("no-store");
  });

  test("is filled in from its address, whatever stands there", async () => {
    const hostile = `"><script>alert(1)</script>'&amp;{{ 7*7 }}`;
    const fields = {
      url: `https://example.org/?${hostile}`,
      title: hostile,
      page: `javascript:${hostile}`,
    };
    const form = await formOf({ ...fields, description: hostile });
    expect(form.status).toBe(200);
    for (const [name, value] of Object.entries(fields)) {
      expect(form.$(`input[name=${name}]`).val()).toBe(value);
    }
    expect(form.$("textarea[name=description]").text().trim()).toBe(hostile);
    expect(form.text).not.toContain("<script>alert");
    expect(form.$("a[href^='javascript:'], img[src^='javascript:']")).toHaveLength(0);
  });

  test("shows the picture through our own origin, and asks nobody by itself", async () => {
    const url = web.url("/form.jpg");
    const form = await formOf({ url, page: "https://example.org/p" });
    const image = form.$('img[src^="/images/preview"]');
    expect(image.attr("alt")).not.toBe("");
    const src = new URL(image.attr("src") ?? "", "http://magpie.invalid");
    expect(src.searchParams.get("url")).toBe(url);
    expect(src.searchParams.get("token")).toMatch(/^[\w-]{20,}$/);
    expect(form.$(`img[src*="${web.host}"]`).not('[src^="/images/preview"]')).toHaveLength(0);
    expect(asked("/form.jpg")).toEqual([]);
  });

  test.each([
    "/images/new?url=a&url=b",
    "/images/new?url[]=a",
    "/images/new?title=%00",
    "/images/new?__proto__=1",
  ])("junk is a 400: %s", async (path) => {
    expect((await visitor.get(path)).status).toBe(400);
  });
});

describe("the preview", () => {
  test("as a fragment names the picture's size and kind, and sends the page as Referer", async () => {
    web.serve("/fragment.jpg", await drawPicture(1));
    const fields = { url: web.url("/fragment.jpg"), page: "https://example.org/page?x=1#top" };
    const answer = await visitor.post("/images/preview", fields, htmx);
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain("<html");
    expect(answer.$("#preview").text()).toMatch(/400 × 300, JPEG, \d+ kB/);
    expect(answer.$("img").attr("width")).toBe("400");
    expect(asked("/fragment.jpg").map(({ headers }) => headers.referer)).toEqual([
      "https://example.org/page?x=1",
    ]);
  });

  test("as a page keeps what was typed", async () => {
    web.serve("/page.jpg", await drawPicture(2));
    const fields = { url: web.url("/page.jpg"), title: "Typed", description: "More" };
    const answer = await visitor.post("/images/preview", { ...fields, page: "" });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain("<html");
    expect(answer.$("input[name=title]").val()).toBe("Typed");
    expect(answer.$("textarea[name=description]").text().trim()).toBe("More");
    expect(answer.$("#preview").text()).toContain("400 × 300");
  });

  test("and its picture and the saving together download once", async () => {
    web.serve("/once.jpg", await drawPicture(3));
    const fields = { url: web.url("/once.jpg"), title: "Once", page: "https://example.org/once" };
    const form = await formOf(fields);
    const src = form.$('img[src^="/images/preview"]').attr("src") ?? "";
    const [image] = await Promise.all([
      visitor.get(src),
      visitor.post("/images/preview", fields, htmx),
    ]);
    expect(image?.headers["content-type"]).toBe("image/webp");
    expect(image?.bytes.subarray(8, 12).toString()).toBe("WEBP");
    now = new Date(now.getTime() + 9 * 60_000);
    expect((await visitor.post("/images", fields)).status).toBe(303);
    expect(asked("/once.jpg")).toHaveLength(1);
    expect(await temporaryFiles(site)).not.toContainEqual(expect.stringContaining("once"));
  });

  test("is forgotten after ten minutes, and its files go with the next", async () => {
    web.serve("/old.jpg", await drawPicture(4));
    web.serve("/new.jpg", await drawPicture(5));
    const old = { url: web.url("/old.jpg"), title: "Old" };
    await visitor.post("/images/preview", old, htmx);
    now = new Date(now.getTime() + 10 * 60_000 + 1);
    await visitor.post("/images/preview", old, htmx);
    expect(asked("/old.jpg")).toHaveLength(2);
    now = new Date(now.getTime() + 10 * 60_000 + 1);
    expect((await visitor.post("/images", old)).status).toBe(303);
    expect(asked("/old.jpg")).toHaveLength(3);
    now = new Date(now.getTime() + 10 * 60_000 + 1);
    await visitor.post("/images/preview", { url: web.url("/new.jpg") }, htmx);
    // One note, one original and one thumbnail for each of the two sizes.
    expect(await temporaryFiles(site)).toHaveLength(4);
  });

  test("of an address that failed is not asked for twice at once", async () => {
    const fields = { url: web.url("/gone.jpg") };
    const form = await formOf(fields);
    const src = form.$('img[src^="/images/preview"]').attr("src") ?? "";
    const [image, fragment] = await Promise.all([
      visitor.get(src),
      visitor.post("/images/preview", fields, htmx),
    ]);
    expect([image?.status, fragment?.status]).toEqual([422, 422]);
    expect(asked("/gone.jpg")).toHaveLength(1);
    // Saving asks again: the host may have come back.
    web.serve("/gone.jpg", await drawPicture(6));
    expect((await visitor.post("/images", { ...fields, title: "Back" })).status).toBe(303);
  });

  test("still shows the picture right after it was saved", async () => {
    web.serve("/again.jpg", await drawPicture(7));
    const fields = { url: web.url("/again.jpg"), title: "Again" };
    const form = await formOf(fields);
    await visitor.post("/images/preview", fields, htmx);
    await visitor.post("/images", fields);
    const fragment = await visitor.post("/images/preview", fields, htmx);
    expect(fragment.$("#preview").text()).toContain("You have this picture");
    const image = await visitor.get(form.$('img[src^="/images/preview"]').attr("src") ?? "");
    expect(image.status).toBe(200);
  });
});
