import { describe, expect, test } from "vitest";
import { buildBookmarklet } from "../../src/features/bookmarklet/build-bookmarklet.ts";
import { openPanel, readPanel, setUpJourney, waitForPanel } from "./bookmarklet-journey.ts";

const journey = setUpJourney();

test("is one javascript: URL that an href and a bookmark keep as it is", () => {
  expect(journey.bookmarklet).toMatch(/^javascript:[!$'-;=-~ ]*(%[0-9A-F]{2}[!$'-;=-~ ]*)*void 0$/);
  expect(journey.bookmarklet.length).toBeLessThan(21_000);
  const parsed = new URL(journey.bookmarklet);
  expect(parsed.hash).toBe("");
  expect(decodeURIComponent(parsed.href)).toBe(decodeURIComponent(journey.bookmarklet));
  expect(journey.bookmarklet).toContain(journey.server.otherOrigin);
  expect(journey.bookmarklet).not.toMatch(/innerHTML|\beval\b|import\(/);
});

describe("finds", () => {
  const cases: Record<string, string[]> = {
    "strict-csp.html": ["A large hill at dusk, 900 x 600", "A small hill at noon, 300 x 200"],
    "sealed.html": [
      "sealed-shared-1200x630.png, 1200 x 630",
      "Eight hundred by six hundred, 800 x 600",
      "Bytes in the page, 320 x 240",
      "Nobody said how large, size unknown",
    ],
    "srcset.html": [
      "A hero in three sizes, 1600 x 900",
      "Art in other formats, 1400 x 700",
      "The card in the page again, 1000 x 500",
      "A dense picture, with a comma, 600 x 600",
    ],
    "lazy.html": [
      "Far below the fold, 1100 x 550",
      "By data srcset, 900 x 600",
      "By data lazy src, 700 x 350",
      "data-bg-450x450.png, 450 x 450",
      "By data src, 500 x 400",
      "By data original, 600 x 300",
    ],
    "backgrounds.html": [
      "poster-1280x720.png, 1280 x 720",
      "A wide landscape in a style, 1300 x 500",
      "bg-set-800x800.png, 800 x 800",
      "bg-two-b-640x480.png, 640 x 480",
      "bg-before-510x510.png, 510 x 510",
      "bg-two-a-640x360.png, 640 x 360",
      "bg-after-410x410.png, 410 x 410",
      'bg-"quoted"-310x310.png, 310 x 310',
      "in-svg-220x220.png, 220 x 220",
    ],
    "shadow.html": ["shadow-inner-550x550.png, 550 x 550", "In an open root, 500 x 500"],
    "frames.html": [
      "In a frame, 700 x 500",
      "frame-deep-600x400.png, 600 x 400",
      "In a srcdoc frame, 330 x 330",
    ],
    "frameset.html": ["In a frame, 700 x 500", "frame-deep-600x400.png, 600 x 400"],
    "inline.html": [
      "A red rectangle of data, 320 x 240",
      "A drawing of data, 200 x 150",
      "A blue rectangle of a blob, 160 x 120",
    ],
    "hostile.html": [
      "The first hostile picture, 900 x 600",
      "The second hostile picture, 800 x 500",
    ],
    "trusted-types.html": ["A picture on a page of trusted types, 500 x 300"],
    "feed.xml": ["A picture in XML, 500 x 300"],
    "alone-1600x900.png": ["alone-1600x900.png, 1600 x 900"],
  };
  for (const [path, pictures] of Object.entries(cases)) {
    test(`the pictures of ${path}, largest first and in focus`, async () => {
      const panel = await journey.open(path);
      expect(panel.pictures).toEqual(pictures);
      expect(panel.focused).toBe(pictures[0]);
    });
  }

  test("a slow picture too, without waiting for it longer than two seconds", async () => {
    const arrives = Promise.withResolvers<void>();
    await journey.page.route("**/slow-*", async (route) => {
      await arrives.promise;
      await route.continue();
    });
    await journey.page.goto(`${journey.server.origin}/ordinary.html`);
    await journey.page.evaluate(() => {
      const slow = document.createElement("img");
      slow.dataset.src = "/slow-2000x2000.png";
      slow.alt = "A slow picture";
      document.body.append(slow);
    });
    const panel = await openPanel(journey.page, journey.bookmarklet);
    expect(panel.focused).toBe("Green hills above a river in spring, 1600 x 900");
    expect(panel.pictures.at(-1)).toBe("A slow picture, size unknown");
    arrives.resolve();
    await waitForPanel(
      journey.page,
      ({ pictures }) => pictures.at(-1) === "A slow picture, 2000 x 2000",
    );
  });

  test("nothing, and says so", async () => {
    // Magpie cannot fetch drawings, so none are offered.
    expect((await journey.open("drawing.svg")).pictures).toEqual([]);
    const panel = await journey.open("no-pictures.html");
    expect(panel.pictures).toEqual([]);
    expect(panel.text).toContain("No pictures of at least 100 × 100 were found on this page.");
    expect(panel.focused).toBe("Close");
    await journey.page.keyboard.press("Enter");
    expect(await readPanel(journey.page)).toBeNull();
  });
});

describe("choosing", () => {
  test("opens the save form with address, title and page, and no opener", async () => {
    await journey.open("ordinary.html?q=a%26b#part");
    const opened = journey.context.waitForEvent("page");
    await journey.page.keyboard.press("Enter");
    const tab = await opened;
    const url = new URL(tab.url());
    expect(url.origin + url.pathname).toBe(`${journey.server.otherOrigin}/images/new`);
    expect([...url.searchParams]).toEqual([
      ["url", `${journey.server.origin}/river-spring-1600x900.jpg`],
      ["title", "Green hills above a river in spring"],
      ["page", `${journey.server.origin}/ordinary.html?q=a%26b#part`],
    ]);
    expect(await tab.locator("#got").getAttribute("data-opener")).toBe("false");
    expect(await readPanel(journey.page)).toBeNull();
  });

  test("takes the page's title when the picture's words are poor, cut to 200", async () => {
    await journey.page.goto(`${journey.server.origin}/ordinary.html`);
    await journey.page.evaluate(() => {
      document.title = `${"long ".repeat(39)}1234\u{1f33f} and more`;
      for (const image of document.images) image.alt = "IMG_1234.jpg";
      document.querySelector("figcaption")?.remove();
    });
    await openPanel(journey.page, journey.bookmarklet);
    const opened = journey.context.waitForEvent("page");
    await journey.page.keyboard.press("Enter");
    // The herb is two units long and would be cut in half.
    const title = `${"long ".repeat(39)}1234`;
    expect(new URL((await opened).url()).searchParams.get("title")).toBe(title);
  });

  test("a lone picture has the file's name for a title", async () => {
    await journey.open("alone-1600x900.png");
    const opened = journey.context.waitForEvent("page");
    await journey.page.keyboard.press("Enter");
    expect(new URL((await opened).url()).searchParams.get("title")).toBe("alone-1600x900.png");
  });

  test("a blocked new tab leaves a link to follow", async () => {
    await journey.page.goto(`${journey.server.origin}/ordinary.html`);
    await journey.page.evaluate(() => {
      window.open = () => null;
    });
    await openPanel(journey.page, journey.bookmarklet);
    await journey.page.keyboard.press("Enter");
    const panel = await waitForPanel(journey.page, ({ link }) => link !== "");
    expect(panel.text).toContain("The browser did not open a new tab.");
    expect(panel.focused).toBe("Open Magpie in a new tab");
    const opened = journey.context.waitForEvent("page");
    await journey.page.keyboard.press("Enter");
    expect((await opened).url()).toBe(panel.link);
    expect(new URL(panel.link).searchParams.get("url")).toContain("river-spring");
  });

  test("an address longer than Magpie takes is explained, not opened", async () => {
    await journey.open("long-address.html");
    await journey.page.keyboard.press("Enter");
    const panel = await waitForPanel(journey.page, ({ link }) => link !== "");
    expect(panel.text).toContain("too long for Magpie");
    expect(journey.context.pages()).toHaveLength(1);
  });
});

describe("a picture inside the page", () => {
  const received = [
    "picture.png image/png 320 x 240",
    "picture.png image/png 200 x 150",
    "picture.png image/png 160 x 120",
  ];
  for (const [index, words] of received.entries()) {
    test(`is handed over as bytes (${words})`, async () => {
      await journey.open("inline.html");
      for (let step = 0; step < index; step += 1) await journey.page.keyboard.press("ArrowRight");
      const opened = journey.context.waitForEvent("page");
      await journey.page.keyboard.press("Enter");
      const tab = await opened;
      await tab.waitForFunction(() => document.body?.textContent?.includes("picture."));
      expect(await tab.locator("#got").textContent()).toBe(
        `${words} from ${journey.server.origin}`,
      );
      expect(new URL(tab.url()).searchParams.has("url")).toBe(false);
      await expect.poll(() => readPanel(journey.page)).toBeNull();
    });
  }

  test("goes to Magpie's origin only", async () => {
    await journey.page.goto(`${journey.server.origin}/inline.html`);
    // The same code for a Magpie elsewhere: the stand-in's messages are a stranger's.
    const elsewhere = await buildBookmarklet({ baseUrl: journey.server.otherOrigin });
    await journey.context.route(`${journey.server.otherOrigin}/images/new*`, (route) =>
      route.fulfill({
        status: 302,
        headers: { location: `${journey.server.origin}/stand-in-for-magpie.html` },
      }),
    );
    await openPanel(journey.page, elsewhere);
    const opened = journey.context.waitForEvent("page");
    await journey.page.keyboard.press("Enter");
    const tab = await opened;
    await tab.waitForLoadState();
    await journey.page.waitForTimeout(300);
    expect(await tab.locator("#got").textContent()).toBe("nothing");
    expect((await readPanel(journey.page))?.text).toContain("Keep this page open");
    await tab.close();
    const panel = await waitForPanel(journey.page, ({ link }) => link !== "");
    expect(panel.text).toContain("The other tab was closed");
  });

  test("is explained where the page cuts the tie to the other tab", async () => {
    await journey.open("severed.html");
    await journey.page.keyboard.press("Enter");
    const panel = await waitForPanel(journey.page, ({ link }) => link !== "");
    expect(panel.text).toContain("may not send it a picture");
  });
});
