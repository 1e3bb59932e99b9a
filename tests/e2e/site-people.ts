import { expect, test } from "vitest";
import type { SiteJourney } from "./site-set-up.ts";
import { signIn } from "./site-set-up.ts";

/** What people do among each other on the demo. */
export function testPeople(journey: SiteJourney): void {
  test("somebody new finds people to follow, and sees in the feed what they do next", async () => {
    const { page } = await journey.visitAsMember();
    const { page: friend, username } = await journey.visitAsMember();

    await page.goto("/");
    await page.getByRole("heading", { name: "People to follow" }).waitFor();
    await page.getByRole("link", { name: "People", exact: true }).click();
    await page.locator(".person-tile").getByRole("link", { name: username, exact: true }).click();
    const person = page.locator("header.person");
    await person.waitFor();
    await page.waitForLoadState();
    await page.evaluate(() => void Object.assign(window, { marked: true }));
    await person.getByRole("button", { name: "Follow" }).focus();
    await page.keyboard.press("Enter");
    await person.getByRole("button", { name: "Unfollow" }).waitFor();
    expect(await person.textContent()).toContain("1 follower");
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent))
      .toContain("Unfollow");
    expect(await page.evaluate(() => "marked" in window)).toBe(true);

    await friend.goto("/images");
    const title = await friend.locator(".card-title").nth(4).textContent();
    await friend.locator(".card-picture").nth(4).click();
    await friend.getByRole("button", { name: "Like", exact: true }).click();
    await friend.getByRole("button", { name: "Unlike" }).waitFor();

    await page.goto("/");
    const newest = page.locator("[data-action]").first();
    expect(await newest.getAttribute("data-action")).toBe("image_liked");
    expect(await newest.textContent()).toContain(username);
    expect(await newest.textContent()).toContain(title);
    expect(await newest.locator("time").textContent()).toBe("just now");
    await newest.locator("[data-image-id] a").click();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(title);
  });

  test("a second person's look at a picture moves the ranking", async () => {
    // A headless Chromium says so, and counts as a bot.
    const userAgent =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/153.0 Safari/537.36";
    const { page: first } = await journey.visitAsMember({ userAgent });
    const { page: second, username } = await journey.visitAsMember();
    const { strangers, deps } = journey.site;
    // The demo's own places are taken by more views than this journey makes.
    await deps.database.imageDailyView.deleteMany();
    const ids = () =>
      second
        .locator("[data-image-id]")
        .evaluateAll((rows) => rows.map((row) => Number(row.dataset["imageId"])));
    await second.goto(
      `/images/new?${new URLSearchParams({ url: strangers.url("/river-spring-1600x900.jpg"), title: "Seen" })}`,
    );
    await second.getByRole("main").getByRole("button", { name: "Save picture" }).click();
    await second.locator("article.image").waitFor();
    const address = new URL(second.url()).pathname;
    const id = Number(address.split("/")[2]);
    await deps.viewCounters.flush();
    await second.goto("/ranking?period=day");
    expect(await ids()).toEqual([]);

    await first.goto(address);
    await first.reload();
    await deps.viewCounters.flush();
    await second.goto("/ranking?period=day");
    expect(await ids()).toEqual([id]);
    const place = second.locator(`[data-image-id="${id}"]`);
    expect(await place.textContent()).toContain("1 view");
    expect(await place.textContent()).toContain(username);

    const stranger = await journey.visit({ userAgent });
    await stranger.goto(address);
    await deps.viewCounters.flush();
    await second.goto(address);
    expect(await second.locator("article.image").getAttribute("data-views")).toBe("2");
    await second.getByText("Edit or delete").click();
    await second.getByText("Delete this picture").click();
    await second.getByRole("button", { name: "Delete for good" }).click();
    await second.goto("/ranking?period=day");
    expect(await ids()).toEqual([]);
  });

  test("without scripts people follow, unfollow and read on in the feed", async () => {
    const page = await journey.visit({ javaScriptEnabled: false });
    const { username } = await journey.visitAsMember();
    await page.goto("/users/mirka");
    await page.getByRole("link", { name: "Follow Mirka Hautala" }).click();
    await signIn(page, username);
    await page.getByRole("button", { name: "Follow Mirka Hautala", exact: true }).click();
    expect(new URL(page.url()).pathname).toBe("/users/mirka");
    await page.getByRole("button", { name: "Unfollow Mirka Hautala" }).waitFor();

    await page.goto("/");
    const rows = page.locator("[data-action]");
    const seen = await rows.count();
    expect(seen).toBeGreaterThan(5);
    for (const words of await rows.locator(".deed-words").allTextContents())
      expect(words).toContain("Mirka Hautala");

    await page.goto("/users/mirka");
    await page.getByRole("button", { name: "Unfollow Mirka Hautala" }).click();
    await page.goto("/");
    await page.getByRole("heading", { name: "What people do" }).waitFor();
    expect(await rows.count()).toBe(20);
    await page.getByRole("link", { name: "Show more" }).click();
    expect(await rows.count()).toBeGreaterThan(0);
  });
}
