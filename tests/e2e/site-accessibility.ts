import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { emptyList, everyPage, meetPeople, type SitePage } from "./site-pages.ts";
import type { SiteJourney } from "./site-set-up.ts";

// Colours do not depend on the width, so two looks show both schemes and both layouts.
const looks = [
  { width: 1440, height: 900, colorScheme: "light" },
  { width: 390, height: 844, colorScheme: "dark" },
] as const;

/** Every page on the demo; the last test takes its pictures away. */
export function testAccessibility(journey: SiteJourney): void {
  test("nothing jumps while pictures arrive late", async () => {
    const page = await journey.visit();
    await page.addInitScript(() => {
      Object.assign(window, { shift: 0 });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          Object.assign(window, {
            shift: Reflect.get(window, "shift") + Reflect.get(entry, "value"),
          });
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
    await page.route("**/media/**", async (route) => {
      await new Promise((done) => setTimeout(done, 500));
      await route.continue();
    });
    const shift = () => page.evaluate(() => Reflect.get(window, "shift") as number);
    for (const size of [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ]) {
      await page.setViewportSize(size);
      await page.goto("/images", { waitUntil: "networkidle" });
      expect(await shift()).toBeLessThan(0.02);
      await page.locator(".card-picture").nth(3).click();
      await page.locator("article.image").waitFor();
      await page.waitForLoadState("networkidle");
      expect(await shift()).toBeLessThan(0.02);
    }
  });

  test("every page is accessible and fits, light and dark, from 320 to 2560 pixels", async () => {
    const people = await meetPeople(journey);
    const found: Record<string, string[]> = {};
    const look = async ({ name, who, open }: SitePage) => {
      const page = people[who];
      await open(page);
      const faults = await faultsOf(page);
      if (faults.length > 0) found[name] = faults;
    };
    const pages = await everyPage(journey, people);
    await Promise.all(
      Object.keys(people).map(async (person) => {
        for (const page of pages.filter(({ who }) => who === person)) await look(page);
      }),
    );
    await look(emptyList(journey));
    expect(found).toEqual({});
  }, 300_000);
}

export async function faultsOf(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const { colorScheme, ...size } of looks) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // Legacy mode needs no page of its own; there are no frames here.
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    for (const { id, help, nodes } of violations) {
      const where = nodes.map((node) => node.html).join(" ");
      faults.push(`${id}, ${size.width} ${colorScheme}: ${help}: ${where}`.slice(0, 400));
    }
  }
  for (const width of [320, 390, 768, 1440, 2560]) {
    await page.setViewportSize({ width, height: 900 });
    const { scrollWidth, clientWidth } = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return { scrollWidth, clientWidth };
    });
    if (scrollWidth > clientWidth) faults.push(`scrolls sideways at ${width}`);
  }
  const silent = await page
    .locator("img:not([alt])")
    .evaluateAll((images) => images.map((image) => `no alt: ${image.outerHTML}`));
  return [...faults, ...silent, ...(await stopsWithoutVisibleFocus(page))];
}

/** Goes through the page with the Tab key; names what shows no outline. */
async function stopsWithoutVisibleFocus(page: Page): Promise<string[]> {
  const unseen = new Set<string>();
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    window.scrollTo(0, 0);
  });
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const isVisible = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
      return { isVisible, html: element.outerHTML.slice(0, 120) };
    });
    if (!stop) break;
    if (!stop.isVisible) unseen.add(`invisible focus: ${stop.html}`);
  }
  return [...unseen];
}
