import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { type ImageServer, startImageServer } from "#tests/support/image-server.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

let site: TestApp;
let web: ImageServer;

beforeAll(async () => {
  web = await startImageServer();
  site = await startTestApp({ FETCH_ALLOW: web.host });
});
afterAll(async () => {
  await site.close();
  await web.close();
});

const _filesIn = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  ).length;

describe("saving by address", () => {
  test("keeps the picture, credits its source and shows it", async () => {
    const { visitor, id } = await signedInPerson(site);
    web.serve("/a.png?size=large", await drawPicture(1, { width: 900, height: 600 }), "text/plain");
    const answer = await visitor.post("/images", {
      url: web.url("/a.png?size=large"),
      title: "Čapí hnízdo 東京",
      description: "On the roof.\n\nIn May.",
      page: "https://example.org/storks",
    });
    expect(answer.status).toBe(303);
    expect(answer.location).toMatch(/^\/images\/\d+\/capi-hnizdo-[a-z-]+$/);
    const page = await visitor.get(answer.location ?? "");
    expect(page.status).toBe(200);
    expect(page.$(".flash").text()).toContain("Saved");
    expect(page.$("a.source").attr("href")).toBe("https://example.org/storks");
    expect(page.$("a.source").attr("rel")).toBe("noopener nofollow ugc");
    expect(page.$("[data-image-id]").attr("data-likes")).toBe("0");
    const image = await site.deps.database.image.findFirstOrThrow({ where: { ownerId: id } });
    expect(image).toMatchObject({ width: 900, height: 600, format: "jpeg" });
    for (const src of [page.$("article img").attr("src"), `/media/${image.storageKey}`]) {
      const media = await visitor.get(src ?? "");
      expect(media.status).toBe(200);
      expect(media.headers["cache-control"]).toContain("immutable");
      expect(media.headers["content-security-policy"]).toBe("default-src 'none'; sandbox");
    }
    expect(
      await site.deps.database.action.count({ where: { userId: id, verb: "image_bookmarked" } }),
    ).toBe(1);
  });
});
