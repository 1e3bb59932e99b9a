import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawAnimation, drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { expectNoTemporaryFiles } from "#tests/images/stored-files.ts";
import { type ImageServer, startImageServer } from "#tests/support/image-server.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let web: ImageServer;
let me: { id: number; visitor: Visitor };

beforeAll(async () => {
  web = await startImageServer();
  site = await startTestApp({ FETCH_ALLOW: web.host });
  me = await signedInPerson(site);
});
afterAll(async () => {
  await site.close();
  await web.close();
});

async function save(url: string, title = "A picture") {
  const answer = await me.visitor.post("/images", { url, title });
  expect(answer.errors).toEqual({});
  expect(answer.status).toBe(303);
  const id = Number(answer.location?.split("/")[2]);
  return site.deps.database.image.findUniqueOrThrow({ where: { id } });
}

const thumbnailOf = async (sha256: string, width: number) =>
  (
    await me.visitor.get(
      `/media/thumbnails/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}-${width}.webp`,
    )
  ).bytes;

describe("what a picture is", () => {
  test.each([
    ["jpeg", "/photo.png", "image/png", "jpg"],
    ["png", "/picture.php?id=1&size=large", "text/plain", "png"],
    ["webp", "/moving.gif#top", "image/gif", "webp"],
    ["gif", "/page.html", "text/html; charset=utf-8", "gif"],
    ["avif", "/d%C3%ADlo?name=a%26b.svg", "image/svg+xml", "avif"],
  ] as const)(
    "a %s at %s called %s is told by its bytes",
    async (format, path, type, extension) => {
      web.serve(
        path.split("#")[0] ?? "",
        await drawPicture(path.length, { width: 120, height: 90, format }),
        type,
      );
      const image = await save(web.url(path));
      expect(image).toMatchObject({ format, width: 120, height: 90, isAnimated: false });
      expect(image.sourceUrl).toBe(web.url(path));
      expect(image.storageKey).toMatch(new RegExp(`^originals/.*\\.${extension}$`));
      const original = await me.visitor.get(`/media/${image.storageKey}`);
      expect(original.headers["content-type"]).toBe(`image/${format}`);
      expect(original.headers["x-content-type-options"]).toBe("nosniff");
      expect((await sharp(await thumbnailOf(image.sha256, 320)).metadata()).format).toBe("webp");
      await expectNoTemporaryFiles(site);
    },
  );

  test("an animated GIF keeps moving in every size", async () => {
    web.serve("/dance.jpg", await drawAnimation(20), "image/jpeg");
    const image = await save(web.url("/dance.jpg"), "A dance");
    expect(image).toMatchObject({ format: "gif", isAnimated: true, width: 330, height: 40 });
    for (const width of [320, 640]) {
      const thumbnail = await thumbnailOf(image.sha256, width);
      const { pages, delay } = await sharp(thumbnail, { animated: true }).metadata();
      expect({ pages, delay }).toEqual({ pages: 3, delay: [80, 80, 80] });
    }
    const list = await me.visitor.get("/images");
    expect(list.$(`[data-image-id=${image.id}] .badge`).text()).toBe("Moving");
  });

  test("a picture behind a redirect is credited to the address that was given", async () => {
    web.serve("/moved", (_req, res) => void res.writeHead(302, { location: "/new-place" }).end());
    web.serve("/new-place", await drawPicture(30));
    expect((await save(web.url("/moved"))).sourceUrl).toBe(web.url("/moved"));
  });

  test("spaces around the address and around the title do not matter", async () => {
    web.serve("/spaces", await drawPicture(31));
    const image = await save(`  ${web.url("/spaces")} `, "  Spaces  ");
    expect(image).toMatchObject({ title: "Spaces", slug: "spaces", sourceUrl: web.url("/spaces") });
  });
});

describe("who may save", () => {
  test("an anonymous visitor signs in first, and nothing is fetched", async () => {
    const stranger = createVisitor(site.app);
    const before = web.requests.length;
    const form = await stranger.get(`/images/new?url=${encodeURIComponent(web.url("/photo.png"))}`);
    expect(form.status).toBe(303);
    expect(form.location).toMatch(/^\/login\?next=%2Fimages%2Fnew%3Furl%3D/);
    const saved = await stranger.post("/images", { url: web.url("/photo.png"), title: "No" });
    expect([saved.status, saved.location]).toEqual([303, "/login?next=%2F"]);
    const file = { name: "a.jpg", bytes: await drawPicture(32) };
    expect((await stranger.postFile("/images", file, { title: "No" })).status).toBe(303);
    expect((await stranger.post("/images/preview", { url: web.url("/photo.png") })).status).toBe(
      303,
    );
    expect(web.requests.length).toBe(before);
    await expectNoTemporaryFiles(site);
  });

  test("a form without its token, or with another's, saves nothing and fetches nothing", async () => {
    const other = await signedInPerson(site);
    const before = web.requests.length;
    for (const csrf of [null, "", await other.visitor.csrf()]) {
      for (const path of ["/images", "/images/preview"]) {
        const fields = { url: web.url("/photo.png"), title: "No" };
        expect((await me.visitor.post(path, fields, { csrf })).status).toBe(403);
      }
    }
    expect(web.requests.length).toBe(before);
  });

  test("owner, counters and dates in the form are ignored", async () => {
    const other = await signedInPerson(site);
    web.serve("/mine", await drawPicture(33));
    const answer = await me.visitor.post("/images", {
      ...{ url: web.url("/mine"), title: "Mine", ownerId: String(other.id), owner_id: "1" },
      ...{ totalLikes: "99", createdAt: "2001-01-01", slug: "hers", sha256: "0".repeat(64) },
    });
    const id = Number(answer.location?.split("/")[2]);
    const image = await site.deps.database.image.findUniqueOrThrow({ where: { id } });
    expect(image).toMatchObject({ ownerId: me.id, totalLikes: 0, slug: "mine" });
    expect(image.createdAt.getUTCFullYear()).toBeGreaterThan(2001);
  });
});
