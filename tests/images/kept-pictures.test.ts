import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawPicture, drawSidewaysPhoto } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { storageFolder, storedFiles } from "#tests/images/stored-files.ts";
import { blackPng } from "#tests/support/hostile-images.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let me: { id: number; visitor: Visitor };
let other: { id: number; visitor: Visitor };

beforeAll(async () => {
  site = await startTestApp();
  [me, other] = await Promise.all([signedInPerson(site), signedInPerson(site)]);
});
afterAll(() => site.close());

const hashOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const filesOf = async (bytes: Buffer) =>
  (await storedFiles(site)).filter((path) => path.includes(hashOf(bytes)));
const thumbnailsOf = async (bytes: Buffer) =>
  Promise.all(
    (await filesOf(bytes))
      .filter((path) => path.startsWith("thumbnails"))
      .map(async (path) => {
        const file = await readFile(join(storageFolder(site), path));
        return { path, file, metadata: await sharp(file).metadata() };
      }),
  );

async function save(visitor: Visitor, bytes: Buffer, title = "A picture") {
  const answer = await visitor.postFile("/images", { name: "a", bytes }, { title });
  expect([answer.status, answer.errors]).toEqual([303, {}]);
  return { location: answer.location ?? "", id: Number(answer.location?.split("/")[2]) };
}

describe("the same bytes", () => {
  test("of two people are two rows and one file", async () => {
    const bytes = await drawPicture(1);
    const [mine, hers] = [await save(me.visitor, bytes), await save(other.visitor, bytes)];
    expect(mine.id).not.toBe(hers.id);
    const rows = await site.deps.database.image.findMany({ where: { sha256: hashOf(bytes) } });
    expect(rows.map((row) => row.ownerId).sort()).toEqual([me.id, other.id].sort());
    const files = await filesOf(bytes);
    expect(files.filter((path) => path.startsWith("originals"))).toHaveLength(1);
    expect(await readFile(join(storageFolder(site), files[0] ?? ""))).toEqual(bytes);
  });

  test("of one person lead to the picture they have, and change nothing of it", async () => {
    const bytes = await drawPicture(2);
    const first = await save(me.visitor, bytes, "The first title");
    const actions = await site.deps.database.action.count();
    const { imagesCount } = await site.deps.database.profile.findUniqueOrThrow({
      where: { userId: me.id },
    });
    const second = await save(me.visitor, bytes, "Another title");
    expect(second.location).toBe(first.location);
    const page = await me.visitor.get(second.location);
    expect(page.$(".flash").text()).toBe("You have this picture already; here it is.");
    expect(page.$("h1").text()).toBe("The first title");
    expect(await site.deps.database.action.count()).toBe(actions);
    expect(
      await site.deps.database.profile.findUniqueOrThrow({ where: { userId: me.id } }),
    ).toMatchObject({ imagesCount });
  });
});

describe("a picture that looks like one they have", () => {
  test("is named before saving, and may be saved all the same", async () => {
    const bytes = await drawPicture(3, { width: 800, height: 600 });
    const { id, location } = await save(me.visitor, bytes, "Storks & <nest>");
    const createdAt = new Date(Date.UTC(new Date().getUTCFullYear() - 1, 4, 9));
    await site.deps.database.image.update({ where: { id }, data: { createdAt } });
    const copy = await sharp(bytes).resize(300).webp({ quality: 60 }).toBuffer();

    const form = await me.visitor.postFile("/images/preview", { name: "a", bytes: copy }, {});
    expect(form.$(".alike").text().replace(/\s+/g, " ").trim()).toBe(
      `Looks like Storks & <nest>, saved in May ${createdAt.getUTCFullYear()}. You can save this one all the same.`,
    );
    expect(form.$(".alike a").attr("href")).toBe(location);
    const saved = await save(me.visitor, copy, "A copy");
    expect(saved.id).not.toBe(id);
  });

  test("is not named when it is somebody else's, or another picture", async () => {
    const bytes = await drawPicture(4);
    await save(other.visitor, bytes);
    for (const file of [await sharp(bytes).resize(300).toBuffer(), await drawPicture(5)]) {
      const form = await me.visitor.postFile("/images/preview", { name: "a", bytes: file }, {});
      expect(form.status).toBe(200);
      expect(form.$(".alike")).toHaveLength(0);
    }
  });

  test("two plain pictures are not alike", async () => {
    await save(me.visitor, blackPng(120, 90));
    const plain = { name: "a", bytes: blackPng(200, 300) };
    expect((await me.visitor.postFile("/images/preview", plain, {})).$(".alike")).toHaveLength(0);
  });

  test("the very same is named as such", async () => {
    const bytes = await drawPicture(6);
    await save(me.visitor, bytes, "The same");
    const form = await me.visitor.postFile("/images/preview", { name: "a", bytes }, {});
    expect(form.$(".alike").text()).toMatch(/You have this picture:\s*The same, saved in \w+\./);
  });
});

describe("thumbnails", () => {
  test.each([
    [200, 150, [[200, 150]]],
    [
      500,
      250,
      [
        [320, 160],
        [500, 250],
      ],
    ],
    [
      1600,
      800,
      [
        [320, 160],
        [640, 320],
        [1280, 640],
      ],
    ],
  ])("of %i by %i are WebP and never enlarged", async (width, height, sizes) => {
    const bytes = await drawPicture(width, { width, height });
    const { id, location } = await save(me.visitor, bytes);
    const thumbnails = await thumbnailsOf(bytes);
    const found = thumbnails.map(({ metadata }) => [metadata.width, metadata.height]);
    expect(found.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))).toEqual(sizes);
    expect(thumbnails.every(({ metadata }) => metadata.format === "webp")).toBe(true);

    const page = await me.visitor.get(location);
    const image = page.$("article img").first();
    expect([image.attr("width"), image.attr("height")]).toEqual([`${width}`, `${height}`]);
    const srcset = (image.attr("srcset") ?? "").split(", ").map((part) => part.split(" "));
    expect(srcset.map(([, size]) => size)).toEqual(sizes.map(([size]) => `${size}w`));
    expect(image.attr("sizes")).toBeTruthy();
    for (const src of [image.attr("src"), ...srcset.map(([src]) => src)]) {
      const media = await me.visitor.get(src ?? "");
      expect([media.status, media.headers["content-type"]]).toEqual([200, "image/webp"]);
    }
    const card = (await me.visitor.get("/images")).$(`[data-image-id=${id}] img`);
    expect((await me.visitor.get(card.attr("src") ?? "")).status).toBe(200);
  });

  test.each([
    [1000, 30_000],
    [700, 40_000],
    [30_000, 300],
  ])("every size a page names exists, also for %i by %i", async (width, height) => {
    const { location } = await save(me.visitor, blackPng(width, height));
    const page = await me.visitor.get(location);
    const image = page.$("article img").first();
    const named = (image.attr("srcset") ?? "").split(", ").map((part) => part.split(" "));
    expect(named.map(([src]) => src)).toContain(image.attr("src"));
    for (const [src, size] of named) {
      const media = await me.visitor.get(src ?? "");
      expect(media.status).toBe(200);
      expect(`${(await sharp(media.bytes).metadata()).width}w`).toBe(size);
    }
  });

  test("of a photo on its side are upright and tell neither place nor name", async () => {
    const bytes = await drawSidewaysPhoto(8);
    expect((await sharp(bytes).metadata()).exif?.toString("latin1")).toContain("Somebody Private");
    const { id } = await save(me.visitor, bytes);
    const row = await site.deps.database.image.findUniqueOrThrow({ where: { id } });
    expect([row.width, row.height]).toEqual([600, 900]);
    const upright = await sharp(bytes).autoOrient().resize(8, 12, { fit: "fill" }).raw().toBuffer();
    for (const { file, metadata } of await thumbnailsOf(bytes)) {
      const { exif, xmp, iptc, icc, orientation } = metadata;
      expect({ exif, xmp, iptc, icc, orientation }).toEqual({});
      expect(file.includes("Somebody Private")).toBe(false);
      expect(metadata.height).toBeGreaterThan(metadata.width);
      const small = await sharp(file).resize(8, 12, { fit: "fill" }).raw().toBuffer();
      const difference = upright.reduce(
        (sum, value, i) => sum + Math.abs(value - (small[i] ?? 0)),
        0,
      );
      expect(difference / upright.length).toBeLessThan(12);
    }
  });
});
