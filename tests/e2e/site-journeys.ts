import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { goodPassword } from "#tests/factories/people.ts";
import { type SiteJourney, watchRequests } from "./site-set-up.ts";

const idsOf = (page: Page): Promise<number[]> =>
  page.locator(".card").evaluateAll((cards) => cards.map((card) => Number(card.dataset.imageId)));

/** Survives what happens within a page, and is gone after a full navigation. */
const mark = (page: Page) => page.evaluate(() => void Object.assign(window, { marked: true }));
const isMarked = (page: Page) => page.evaluate(() => "marked" in window);

async function newestIds(journey: SiteJourney): Promise<number[]> {
  const rows = await journey.site.deps.database.image.findMany({
    select: { id: true },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
  });
  return rows.map((row) => row.id);
}

/** What people do on the demo, with a browser that runs scripts. */
export function testJourneys(journey: SiteJourney): void {
  test("a visitor browses the demo, joins to like a picture, and likes and unlikes it without a reload", async () => {
    const page = await journey.visit();
    await page.goto("/");
    const newest = await newestIds(journey);
    expect(await idsOf(page)).toEqual(newest.slice(0, 24));
    await mark(page);
    await expect
      .poll(async () => {
        await page.mouse.wheel(0, 20_000);
        return idsOf(page);
      })
      .toEqual(newest);
    expect(await page.getByRole("link", { name: "Show more" }).count()).toBe(0);
    expect(await isMarked(page)).toBe(true);
    // What stands later in the list never stands above what is newer.
    const tops = await page
      .locator(".card")
      .evaluateAll((cards) => cards.map((card) => Math.round(card.getBoundingClientRect().top)));
    expect(tops).toEqual(tops.toSorted((a, b) => a - b));

    await page.locator(".card").nth(30).getByRole("link").first().click();
    const article = page.locator("article.image");
    await article.waitFor();
    expect(await article.getAttribute("data-image-id")).toBe(String(newest[30]));
    const address = page.url();
    await page.getByRole("link", { name: "Like", exact: true }).click();
    expect(new URL(page.url()).searchParams.get("next")).toBe(new URL(address).pathname);
    await page.getByRole("link", { name: "Join Magpie" }).click();
    await page.getByLabel("Username").fill("wren_the_first");
    await page.getByLabel("First name").fill("Wren");
    await page.getByLabel("E-mail address").fill("wren@example.org");
    await page.getByLabel("Password", { exact: true }).fill(goodPassword);
    await page.getByLabel("Password again").fill(goodPassword);
    await page.getByRole("main").getByRole("button", { name: "Join" }).click();
    await page.getByText("Welcome, Wren.").waitFor();
    await page.waitForLoadState();
    expect(page.url()).toBe(address);

    const likes = async () => Number(await article.getAttribute("data-likes"));
    const before = await likes();
    await mark(page);
    await page.getByRole("button", { name: "Like", exact: true }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(likes).toBe(before + 1);
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
    await expect.poll(focused).toBe("Unlike");
    expect(await article.textContent()).toContain("Wren");
    await page.keyboard.press("Enter");
    await expect.poll(likes).toBe(before);
    await expect.poll(focused).toBe("Like");
    await page.keyboard.press("Enter");
    await expect.poll(likes).toBe(before + 1);
    expect(await isMarked(page)).toBe(true);
    await page.reload();
    expect(await likes()).toBe(before + 1);
    await page.getByRole("button", { name: "Unlike" }).waitFor();
  });

  test("the menu opens, closes on Escape and on a click elsewhere, and signs out by keyboard alone", async () => {
    const { page, username } = await journey.visitAsMember();
    await page.goto("/images");
    const menu = page.locator("details.menu");
    const isOpen = () => menu.evaluate((details) => (details as HTMLDetailsElement).open);
    const summary = menu.locator("summary");
    await summary.click();
    expect(await isOpen()).toBe(true);
    await page.getByRole("contentinfo").click({ force: true, position: { x: 2, y: 2 } });
    expect(await isOpen()).toBe(false);

    await page.goto("/images");
    for (let step = 0; step < 12; step += 1) {
      await page.keyboard.press("Tab");
      if (await summary.evaluate((element) => element === document.activeElement)) break;
    }
    await page.keyboard.press("Enter");
    expect(await isOpen()).toBe(true);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
    expect(await isOpen()).toBe(false);
    expect(await summary.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    for (const name of ["Your pictures", "The Save button", "Settings", "Sign out"]) {
      await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe(name);
    }
    await page.keyboard.press("Enter");
    await page.getByText("You are signed out.").waitFor();
    await page.goto("/images/new");
    expect(new URL(page.url()).pathname).toBe("/login");
    expect(await page.content()).not.toContain(username);
  });

  test("who was signed out elsewhere is led to the sign-in page by the like button, and back", async () => {
    const { page, id } = await journey.visitAsMember();
    await page.goto("/");
    await page.locator(".card-picture").first().click();
    await page.locator("article.image").waitFor();
    const address = page.url();
    await journey.site.deps.database.session.deleteMany({ where: { userId: id } });
    await page.getByRole("button", { name: "Like", exact: true }).click();
    await page.waitForURL((url) => url.pathname === "/login");
    expect(new URL(page.url()).searchParams.get("next")).toBe(new URL(address).pathname);
  });

  test("the first view of the list takes less than 60 KiB besides its pictures", async () => {
    const page = await journey.visit();
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    const types = new Map<string, string>();
    const sizes: Record<string, number> = {};
    session.on("Network.responseReceived", ({ requestId, response, type }) => {
      types.set(requestId, `${type} ${new URL(response.url).pathname}`);
    });
    session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      const name = types.get(requestId) ?? requestId;
      if (!name.includes(" /media/")) sizes[name] = (sizes[name] ?? 0) + encodedDataLength;
    });
    await page.goto("/", { waitUntil: "networkidle" });
    expect(
      Object.keys(sizes)
        .map((name) => name.split(" ")[0])
        .sort(),
    ).toEqual(["Document", "Script", "Stylesheet"]);
    const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
    expect(total, JSON.stringify(sizes)).toBeLessThan(60 * 1024);
  });

  test("pictures come in the sizes that the screen needs, and only those near it", async () => {
    const page = await journey.visit({ viewport: { width: 390, height: 844 } });
    const requests = watchRequests(page);
    await page.goto("/", { waitUntil: "networkidle" });
    const pictures = requests.filter((url) => url.includes("/media/"));
    expect(pictures.length).toBeLessThan(24);
    expect(pictures.every((url) => /-(320|640)\.webp$/.test(url))).toBe(true);
  });
}
