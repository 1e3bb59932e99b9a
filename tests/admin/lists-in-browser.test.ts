import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createPeopleRows } from "#tests/factories/deeds.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { launchBrowser } from "#tests/support/browser.ts";
import { administrator, type SiteServer, startSite } from "#tests/support/site-server.ts";

// A browser, a site and axe take their time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let site: SiteServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [site, browser] = await Promise.all([startSite(), launchBrowser()]);
  const [id = 0] = await createPeopleRows(site.deps.database, 60, "heron");
  const [imageId = 0] = await createImageRows(site.deps.database, id, 3, {
    title: "x".repeat(200),
  });
  await site.deps.database.like.create({ data: { userId: id, imageId } });
  await site.deps.database.user.create({
    data: {
      username: "a_name_of_thirty_letters_in_all",
      email: "somebody.with.a.long.address@a-long.example.org",
      profile: { create: {} },
    },
  });
  page = await (await browser.newContext()).newPage();
  await page.goto(`${site.origin}/login`);
  await page.fill("[name=username]", administrator.username);
  await page.fill("[name=password]", administrator.password);
  await page.click("main button[type=submit]");
  await page.waitForURL(`${site.origin}/`);
});
beforeEach(async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: "light" });
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

describe("the ways on", () => {
  test.each([390, 1280])("leave the Tab key to start at the top, %i wide", async (width) => {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`${site.origin}/admin/history`);
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").getAttribute("class")).toContain("skip");
  });

  test("show where one is on a phone", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${site.origin}/admin/history`);
    const here = page.locator(".section-nav [aria-current]");
    await expect.poll(async () => (await here.boundingBox())?.x).toBeLessThan(390);
    const box = await here.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
  });
});

describe("a list", () => {
  test("lets choose rows one by one, or all of the page, and waits for one", async () => {
    await page.goto(`${site.origin}/admin/users`);
    const go = page.getByRole("button", { name: "Go" });
    const all = page.getByRole("checkbox", { name: "Choose all on this page" });
    const chosen = page.locator("[data-chosen]");
    expect(await go.isDisabled()).toBe(true);
    await page.getByRole("checkbox", { name: "Choose heron_59" }).check();
    expect(await chosen.textContent()).toBe("1 chosen");
    expect(await go.isEnabled()).toBe(true);
    expect(await page.locator("[data-choose-all] :indeterminate").count()).toBe(1);
    await all.check();
    expect(await chosen.textContent()).toBe("50 chosen");
    const list = page.getByRole("checkbox", { name: /^All \d\d people$/ });
    const number = (await list.getAttribute("data-choose-list")) ?? "";
    await all.uncheck();
    await list.check();
    expect(await chosen.textContent()).toBe(`${number} chosen`);
    await page.getByRole("checkbox", { name: "Choose heron_59" }).uncheck();
    expect([await list.isChecked(), await chosen.textContent()]).toEqual([false, "49 chosen"]);
    await list.check();
    await list.uncheck();
    expect(await chosen.textContent()).toBe("");
    await list.check();
    await all.uncheck();
    expect(await list.isChecked()).toBe(false);
    expect(await chosen.textContent()).toBe("");
    expect(await go.isDisabled()).toBe(true);
  });

  test("keeps what is not asked out of its address", async () => {
    await page.goto(`${site.origin}/admin/users?sort=username`);
    await page.getByLabel("Search people").fill("heron");
    await page.getByLabel("Active", { exact: true }).selectOption("Yes");
    await page.getByRole("button", { name: "Filter" }).click();
    await page.waitForURL(/active/);
    expect(new URL(page.url()).search).toBe("?sort=username&q=heron&active=yes");
    await page.getByRole("link", { name: "Next" }).click();
    await page.waitForURL(/after/);
    expect(await page.locator("tbody tr").count()).toBe(10);
    await page.getByRole("link", { name: "Previous" }).click();
    await page.waitForURL(/before/);
    expect(await page.locator("tbody tr").count()).toBe(50);
  });

  test("fits a phone, with its filters folded and nothing beside the page", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const { id } = await site.deps.database.image.findFirstOrThrow();
    for (const name of ["users", "images", "likes", `images/${id}`]) {
      await page.goto(`${site.origin}/admin/${name}`);
      const width = await page.evaluate("document.documentElement.scrollWidth");
      expect([name, width]).toEqual([name, expect.toSatisfy((most: number) => most <= 390)]);
    }
    await page.goto(`${site.origin}/admin/images`);
    expect(await page.getByLabel("Format").isVisible()).toBe(false);
    await page.getByText("Filters", { exact: true }).click();
    expect(await page.getByLabel("Format").isVisible()).toBe(true);
  });

  test.each([1024, 1280, 1366, 1440])("shows all of itself %i wide", async (width) => {
    await page.setViewportSize({ width, height: 800 });
    for (const name of ["users", "images", "likes", "profiles", "actions", "sessions"]) {
      await page.goto(`${site.origin}/admin/${name}`);
      const beyond = await page.evaluate(
        "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.list-scroll'))",
      );
      expect([name, beyond]).toEqual([name, 0]);
    }
  });

  test("breaks no number and no short word beside a long title", async () => {
    for (const [name, cell] of [
      ["likes", ".list-open a"],
      ["images", ".list-size"],
    ] as const) {
      await page.goto(`${site.origin}/admin/${name}`);
      const [height, line] = (await page.evaluate(`(() => {
        const cell = document.querySelector("${cell}");
        const words = document.createRange();
        words.selectNodeContents(cell);
        return [words.getBoundingClientRect().height, parseFloat(getComputedStyle(cell).fontSize)];
      })()`)) as [number, number];
      expect([name, height]).toEqual([name, expect.toSatisfy((high: number) => high < 2 * line)]);
    }
  });

  test("lets one begin an action only by choosing it", async () => {
    await page.goto(`${site.origin}/admin/users`);
    await page.getByRole("checkbox", { name: "Choose heron_59" }).check();
    await page.getByRole("button", { name: "Go" }).click();
    expect(page.url()).toBe(`${site.origin}/admin/users`);
    expect(await page.getByRole("checkbox", { name: "Choose heron_59" }).isChecked()).toBe(true);
    await page.getByLabel("With those chosen").selectOption("Deactivate");
    await page.getByRole("button", { name: "Go" }).click();
    await page.getByText("Deactivate 1 person?").waitFor();
  });

  test("has a picker whose choice moves nothing beside it, and fits a phone", async () => {
    await page.goto(`${site.origin}/admin/likes`);
    const person = page.getByRole("combobox", { name: "Person" });
    const before = await person.boundingBox();
    await page.getByRole("combobox", { name: "Picture" }).fill("xxx");
    await page.locator(".picker-choice").first().click();
    await page.locator("[data-picker-chosen] img").waitFor();
    expect(await person.boundingBox()).toEqual(before);
    await page.getByRole("button", { name: "Filter" }).click();
    await page.waitForURL(/image=/);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByText("Filters", { exact: true }).click();
    const width = await page.evaluate("document.documentElement.scrollWidth");
    expect(width).toBeLessThanOrEqual(390);
  });

  test.each(["light", "dark"] as const)(
    "has nothing that axe finds in %s colours",
    async (scheme) => {
      await page.emulateMedia({ colorScheme: scheme });
      for (const path of [
        "users?q=heron&active=yes",
        "images",
        "likes",
        "images?q=nothing-of-this",
      ]) {
        for (const width of [390, 1280]) {
          await page.setViewportSize({ width, height: 800 });
          await page.goto(`${site.origin}/admin/${path}`);
          const { violations } = await new AxeBuilder({ page }).analyze();
          expect([path, violations]).toEqual([path, []]);
        }
      }
    },
  );
});
