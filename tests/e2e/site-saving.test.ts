import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { drawPicture } from "#tests/factories/images.ts";
import { codeAt, giveAuthenticator } from "#tests/factories/second-factors.ts";
import { openPanel, readPanel, rememberShadowRoots } from "./bookmarklet-journey.ts";
import { setUpSite, signIn, watchRequests } from "./site-set-up.ts";

const journey = setUpSite();
const river = { title: "Green hills above a river in spring", path: "/river-spring-1600x900.jpg" };

/** The link to drag, as the browser keeps it. */
async function bookmarkletOf(page: Page): Promise<string> {
  await page.goto("/bookmarklet");
  return page.locator("[data-bookmarklet]").evaluate((link) => (link as HTMLAnchorElement).href);
}

/** Runs the bookmarklet on a stranger's page, chooses its largest picture, and waits for our tab. */
async function chooseOn(address: string, page: Page, bookmarklet: string): Promise<Page> {
  const stranger = await page.context().newPage();
  await stranger.goto(address);
  await openPanel(stranger, bookmarklet);
  const opened = page.context().waitForEvent("page");
  await stranger.keyboard.press("Enter");
  const tab = await opened;
  await tab.waitForLoadState();
  return tab;
}

const previewOf = (page: Page) => page.getByAltText("The picture you are about to save");

/** Waits until the preview is there, drawn and measured. */
async function seePreview(page: Page, words: string): Promise<void> {
  await page.locator("#preview figcaption", { hasText: words }).waitFor();
  await expect
    .poll(() => previewOf(page).evaluate((image) => (image as HTMLImageElement).naturalWidth))
    .toBeGreaterThan(0);
}

async function save(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save picture" }).click();
  await page.locator("article.image").waitFor();
}

const strangersIn = (addresses: string[]) =>
  addresses.filter((address) => !address.startsWith(journey.site.origin));

let inMemory: { name: string; mimeType: string; buffer: Buffer };
beforeAll(async () => {
  const buffer = await drawPicture(7, { width: 900, height: 700 });
  inMemory = { name: "evening-sky_02.jpg", mimeType: "image/jpeg", buffer };
});

test("the bookmarklet leads from a stranger's page to a saved picture with its credit", async () => {
  const { page } = await journey.visitAsMember();
  await rememberShadowRoots(page.context());
  const bookmarklet = await bookmarkletOf(page);
  const address = journey.site.strangers.url("/walk.html");
  const tab = await chooseOn(address, page, bookmarklet);
  const requests = watchRequests(tab);
  await tab.reload();
  await seePreview(tab, "1600 × 900, JPEG");
  expect(await tab.getByLabel("Title").inputValue()).toBe(river.title);
  expect(await tab.getByLabel("Found on page").inputValue()).toBe(address);
  await save(tab);
  expect(strangersIn(requests)).toEqual([]);
  expect(await tab.getByRole("heading", { level: 1 }).textContent()).toBe(river.title);
  expect(await tab.locator("a.source").getAttribute("href")).toBe(address);
  const fetched = journey.site.strangers.requests.filter(
    ({ path, headers }) => path === river.path && headers["user-agent"]?.includes("Magpie"),
  );
  expect(fetched.map(({ headers }) => headers.referer)).toEqual([address]);
  await expect
    .poll(() =>
      tab.locator(".stage img").evaluate((image) => (image as HTMLImageElement).naturalWidth),
    )
    .toBeGreaterThan(300);
});

test("signed out, the bookmarklet leads through the sign-in page to the same filled form", async () => {
  const { page, username } = await journey.visitAsMember();
  await rememberShadowRoots(page.context());
  const bookmarklet = await bookmarkletOf(page);
  await page.context().clearCookies();
  const tab = await chooseOn(journey.site.strangers.url("/walk.html"), page, bookmarklet);
  expect(new URL(tab.url()).pathname).toBe("/login");
  await signIn(tab, username);
  expect(new URL(tab.url()).pathname).toBe("/images/new");
  await seePreview(tab, "1600 × 900");
  expect(await tab.getByLabel("Title").inputValue()).toBe(river.title);
  expect(await tab.getByLabel("Address").inputValue()).toBe(journey.site.strangers.url(river.path));
  await save(tab);
});

test("a picture inside a page is handed over from window to window, through the sign-in pages too", async () => {
  const { page, username, id } = await journey.visitAsMember();
  await rememberShadowRoots(page.context());
  const bookmarklet = await bookmarkletOf(page);
  for (const steps of [0, 1, 2]) {
    const signedOut = steps > 0;
    if (signedOut) await page.context().clearCookies();
    const app = steps === 2 ? await giveAuthenticator(journey.site, { id }) : null;
    const tab = await chooseOn(`${journey.site.pages.origin}/inline.html`, page, bookmarklet);
    if (signedOut) await signIn(tab, username);
    if (app) {
      await tab.getByLabel("Code").fill(codeAt(app.secret, new Date()));
      await tab.getByRole("main").getByRole("button", { name: "Sign in" }).click();
    }
    await seePreview(tab, "320 × 240, PNG");
    expect(await tab.getByLabel("Title").inputValue()).toBe("A red rectangle of data");
    await save(tab);
    const words = signedOut ? "You have this picture already" : "Saved.";
    expect(await tab.getByRole("status").first().textContent()).toContain(words);
  }
  for (const stranger of page.context().pages().slice(1)) {
    if (stranger.url().includes("inline")) expect(await readPanel(stranger)).toBeNull();
  }
});

/** Puts the file into a DataTransfer inside the page and lets `use` dispatch it. */
async function give(page: Page, event: "drop" | "paste"): Promise<void> {
  await page.evaluate(
    ({ base64, name, type, event }) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], name, { type }));
      const init = { bubbles: true, cancelable: true };
      const { body } = document;
      if (event === "paste") {
        body.dispatchEvent(new ClipboardEvent("paste", { ...init, clipboardData: transfer }));
        return;
      }
      for (const step of ["dragenter", "dragover", "drop"]) {
        body.dispatchEvent(new DragEvent(step, { ...init, dataTransfer: transfer }));
      }
    },
    {
      base64: inMemory.buffer.toString("base64"),
      name: inMemory.name,
      type: inMemory.mimeType,
      event,
    },
  );
}

test("a chosen, dropped or pasted file is sent once, shown, and saved", async () => {
  const ways: Record<string, (page: Page) => Promise<void>> = {
    chosen: (page) => page.getByLabel("Or a file from this device").setInputFiles(inMemory),
    dropped: (page) => give(page, "drop"),
    pasted: (page) => give(page, "paste"),
  };
  for (const [way, take] of Object.entries(ways)) {
    const { page } = await journey.visitAsMember();
    await page.goto("/images/new");
    journey.site.received.length = 0;
    await take(page);
    await seePreview(page, "900 × 700, JPEG");
    expect(await page.getByLabel("Title").inputValue(), way).toBe("evening sky 02");
    await save(page);
    const posts = journey.site.received.filter(({ method }) => method === "POST");
    expect(posts.map(({ path }) => path)).toEqual(["/images/preview", "/images"]);
    expect(posts[0]?.bytes, way).toBeGreaterThan(inMemory.buffer.length);
    expect(posts[1]?.bytes, way).toBeLessThan(3000);
  }
});

test("an address is looked at when it changes: a picture, a page of pictures, one too similar, a dead end", async () => {
  const { page } = await journey.visitAsMember();
  const { strangers } = journey.site;
  strangers.serve(
    "/similar.jpg",
    await drawPicture(100, { width: 800, height: 450 }),
    "image/jpeg",
  );
  strangers.serve("/text.txt", "only words", "text/plain");
  await page.goto("/images/new");
  const requests = watchRequests(page);
  const address = page.getByLabel("Address of the picture or its page");
  const enter = async (text: string) => {
    await address.fill(text);
    await address.press("Tab");
  };

  await enter(strangers.url("/summer-field-1200x800.jpg"));
  await seePreview(page, "1200 × 800");
  await enter(strangers.url("/no-such-picture.jpg"));
  const sentence = page.locator("#preview .notice-wrong");
  await sentence.waitFor();
  expect(await sentence.textContent()).toMatch(/^[A-Z][^{}<>]+\.$/);
  expect(await previewOf(page).count()).toBe(0);
  await enter(strangers.url("/text.txt"));
  await expect.poll(() => sentence.textContent()).toContain("not a picture");

  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  strangers.serve("/slow.html", async (_request, response) => {
    asked.resolve();
    await answer.promise;
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><p>No pictures");
  });
  await enter(strangers.url("/slow.html"));
  await asked.promise;
  expect(await page.locator("#preview").textContent()).toBe("Looking at it");
  answer.resolve();
  await page.getByText("no picture was found on it").waitFor();
  // A file that was refused does not stand in the way of the address that follows.
  const text = { name: "notes.png", mimeType: "image/png", buffer: Buffer.from("only words") };
  await page.getByLabel("Or a file from this device").setInputFiles(text);
  await expect.poll(() => address.inputValue()).toBe("");
  await sentence.waitFor();
  await enter(strangers.url("/walk.html"));
  await page.getByText("This is a web page. Choose one of its pictures:").waitFor();
  await page.getByRole("link", { name: river.title }).click();
  await seePreview(page, "1600 × 900");
  expect(await page.getByLabel("Title").inputValue()).toBe(river.title);
  expect(await page.getByLabel("Found on page").inputValue()).toBe(strangers.url("/walk.html"));
  await save(page);

  await page.goto("/images/new");
  await enter(strangers.url("/similar.jpg"));
  const alike = page.locator(".alike");
  await alike.waitFor();
  expect(await alike.textContent()).toMatch(
    /Looks like\s+Green hills above a river in spring, saved/,
  );
  await page.getByLabel("Title").fill("The river, smaller");
  await save(page);
  expect(strangersIn(requests)).toEqual([]);
});

test("a mistake on the form keeps what was typed and the file that was sent", async () => {
  const { page } = await journey.visitAsMember();
  await page.goto("/images/new");
  const other = { ...inMemory, buffer: await drawPicture(8, { width: 500, height: 600 }) };
  await page.getByLabel("Or a file from this device").setInputFiles(other);
  await seePreview(page, "500 × 600");
  await page.getByLabel("Or a file from this device").setInputFiles(inMemory);
  await seePreview(page, "900 × 700");
  await page.getByLabel("Title").fill("   ");
  await page.getByLabel("Description").fill("Seen from the bridge");
  await page.getByRole("button", { name: "Save picture" }).click();
  await page.locator('[data-field-error="title"]').waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("title");
  expect(await page.getByLabel("Description").inputValue()).toBe("Seen from the bridge");
  await seePreview(page, "900 × 700");
  await page.getByLabel("Title").fill("Evening");
  await save(page);
  expect(await page.locator("article").textContent()).toContain("Seen from the bridge");
  expect(await page.locator("article").textContent()).toContain("900 × 700");
});

test("the owner edits a picture, and deletes it after a confirmation", async () => {
  const { page } = await journey.visitAsMember();
  await page.goto("/images/new");
  await page.getByLabel("Or a file from this device").setInputFiles(inMemory);
  await seePreview(page, "900 × 700");
  await save(page);
  const address = page.url();
  await page.getByRole("link", { name: "Edit or delete" }).click();
  await page.getByLabel("Title").fill("Dusk over the weir");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Your changes are saved.").waitFor();
  expect(page.url()).toMatch(/\/dusk-over-the-weir$/);
  await page.getByRole("link", { name: "Edit or delete" }).click();
  const confirm = page.getByRole("button", { name: "Delete for good" });
  expect(await confirm.isVisible()).toBe(false);
  await page.getByText("Delete this picture").click();
  await confirm.click();
  await page.getByText("“Dusk over the weir” is deleted.").waitFor();
  expect((await page.goto(address))?.status()).toBe(404);
});
