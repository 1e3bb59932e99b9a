import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { expectNoTemporaryFiles, storedFiles } from "#tests/images/stored-files.ts";
import { isoMedia, NOT_PICTURES } from "#tests/support/hostile-images.ts";
import { type ImageServer, startImageServer } from "#tests/support/image-server.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Answer, Visitor } from "#tests/support/visitor.ts";

const MAX_BYTES = 60_000;

let site: TestApp;
let web: ImageServer;
let me: { id: number; visitor: Visitor };
let now = new Date();

beforeAll(async () => {
  web = await startImageServer();
  const settings = { FETCH_ALLOW: web.host, MAX_IMAGE_BYTES: String(MAX_BYTES) };
  site = await startTestApp(settings, { clock: () => now });
  me = await signedInPerson(site);
});
afterAll(async () => {
  await site.close();
  await web.close();
});

let seed = 0;
const picture = async () => ({ name: "holiday.jpg", bytes: await drawPicture(++seed) });
const typed = { title: "Typed", description: "Words\nmore", page: "https://example.org/page" };

async function imageAt({ location, status, errors }: Answer) {
  expect({ status, errors }).toEqual({ status: 303, errors: {} });
  const id = Number(location?.split("/")[2]);
  return site.deps.database.image.findUniqueOrThrow({ where: { id } });
}

function expectTyped({ $ }: Answer, values: Record<string, string> = typed) {
  for (const [name, value] of Object.entries(values)) {
    const field = $(`input[name=${name}], textarea[name=${name}]`);
    expect(String(field.val() ?? field.text()).trim()).toBe(value);
  }
}

describe("a file from the device", () => {
  test("is kept without a source, and credited to the page that was named", async () => {
    const image = await imageAt(await me.visitor.postFile("/images", await picture(), typed));
    expect(image).toMatchObject({ ownerId: me.id, sourceUrl: null, pageUrl: typed.page });
    expect(image).toMatchObject({ title: "Typed", format: "jpeg", width: 400 });
    await expectNoTemporaryFiles(site);
  });

  test("has no source link when no page was named", async () => {
    const answer = await me.visitor.postFile("/images", await picture(), { title: "Mine" });
    const page = await me.visitor.get(answer.location ?? "");
    expect(page.$("a.source")).toHaveLength(0);
  });

  test("wins over an address in the same form, which is not asked", async () => {
    const before = web.requests.length;
    const fields = { ...typed, url: web.url("/never.jpg") };
    const image = await imageAt(await me.visitor.postFile("/images", await picture(), fields));
    expect(image.sourceUrl).toBeNull();
    expect(web.requests.length).toBe(before);
  });

  test("that is empty makes way for an address, or is told", async () => {
    web.serve("/instead.jpg", await drawPicture(900));
    const empty = { name: "empty.jpg", bytes: Buffer.alloc(0) };
    const fields = { title: "Instead", url: web.url("/instead.jpg") };
    const image = await imageAt(await me.visitor.postFile("/images", empty, fields));
    expect(image.sourceUrl).toBe(fields.url);
    const answer = await me.visitor.postFile("/images", empty, { title: "Nothing" });
    expect(answer.status).toBe(422);
    expect(answer.errors).toEqual({ file: "This file is empty. Choose another." });
    await expectNoTemporaryFiles(site);
  });
});

describe("a file that cannot be kept", () => {
  const unreadable =
    "This is not a picture that Magpie can read. It takes JPEG, PNG, WebP, GIF and AVIF.";
  test.each([
    ["text", "notes.jpg", NOT_PICTURES.text, unreadable],
    ["an SVG", "drawing.png", NOT_PICTURES.SVG, unreadable],
    ["a web page", "page.html", NOT_PICTURES.HTML, unreadable],
    [
      ...(["HEIC", "IMG_1.heic", isoMedia("heic", "mif1")] as const),
      "This is a HEIC photo, which Magpie cannot read. Save it as JPEG, then try again.",
    ],
    [
      ...(["too large", "large.jpg", Buffer.alloc(MAX_BYTES + 1, 7)] as const),
      "This file is too large: at most 58 kB.",
    ],
  ])("is refused beside its field, with what was typed: %s", async (_, name, bytes, sentence) => {
    const before = await storedFiles(site);
    for (const path of ["/images", "/images/preview"]) {
      const file = { name, bytes: bytes ?? Buffer.alloc(0) };
      const answer = await me.visitor.postFile(path, file, typed);
      expect(answer.status).toBe(422);
      expect(answer.errors).toEqual({ file: sentence });
      expectTyped(answer);
      expect(answer.$("input[name=file]").attr("aria-invalid")).toBe("true");
    }
    await expectNoTemporaryFiles(site);
    expect(await storedFiles(site)).toEqual(before);
  });

  test("is 413 when it is larger than a form may be at all, and nothing is left", async () => {
    const file = { name: "huge.jpg", bytes: Buffer.alloc(MAX_BYTES * 4 + 1, 7) };
    expect((await me.visitor.postFile("/images", file, typed)).status).toBe(413);
    await expectNoTemporaryFiles(site);
  });
});

describe("a file sent with something else wrong", () => {
  test("waits, and is saved by the next form without being sent again", async () => {
    const file = await picture();
    const wrong = await me.visitor.postFile("/images", file, { ...typed, title: "" });
    expect(wrong.status).toBe(422);
    expect(wrong.errors).toEqual({ title: "Give the picture a title." });
    expectTyped(wrong, { ...typed, title: "" });
    const upload = String(wrong.$("input[name=upload]").val());
    const src = wrong.$('img[src^="/images/preview?upload="]').attr("src") ?? "";
    expect((await me.visitor.get(src)).headers["content-type"]).toBe("image/webp");

    const again = await me.visitor.post("/images", { ...typed, upload, title: "a".repeat(201) });
    expect(again.status).toBe(422);
    expect(again.$("input[name=upload]").val()).toBe(upload);

    const image = await imageAt(await me.visitor.post("/images", { ...typed, upload }));
    expect(image).toMatchObject({ title: "Typed", bytes: file.bytes.length, sourceUrl: null });
    expect((await me.visitor.get(`/media/${image.storageKey}`)).bytes).toEqual(file.bytes);
    await expectNoTemporaryFiles(site);
  });

  test("makes way for another file", async () => {
    const first = await me.visitor.postFile("/images/preview", await picture(), typed);
    const upload = String(first.$("input[name=upload]").val());
    const other = {
      name: "other.png",
      bytes: await drawPicture(901, { width: 80, height: 60, format: "png" }),
    };
    const image = await imageAt(await me.visitor.postFile("/images", other, { ...typed, upload }));
    expect(image.format).toBe("png");
  });

  test("waits for ten minutes", async () => {
    const wrong = await me.visitor.postFile("/images", await picture(), { title: "" });
    const upload = String(wrong.$("input[name=upload]").val());
    now = new Date(now.getTime() + 600_001);
    const late = await me.visitor.post("/images", { ...typed, upload });
    expect(late.status).toBe(422);
    expect(late.errors).toEqual({ file: "This file waited too long. Choose it again." });
    expectTyped(late);
    // Its files go a few minutes later, when the next picture comes.
    now = new Date(now.getTime() + 300_000);
    await me.visitor.postFile("/images", await picture(), typed);
    await expectNoTemporaryFiles(site);
  });

  test("an empty form says what is missing", async () => {
    const answer = await me.visitor.post("/images", {});
    expect(answer.status).toBe(422);
    expect(answer.errors).toEqual({ title: "Give the picture a title." });
    const titled = await me.visitor.post("/images", { title: "Nothing" });
    expect(titled.errors).toEqual({ url: "Enter the address of a picture, or choose a file." });
  });
});
