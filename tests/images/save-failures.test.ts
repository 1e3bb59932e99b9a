import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseFetchAllow } from "#platform/address-rules.ts";
import { createSafeFetch } from "#platform/safe-fetch.ts";
import { drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { storedFiles } from "#tests/images/stored-files.ts";
import { blackPng, isoMedia, NOT_PICTURES } from "#tests/support/hostile-images.ts";
import { type ImageServer, startImageServer } from "#tests/support/image-server.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Visitor } from "#tests/support/visitor.ts";

const UNREACHABLE = "Nothing could be fetched from this address.";
const NO_PICTURE =
  "This is not a picture that Magpie can read. It takes JPEG, PNG, WebP, GIF and AVIF.";

const HEIC = "This is a HEIC photo, which Magpie cannot read. Save it as JPEG, then try again.";
const TOO_MANY_PIXELS = "This picture has too many pixels. Make it smaller, then try again.";
const TOO_LARGE = "The file at this address is too large.";
const NO_ADDRESS =
  "Enter an address that begins with https:// or http://, of at most 2,048 characters.";

let site: TestApp;
let web: ImageServer;
let visitor: Visitor;

beforeAll(async () => {
  web = await startImageServer();
  site = await startTestApp({
    FETCH_ALLOW: `${web.host},${closedHost}`,
    MAX_IMAGE_BYTES: "60000",
    MAX_IMAGE_PIXELS: "200000",
  });
  visitor = (await signedInPerson(site)).visitor;
});
afterAll(async () => {
  await site.close();
  await web.close();
});

/** Where nobody listens, nor is given a port by the system. */
const closedHost = "127.0.0.1:1";

/** Tries to save and to preview; both must say `sentence` and leave nothing. */
async function expectRefusal(url: string, sentence: string, by = { site, visitor }) {
  const typed = {
    ...{ title: "Kept <title>", description: "Kept\nwords", page: "https://example.org/kept" },
    url,
  };
  const answer = await by.visitor.post("/images", typed);
  expect(answer.errors).toEqual({ url: sentence });
  expect(answer.status).toBe(422);
  for (const name of ["title", "page", "url"] as const) {
    expect(answer.$(`input[name=${name}]`).val()).toBe(typed[name]);
  }
  expect(answer.$("textarea[name=description]").text().trim()).toBe(typed.description);
  expect(answer.$("input[name=url]").attr("aria-invalid")).toBe("true");

  const fragment = await by.visitor.post("/images/preview", typed, {
    headers: { "HX-Request": "true" },
  });
  expect(fragment.status).toBe(422);
  expect(fragment.text).not.toContain("<html");
  expect(fragment.$("#preview").text()).toContain(sentence);

  expect(await by.site.deps.database.image.count()).toBe(0);
  expect(await by.site.deps.database.action.count({ where: { verb: "image_bookmarked" } })).toBe(0);
  expect(await storedFiles(by.site)).toEqual([]);
}

describe("a picture that cannot be kept is refused in plain words, and nothing is left of it", () => {
  test.each([
    ["text", "text/plain", NOT_PICTURES.text, NO_PICTURE],
    ["an SVG that calls itself PNG", "image/png", NOT_PICTURES.SVG, NO_PICTURE],
    ["a PDF", "application/pdf", NOT_PICTURES.PDF, NO_PICTURE],
    ["a HEIC photo", "image/jpeg", isoMedia("heic", "mif1"), HEIC],
    ["too many pixels", "image/png", blackPng(1000, 201), TOO_MANY_PIXELS],
    ["too large a file", "image/jpeg", Buffer.alloc(60_001, 1), TOO_LARGE],
  ])("%s", async (_name, type, bytes, sentence) => {
    web.serve("/refused?x=1", bytes ?? "", type);
    await expectRefusal(web.url("/refused?x=1"), sentence);
  });

  test("a damaged picture", async () => {
    const whole = await drawPicture(1);
    web.serve("/half.jpg", whole.subarray(0, whole.length / 2), "image/jpeg");
    await expectRefusal(web.url("/half.jpg"), "This picture is damaged or incomplete.");
  });

  test("a file that grows past the limit without telling its length", async () => {
    web.serve("/endless", (_req, res) => {
      res.writeHead(200, { "content-type": "image/jpeg" });
      const timer = setInterval(() => res.write(Buffer.alloc(20_000, 1)), 5);
      res.on("close", () => clearInterval(timer));
    });
    await expectRefusal(web.url("/endless"), TOO_LARGE);
  });

  test.each([401, 403, 404, 410, 429, 500, 503])("a host that answers %i", async (status) => {
    web.serve(`/status-${status}`, (_req, res) => void res.writeHead(status).end("a secret page"));
    await expectRefusal(
      web.url(`/status-${status}`),
      "The site at this address did not hand out a file.",
    );
  });

  test("closed, blocked and unknown addresses all get one sentence", async () => {
    const other = await startImageServer();
    other.serve("/admin", await drawPicture(2));
    for (const url of [
      `http://${closedHost}/a.jpg`,
      other.url("/admin"),
      "http://10.0.0.1/a.jpg",
      "http://169.254.169.254/latest/meta-data/",
      "http://[::1]/a.jpg",
      "http://localhost/a.jpg",
      "http://printer.internal/a.jpg",
      "http://user:secret@example.org/a.jpg",
    ]) {
      await expectRefusal(url, UNREACHABLE);
    }
    expect(other.requests).toEqual([]);
    await other.close();
  });

  test.each([
    "javascript:alert(1)",
    "data:image/png;base64,iVBORw0KGgo=",
    "ftp://example.org/a",
    "hello",
  ])("%s is no address of the web", (url) => expectRefusal(url, NO_ADDRESS));

  test("an address that is too long", () =>
    expectRefusal(web.url(`/${"a".repeat(2048)}`), NO_ADDRESS));

  test("a host that is too slow", async () => {
    const fakes = {
      clock: () => new Date(),
      safeFetch: createSafeFetch({
        ...{
          allow: parseFetchAllow(web.host),
          maxBytes: 60_000,
          timeoutMs: 100,
          userAgent: "Magpie",
        },
        temporaryFolder: tmpdir(),
        logger: { warn: () => {} },
      }),
    };
    const impatient = await startTestApp({}, fakes);
    const person = await signedInPerson(impatient);
    web.serve("/slow", (_req, res) => void res.writeHead(200).write("wait"));
    await expectRefusal(web.url("/slow"), "The site at this address took too long to answer.", {
      site: impatient,
      visitor: person.visitor,
    });
    await impatient.close();
  });
});

describe("what else is wrong is said beside its field", () => {
  test.each([
    [{ title: " " }, { title: "Give the picture a title." }],
    [{ title: "a".repeat(201) }, { title: "Use at most 200 characters." }],
    [{ description: "a".repeat(5001) }, { description: "Use at most 5,000 characters." }],
    [{ page: "javascript:alert(1)" }, { page: NO_ADDRESS }],
    [{ url: "" }, { url: "Enter the address of a picture, or choose a file." }],
  ])("%o", async (wrong: Record<string, string>, errors: Record<string, string>) => {
    web.serve("/good.jpg", await drawPicture(3));
    const fields = { url: web.url("/good.jpg"), title: "Good", ...wrong };
    const before = web.requests.length;
    const answer = await visitor.post("/images", fields);
    expect(answer.status).toBe(422);
    expect(answer.errors).toEqual(errors);
    expect(answer.$("input[name=url]").val()).toBe(fields.url);
    expect(web.requests.length).toBe(before);
    expect(await site.deps.database.image.count()).toBe(0);
  });
});
