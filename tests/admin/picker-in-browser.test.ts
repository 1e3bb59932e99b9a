import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createPeopleRows } from "#tests/factories/deeds.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { launchBrowser } from "#tests/support/browser.ts";
import { administrator, type SiteServer, startSite } from "#tests/support/site-server.ts";

let site: SiteServer;
let browser: Browser;
let page: Page;
let imageId: number;

beforeAll(async () => {
  [site, browser] = await Promise.all([startSite(), launchBrowser()]);
  await createPeopleRows(site.deps.database, 12, "heron");
  const { id } = await site.deps.database.user.findFirstOrThrow({ orderBy: { id: "asc" } });
  [imageId = 0] = await createImageRows(site.deps.database, id, 1, { title: "A stork" });
  page = await (await browser.newContext()).newPage();
  await page.goto(`${site.origin}/login`);
  await page.fill("[name=username]", administrator.username);
  await page.fill("[name=password]", administrator.password);
  await page.click("main button[type=submit]");
  await page.waitForURL(`${site.origin}/`);
});
beforeEach(async () => {
  await page.goto(`${site.origin}/admin/likes/new`);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

const field = (label: string) => page.getByRole("combobox", { name: label });
const options = () => page.getByRole("option");

describe("the picker", () => {
  test("finds while one types, and is used by keys alone", async () => {
    const person = field("Person");
    await person.focus();
    await page.keyboard.type("heron_1");
    await expect.poll(() => options().count()).toBe(3);
    expect(await person.getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const active = await person.getAttribute("aria-activedescendant");
    const marked = page.locator(`#${active}`);
    expect(await marked.getAttribute("aria-selected")).toBe("true");
    const name = await marked.textContent();
    await page.keyboard.press("Enter");
    expect(await person.inputValue()).toBe(name);
    expect(await options().count()).toBe(0);
    expect(page.url()).toBe(`${site.origin}/admin/likes/new`);
  });

  test("goes round with the arrows and closes on Escape, with what was typed kept", async () => {
    const person = field("Person");
    await person.fill("heron_1");
    await expect.poll(() => options().count()).toBe(3);
    await page.keyboard.press("ArrowUp");
    expect(await options().last().getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("ArrowDown");
    expect(await person.getAttribute("aria-activedescendant")).toBeNull();
    await page.keyboard.press("Escape");
    expect(await options().count()).toBe(0);
    expect(await person.inputValue()).toBe("heron_1");
  });

  test("is chosen from by a click, and shows what a number stands for", async () => {
    const picture = field("Picture");
    await picture.fill("stork");
    await options().first().click();
    expect(await picture.inputValue()).toBe(String(imageId));
    const words = page.locator("[data-picker-chosen] span");
    expect(await words.allTextContents()).toEqual(["A stork", "by admin"]);
    await picture.fill("other");
    await expect.poll(() => page.locator("[data-picker-chosen]").count()).toBe(0);
  });

  test("says where nothing is found, until one types on or leaves", async () => {
    const person = field("Person");
    await person.fill("nobody-at-all");
    const nothing = page.getByText("Nothing found.");
    await nothing.waitFor();
    expect((await nothing.boundingBox())?.height).toBeGreaterThan(20);
    await person.fill("heron_1");
    await expect.poll(() => options().count()).toBe(3);
    expect(await nothing.count()).toBe(0);
    await person.fill("nobody-at-all");
    await nothing.waitFor();
    await field("Picture").focus();
    expect(await nothing.count()).toBe(0);
  });

  test("asks once for what is typed in one go", async () => {
    site.received.length = 0;
    await field("Person").focus();
    // Quicker than any fingers: a busy machine presses no keys in time.
    await page.evaluate(`(() => {
      const input = document.activeElement;
      for (const letter of "heron_7") {
        input.value += letter;
        input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      }
    })()`);
    await expect.poll(() => options().count()).toBe(1);
    const asked = site.received.filter(({ path }) => path.startsWith("/admin/pick/"));
    expect(asked.map(({ path }) => path)).toEqual(["/admin/pick/users?q=heron_7"]);
  });

  test("saves what was picked", async () => {
    await field("Person").fill("heron_3");
    await options().first().click();
    await field("Picture").fill("stork");
    await options().first().click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.waitForURL(`${site.origin}/admin/likes`);
    expect(await site.deps.database.like.count({ where: { imageId } })).toBe(1);
  });
});

/** What another administrator did to both, for pages that tell of it. */
const makeHistory = () =>
  site.deps.database.adminChange.createMany({
    data: ["users", "images"].map((model) => ({
      ...{
        model,
        objectId: "1",
        objectLabel: "A stork",
        kind: "changed" as const,
        actorName: "olga",
      },
      changes: [
        { field: "Title", before: "A crane", after: "A stork" },
        { field: "Description", before: "", after: "Long. ".repeat(40) },
        { field: "New password", before: "", after: "changed" },
      ],
    })),
  });

describe("without fault for those who see or point otherwise", () => {
  beforeAll(async () => {
    await makeHistory();
  });

  test.each([
    "/admin/likes/new",
    "/admin/users/1",
    "/admin/images/1",
    "/admin/images/1/delete",
    "/admin/groups/new",
    "/admin/history",
    "/admin/users/1/history",
  ])("%s", async (path) => {
    await page.goto(site.origin + path);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      // Of the body, for the root has a gutter to hide it in.
      const beyond = await page.evaluate("document.body.scrollWidth - document.body.clientWidth");
      expect([width, beyond]).toEqual([width, 0]);
    }
  });

  test("a form that somebody else was quicker with", async () => {
    await page.goto(`${site.origin}/admin/images/1`);
    await site.deps.database.image.update({ where: { id: 1 }, data: { title: "A swan" } });
    await makeHistory();
    await page.getByLabel("Title").fill("A heron");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Now: A swan").waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await page.getByRole("button", { name: "Save mine anyway" }).click();
    await page.waitForURL(`${site.origin}/admin/images`);
    expect((await site.deps.database.image.findFirst())?.title).toBe("A heron");
  });

  test("a list of choices that is open", async () => {
    await field("Person").fill("heron");
    await expect.poll(() => options().count()).toBe(10);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});
