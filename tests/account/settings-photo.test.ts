import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { removePhoto, removePhotoQueue, sweepPhotos } from "#features/account/photos.jobs.ts";
import { drawAnimation, drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { expectNoTemporaryFiles, storedFiles } from "#tests/images/stored-files.ts";
import { blackPng, isoMedia, NOT_PICTURES, withBadCrc } from "#tests/support/hostile-images.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Visitor } from "#tests/support/visitor.ts";

const maxBytes = 60_000;
let site: TestApp;
let me: { id: number; username: string; visitor: Visitor };
let now = new Date();
let seed = 0;

beforeAll(async () => {
  site = await startTestApp({ MAX_IMAGE_BYTES: String(maxBytes) }, { clock: () => now });
});
beforeEach(async () => {
  me = await signedInPerson(site);
});
afterAll(() => site.close());

const send = (bytes: Buffer, fields: Record<string, string> = {}, visitor = me.visitor) =>
  visitor.postFile("/settings/profile", { name: "me.jpg", bytes, field: "photo" }, fields);
const photo = async (userId = me.id) =>
  (await site.deps.database.profile.findUniqueOrThrow({ where: { userId } })).photo;
const photos = async () => (await storedFiles(site)).filter((path) => path.startsWith("photos/"));
const jobs = () =>
  site.deps.database.$queryRaw<{ photo: string }[]>`
    select data->>'photo' as photo from pgboss.job where name = ${removePhotoQueue} order by created_on`;

describe("a photo", () => {
  test.each(["jpeg", "png", "webp", "gif", "avif"] as const)(
    "of %s becomes two squares",
    async (format) => {
      const answer = await send(await drawPicture(++seed, { width: 180, height: 110, format }));
      expect([answer.status, answer.errors]).toEqual([303, {}]);
      const key = await photo();
      expect(key).toMatch(/^photos\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{64}$/);
      for (const size of [96, 320]) {
        const file = await me.visitor.get(`/media/${key}-${size}.webp`);
        expect(file.status).toBe(200);
        expect(await sharp(file.bytes).metadata()).toMatchObject({
          format: "webp",
          width: size,
          height: size,
        });
      }
      await expectNoTemporaryFiles(site);
    },
  );

  test.each([
    { width: 1, height: 16_000 },
    { width: 16_000, height: 1 },
    { width: 30, height: 900, orientation: 6 },
  ])("as thin as $width x $height costs no more than others", async ({ orientation, ...size }) => {
    const thin = sharp({ create: { ...size, channels: 3, background: "#a33" } });
    const bytes = await (orientation
      ? thin.withMetadata({ orientation }).jpeg()
      : thin.png()
    ).toBuffer();
    const before = performance.now();
    const answer = await send(bytes);
    expect([answer.status, answer.errors]).toEqual([303, {}]);
    // Made wide as a whole it takes a minute.
    expect(performance.now() - before).toBeLessThan(20_000);
    const { bytes: square } = await me.visitor.get(`/media/${await photo()}-320.webp`);
    expect(await sharp(square).metadata()).toMatchObject({ width: 320, height: 320 });
  });

  test("shows in the menu, in the form and on one's page, to oneself and to others", async () => {
    await send(await drawPicture(++seed));
    const src = `/media/${await photo()}-96.webp`;
    const form = await me.visitor.get("/settings/profile");
    expect(form.$(".menu summary img.avatar").attr("src")).toBe(src);
    expect(form.$("[data-photo-preview] img").attr("src")).toBe(src);
    const other = await signedInPerson(site);
    const page = await other.visitor.get(`/users/${me.username}`);
    expect(page.$("main .person img.avatar").attr("src")).toBe(src);
    expect(page.$(".menu summary img")).toHaveLength(0);
  });

  test("stands upright and tells nothing of where it was taken", async () => {
    const red = { create: { width: 100, height: 200, channels: 3 as const, background: "#f00" } };
    // Its left half is red; turned as its EXIF says, that is the top.
    const sideways = await sharp(red)
      .extend({ right: 100, background: "#00f" })
      .withExif({ IFD0: { Artist: "Somebody" }, IFD3: { GPSLatitudeRef: "N" } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    await send(sideways);
    const { bytes } = await me.visitor.get(`/media/${await photo()}-320.webp`);
    const { exif, orientation, icc } = await sharp(bytes).metadata();
    expect([exif, orientation, icc]).toEqual([undefined, undefined, undefined]);
    const { data } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) => [
      ...data.subarray((y * 320 + x) * 3, (y * 320 + x) * 3 + 3),
    ];
    expect(at(300, 20)[0]).toBeGreaterThan(200);
    expect(at(20, 300)[2]).toBeGreaterThan(200);
  });

  test("of a moving picture is its first frame", async () => {
    expect((await send(await drawAnimation(++seed))).status).toBe(303);
    const { bytes } = await me.visitor.get(`/media/${await photo()}-96.webp`);
    expect((await sharp(bytes).metadata()).pages ?? 1).toBe(1);
  });

  test("of one pixel will do", async () => {
    expect((await send(blackPng(1, 1))).status).toBe(303);
  });

  test("goes when that is asked for, and its files with a job, once", async () => {
    await send(await drawPicture(++seed));
    const key = (await photo()) ?? "";
    const answer = await me.visitor.post("/settings/profile", { removePhoto: "1" });
    expect([answer.status, await photo()]).toEqual([303, null]);
    expect((await jobs()).filter((job) => job.photo === key)).toHaveLength(1);
    await removePhoto(site.deps, { photo: key });
    expect((await photos()).filter((path) => path.startsWith(key))).toEqual([]);
    await removePhoto(site.deps, { photo: key });
    await removePhoto(site.deps, { photo: "../../etc/passwd" });
    const page = await me.visitor.get("/settings/profile");
    expect(page.$("[data-photo-preview] img, [name=removePhoto]")).toHaveLength(0);
  });

  test("is replaced by another, even where its removal was ticked", async () => {
    await send(await drawPicture(++seed));
    const first = (await photo()) ?? "";
    await send(await drawPicture(++seed), { removePhoto: "1" });
    expect(await photo()).not.toBe(first);
    expect(await photo()).not.toBeNull();
    expect((await jobs()).map((job) => job.photo)).toContain(first);
  });

  test("that is sent again stays, without a job", async () => {
    const bytes = await drawPicture(++seed);
    await send(bytes);
    const before = (await jobs()).length;
    await send(bytes);
    expect(await jobs()).toHaveLength(before);
  });

  test("that two people have stays until the second is gone", async () => {
    const bytes = await drawPicture(++seed);
    const other = await signedInPerson(site);
    await send(bytes);
    await send(bytes, {}, other.visitor);
    const key = (await photo()) ?? "";
    expect(await photo(other.id)).toBe(key);
    await me.visitor.post("/settings/profile", { removePhoto: "1" });
    await removePhoto(site.deps, { photo: key });
    expect((await me.visitor.get(`/media/${key}-96.webp`)).status).toBe(200);
  });

  test("and the job that removes the same never leave a profile without its files", async () => {
    const bytes = await drawPicture(++seed);
    await send(bytes);
    const key = (await photo()) ?? "";
    for (let round = 0; round < 5; round += 1) {
      await me.visitor.post("/settings/profile", { removePhoto: "1" });
      await Promise.all([
        removePhoto(site.deps, { photo: key }),
        send(bytes),
        removePhoto(site.deps, { photo: key }),
      ]);
      expect(await photo()).toBe(key);
      expect((await photos()).filter((path) => path.startsWith(key))).toHaveLength(2);
    }
  });
});

describe("a file that is no photo", () => {
  const unreadable =
    "This is not a picture that Magpie can read. It takes JPEG, PNG, WebP, GIF and AVIF.";
  test.each([
    ["text", NOT_PICTURES["text"], unreadable],
    ["an SVG", NOT_PICTURES["SVG"], unreadable],
    ["a web page", NOT_PICTURES["HTML"], unreadable],
    ["an empty file", Buffer.alloc(0), "This file is empty. Choose another."],
    [
      "HEIC",
      isoMedia("heic", "mif1"),
      "This is a HEIC photo, which Magpie cannot read. Save it as JPEG, then try again.",
    ],
    ["damaged", withBadCrc(blackPng(40, 40)), "This picture is damaged or incomplete."],
    [
      "a decompression bomb",
      blackPng(16_000, 16_000),
      "This picture has too many pixels. Make it smaller, then try again.",
    ],
    ["too large", Buffer.alloc(maxBytes + 1, 7), "This file is too large: at most 58 kB."],
  ])("is told beside the field, with what was typed: %s", async (_, bytes, sentence) => {
    const before = await storedFiles(site);
    const answer = await send(bytes ?? Buffer.alloc(0), { firstName: "Typed", bio: "Words" });
    expect(answer.status).toBe(422);
    expect(answer.errors).toEqual({ photo: sentence });
    expect(answer.$("[name=firstName]").val()).toBe("Typed");
    expect(answer.$("[name=bio]").text().trim()).toBe("Words");
    expect(await photo()).toBeNull();
    await expectNoTemporaryFiles(site);
    expect(await storedFiles(site)).toEqual(before);
  });

  test("says to choose a good one again when another field is wrong", async () => {
    const answer = await send(await drawPicture(++seed), { dateOfBirth: "2026-02-31" });
    expect(answer.status).toBe(422);
    expect(Object.keys(answer.errors).sort()).toEqual(["dateOfBirth", "photo"]);
    expect(answer.errors["photo"]).toContain("once more");
    await expectNoTemporaryFiles(site);
  });

  test("with a second token is refused, and leaves no file", async () => {
    const answer = await send(await drawPicture(++seed), { _csrf: "second" });
    expect(answer.status).toBe(400);
    expect(await photo()).toBeNull();
    await expectNoTemporaryFiles(site);
  });
});

test("a photo that a crash left without a profile is swept after an hour", async () => {
  await send(await drawPicture(++seed));
  const kept = (await photo()) ?? "";
  const lost = await signedInPerson(site);
  await send(await drawPicture(++seed), {}, lost.visitor);
  const left = (await photo(lost.id)) ?? "";
  await site.deps.database.profile.update({ where: { userId: lost.id }, data: { photo: null } });
  await sweepPhotos(site.deps);
  expect((await photos()).filter((path) => path.startsWith(left))).toHaveLength(2);
  now = new Date(Date.now() + 3_700_000);
  await sweepPhotos(site.deps);
  now = new Date();
  expect((await photos()).filter((path) => path.startsWith(left))).toEqual([]);
  expect((await photos()).filter((path) => path.startsWith(kept))).toHaveLength(2);
});
