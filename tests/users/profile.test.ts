import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { photoKey } from "#features/images/storage-keys.ts";
import { moveImagesCount } from "#features/users/move-counters.ts";
import { createImageRows, drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { atOnce } from "#tests/support/at-once.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let stranger: Visitor;
let ada: { id: number; username: string; visitor: Visitor };

beforeAll(async () => {
  site = await startTestApp({}, { clock: () => new Date("2026-03-14T12:00:00Z") });
  stranger = createVisitor(site.app);
  ada = await signedInPerson(site, {
    username: "Ada_1815",
    firstName: "Ada",
    lastName: "Lovelace",
  });
});
afterAll(() => site.close());

describe("a profile", () => {
  test("without pictures says so, to its owner with a way to begin", async () => {
    const other = await stranger.get("/users/Ada_1815");
    expect(other.$("main").text()).toContain("Nothing saved yet");
    const own = await ada.visitor.get("/users/Ada_1815");
    expect(own.$("main").text()).toContain("You have saved nothing yet");
    expect(own.$("main a[href='/bookmarklet']")).toHaveLength(1);
  });

  test("shows name, username, counts and the person's own pictures", async () => {
    const { id: otherId } = await signedInPerson(site);
    const own = await createImageRows(site.deps.database, ada.id, 3);
    await createImageRows(site.deps.database, otherId, 3);
    await site.deps.database.profile.update({
      where: { userId: ada.id },
      data: { bio: "Counts <b>", followersCount: 1, followingCount: 2 },
    });
    const page = await stranger.get("/users/Ada_1815");
    expect(page.status).toBe(200);
    expect(page.$("h1").text()).toBe("Ada Lovelace");
    const text = page.$("main").text().replace(/\s+/g, " ");
    expect(text).toContain("@Ada_1815");
    expect(text).toContain("joined 14 March 2026");
    expect(text).toContain("Counts <b>");
    for (const count of ["3 pictures", "1 follower", "2 following"]) expect(text).toContain(count);
    const ids = page
      .$("[data-image-id]")
      .toArray()
      .map((card) => page.$(card).attr("data-image-id"));
    expect(ids.map(Number).sort((a, b) => a - b)).toEqual(own);
  });

  test("is found whatever the case of its name", async () => {
    expect((await stranger.get("/users/ADA_1815")).$("h1").text()).toBe("Ada Lovelace");
  });

  test.each(["nobody", "Ada_1815%20", "%2e%2e", "x".repeat(5000), "ada_1815'--", "%F0%9F%90%A6"])(
    "there is none of %s",
    async (username) => {
      expect((await stranger.get(`/users/${username}`)).status).toBe(404);
    },
  );

  test.each(["%00", "%ff", "%ed%a0%80"])("junk like %s is a 400", async (username) => {
    expect((await stranger.get(`/users/${username}`)).status).toBe(400);
  });

  test("writes a hostile name as words", async () => {
    const hostile = `"><script>alert(1)</script>`;
    const { username, visitor } = await signedInPerson(site, { firstName: hostile });
    for (const answer of [await stranger.get(`/users/${username}`), await visitor.get("/images")]) {
      expect(answer.text).not.toContain("<script>alert");
    }
    expect((await stranger.get(`/users/${username}`)).$("h1").text()).toBe(hostile);
  });

  test("pages by its own address", async () => {
    await createImageRows(site.deps.database, ada.id, 24);
    const page = await stranger.get("/users/ada_1815");
    expect(page.$("[data-image-id]")).toHaveLength(24);
    const next = page.$("a[rel=next]").attr("href") ?? "";
    expect(next).toMatch(/^\/users\/Ada_1815\?cursor=/);
    const more = await stranger.get(next, { "HX-Request": "true" });
    expect(more.$("[data-image-id]")).toHaveLength(3);
    expect(more.text).not.toContain("<html");
    expect(more.$("a[rel=next]")).toHaveLength(0);
  });
});

describe("a photo", () => {
  const photo = `photos/ab/cd/${"abcd".repeat(16)}`;

  test("stands where the letter stood, on the profile and on tiles", async () => {
    const before = await stranger.get("/users/Ada_1815");
    expect(before.$("header#person .avatar").text()).toBe("A");
    const bytes = await drawPicture(1, { width: 96, height: 96, format: "webp" });
    const path = join(site.deps.temporaryFolder, "photo.webp");
    await writeFile(path, bytes);
    await site.deps.storage.keep(photoKey(photo, 96), path);
    await site.deps.database.profile.update({ where: { userId: ada.id }, data: { photo } });

    const profile = await stranger.get("/users/Ada_1815");
    const image = profile.$("header#person img.avatar");
    expect(image.attr("src")).toBe(`/media/${photo}-96.webp`);
    expect(image.attr("srcset")).toContain(`/media/${photo}-320.webp 320w`);
    expect(image.attr("alt")).toBe("");
    const file = await stranger.get(image.attr("src") ?? "");
    expect([file.status, file.headers["content-type"]]).toEqual([200, "image/webp"]);
    expect(file.bytes.equals(bytes)).toBe(true);
    const directory = await stranger.get("/users");
    expect(directory.$(`li#person-${ada.id} img.avatar`).attr("src")).toBe(image.attr("src"));
  });
});

test("a profile takes one query for its person and one for the pictures", async () => {
  const page = () => stranger.get("/users/Ada_1815");
  expect(await queriesOf(async () => expect((await page()).status).toBe(200))).toHaveLength(2);
});

describe("the count of a person's pictures", () => {
  const move = (by: 1 | -1) =>
    site.deps.database.$transaction((tx) => moveImagesCount(tx, ada.id, by));
  const count = async () =>
    (await site.deps.database.profile.findUniqueOrThrow({ where: { userId: ada.id } })).imagesCount;

  test("is right after fifty moves at once, and never below nothing", async () => {
    const before = await count();
    await atOnce(Array.from({ length: 50 }, (_, index) => () => move(index % 2 === 0 ? 1 : -1)));
    expect(await count()).toBe(before);
    await site.deps.database.profile.update({
      where: { userId: ada.id },
      data: { imagesCount: 0 },
    });
    await move(-1);
    expect(await count()).toBe(0);
  });
});
