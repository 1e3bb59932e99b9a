import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPerson } from "#features/account/register-person.ts";
import { drawPicture } from "#tests/factories/images.ts";
import { newPerson } from "#tests/factories/people.ts";
import { launchBrowser } from "#tests/support/browser.ts";
import { type SiteServer, startSite } from "#tests/support/site-server.ts";

let site: SiteServer;
let browser: Browser;
beforeAll(async () => {
  [site, browser] = await Promise.all([startSite(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

/** The page of somebody new, signed in. */
async function settings(path: string, options = {}): Promise<Page> {
  const { username, password, ...others } = newPerson();
  await createPerson(site.deps, { username, password, ...others });
  const page = await browser.newPage(options);
  await page.goto(`${site.origin}/login?next=${path}`);
  await page.fill("[name=username]", username);
  await page.fill("[name=password]", password);
  await page.click("main button[type=submit]");
  await page.waitForURL(`${site.origin}${path}`);
  return page;
}

test("the photo is seen as it will be: chosen, to be removed, and kept after all", async () => {
  const page = await settings("/settings/profile");
  const photo = join(site.dataFolder, "me.jpg");
  await writeFile(photo, await drawPicture(1));
  const file = page.locator("input[type=file]");
  const seen = page.locator("[data-photo-preview] > .avatar");
  const remove = page.getByLabel("Remove my photo");
  await file.setInputFiles(photo);
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.locator(".flash").waitFor();
  // With what its scripts do.
  await page.waitForLoadState();
  await remove.check();
  expect(await seen.textContent()).toMatch(/^\p{Lu}$/u);
  await remove.uncheck();
  expect(await seen.getAttribute("src")).toMatch(/^\/media/);
  await remove.check();
  await file.setInputFiles(photo);
  expect(await remove.isChecked()).toBe(false);
  expect(await seen.getAttribute("src")).toMatch(/^blob:/);
  await remove.check();
  expect(await file.inputValue()).toBe("");
  expect(await seen.textContent()).toMatch(/^\p{Lu}$/u);
});

test.each([true, false])("a phone shows every page's place, scripts: %s", async (scripts) => {
  const viewport = { width: 390, height: 844 };
  const page = await settings("/settings/data", { viewport, javaScriptEnabled: scripts });
  for (const link of await page.locator(".section-nav a").all()) {
    const { x = -1, width = 0 } = (await link.boundingBox()) ?? {};
    expect([await link.textContent(), x >= 0, x + width <= 390]).toEqual([
      await link.textContent(),
      true,
      true,
    ]);
  }
});
