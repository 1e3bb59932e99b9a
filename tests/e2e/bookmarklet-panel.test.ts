import { AxeBuilder } from "@axe-core/playwright";
import { describe, expect, test } from "vitest";
import { openPanel, readPanel, run, setUpJourney, waitForPanel } from "./bookmarklet-journey.ts";

const journey = setUpJourney();

describe("keys and pointers", () => {
  const order = (text: string) => Number(/(\d+) x/.exec(text)?.[1]);

  test("arrows move in the direction they show, also right to left", async () => {
    await journey.open("right-to-left.html");
    const press = async (key: string) => {
      await journey.page.keyboard.press(key);
      return order((await readPanel(journey.page))?.focused ?? "");
    };
    expect(await press("ArrowRight")).toBe(800);
    expect(await press("ArrowRight")).toBe(700);
    expect(await press("ArrowRight")).toBe(600);
    expect(await press("ArrowRight")).toBe(600);
    expect(await press("ArrowUp")).toBe(800);
    expect(await press("ArrowDown")).toBe(600);
    expect(await press("ArrowLeft")).toBe(700);
    expect(await press("Home")).toBe(900);
    expect(await press("End")).toBe(600);
    await journey.page.keyboard.press("Tab");
    expect((await readPanel(journey.page))?.focused).toBe("Close");
    expect(await press("Shift+Tab")).toBe(600);
    await journey.page.keyboard.press("Escape");
    expect(await readPanel(journey.page)).toBeNull();
  });

  for (const hash of ["", "#window"]) {
    test(`work where the page swallows them ${hash}`, async () => {
      await journey.open(`hostile.html${hash}`);
      await journey.page.keyboard.press("ArrowRight");
      expect((await readPanel(journey.page))?.focused).toBe(
        "The second hostile picture, 800 x 500",
      );
      const opened = journey.context.waitForEvent("page");
      await journey.page.keyboard.press("Enter");
      expect(new URL((await opened).url()).searchParams.get("url")).toMatch(/hostile-b/);
      expect(await readPanel(journey.page)).toBeNull();
    });
  }

  test("a click chooses although the page's handlers and overlay are in the way", async () => {
    await journey.open("hostile.html");
    const opened = journey.context.waitForEvent("page");
    await journey.page.mouse.click(400, 350);
    expect(new URL((await opened).url()).searchParams.get("url")).toMatch(/hostile-a/);
    expect(await journey.page.evaluate("swallowed.join()")).toBe("");
  });

  test("a finger chooses, on targets of at least 44 pixels", async () => {
    await journey.startOver({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await journey.open("ordinary.html");
    const boxes = await journey.page.evaluate(() => {
      const host = document.querySelector("#magpie-bookmarklet");
      const { rootForTests: root } = host as unknown as { rootForTests: ShadowRoot };
      return [...root.querySelectorAll("button")].map((one) =>
        one.getBoundingClientRect().toJSON(),
      );
    });
    expect(boxes.every(({ width, height }) => width >= 44 && height >= 44)).toBe(true);
    expect(boxes.every(({ left, right }) => left >= 0 && right <= 390)).toBe(true);
    const opened = journey.context.waitForEvent("page");
    await journey.page.touchscreen.tap(200, 250);
    expect((await opened).url()).toContain("river-spring");
  });
});

describe("for everyone", () => {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds nothing in the ${colorScheme} panel`, async () => {
      await journey.startOver({ colorScheme });
      // axe cannot look into a closed root; nothing else changes by opening it.
      await journey.context.addInitScript(() => {
        const attach = Element.prototype.attachShadow;
        Element.prototype.attachShadow = function () {
          return attach.call(this, { mode: "open" });
        };
      });
      journey.page = await journey.context.newPage();
      for (const path of ["ordinary.html", "sealed.html", "no-pictures.html"]) {
        await journey.page.goto(`${journey.server.origin}/${path}`);
        await run(journey.page, journey.bookmarklet);
        await journey.page.locator("#magpie-bookmarklet dialog[open]").waitFor();
        const { violations } = await new AxeBuilder({ page: journey.page })
          .setLegacyMode()
          .include("#magpie-bookmarklet")
          .analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
      }
    });
  }

  test("a screen reader meets a modal dialog with named buttons", async () => {
    await journey.open("right-to-left.html");
    const session = await journey.context.newCDPSession(journey.page);
    const { nodes } = await session.send("Accessibility.getFullAXTree");
    const named = (role: string) =>
      nodes.filter((node) => node.role?.value === role).map((node) => node.name?.value);
    expect(named("dialog")).toEqual(["Save to Magpie"]);
    expect(named("button")).toEqual([
      "Close",
      "غروب الشمس فوق الجبال, 900 x 600",
      "b, 800 x 600",
      "c, 700 x 600",
      "d, 600 x 600",
    ]);
  });
});

describe("leaves the page as it was", () => {
  test("nodes, focus, caret, scroll, globals, popover and listeners", async () => {
    await journey.page.goto(`${journey.server.origin}/ordinary.html`);
    const state = () =>
      journey.page.evaluate(() => ({
        html: document.documentElement.outerHTML,
        scroll: [scrollX, scrollY],
        focus: document.activeElement?.id,
        caret: [
          (document.querySelector("#search") as HTMLInputElement).selectionStart,
          (document.querySelector("#search") as HTMLInputElement).selectionEnd,
        ],
        globals: Object.getOwnPropertyNames(window).join(),
        popover: document.querySelector("#pop")?.matches(":popover-open"),
        sheets: document.styleSheets.length + document.adoptedStyleSheets.length,
      }));
    await journey.page.evaluate(() => {
      const search = document.querySelector("#search") as HTMLInputElement;
      search.focus();
      search.setSelectionRange(2, 5);
      (document.querySelector("#pop") as HTMLElement).showPopover();
      scrollTo(0, 700);
    });
    const before = await state();
    await openPanel(journey.page, journey.bookmarklet);
    await journey.page.mouse.wheel(0, 300);
    await journey.page.keyboard.press("End");
    await journey.page.keyboard.press("Escape");
    expect(await readPanel(journey.page)).toBeNull();
    expect(await state()).toEqual(before);
    // The page has its keys back.
    await journey.page.keyboard.press("End");
    await journey.page.keyboard.type("!");
    expect(await journey.page.locator("#search").inputValue()).toBe("typed text!");
  });

  test("over a page's own modal, whose handlers hear nothing of it", async () => {
    await journey.page.goto(`${journey.server.origin}/ordinary.html`);
    await journey.page.evaluate(() => {
      const modal = document.createElement("dialog");
      const inside = document.createElement("button");
      inside.id = "inside";
      modal.append(inside);
      document.body.append(modal);
      modal.showModal();
      const heard: string[] = [];
      Object.assign(window, { heard });
      for (const name of ["keydown", "keyup", "keypress", "focusin", "click", "cancel"]) {
        document.addEventListener(name, (event) => heard.push(event.type), true);
      }
      // A focus trap, as modal libraries have it.
      document.addEventListener("focusout", () => setTimeout(() => inside.focus()), true);
    });
    await openPanel(journey.page, journey.bookmarklet);
    await journey.page.waitForTimeout(50);
    await journey.page.keyboard.press("ArrowRight");
    expect((await readPanel(journey.page))?.focused).toBe("First snow on the bridge, 900 x 1200");
    await journey.page.keyboard.press("Escape");
    const after = await journey.page.evaluate(() => [
      document.activeElement?.id,
      document.querySelector("dialog")?.open,
      (window as unknown as { heard: string[] }).heard.filter((name) => name !== "focusin").join(),
    ]);
    expect(after).toEqual(["inside", true, ""]);
  });

  test("clicked twice, there is one panel, and Esc still puts everything back", async () => {
    await journey.page.goto(`${journey.server.origin}/ordinary.html`);
    await journey.page.focus("#search");
    const before = await journey.page.content();
    await run(journey.page, journey.bookmarklet);
    await run(journey.page, journey.bookmarklet);
    await openPanel(journey.page, journey.bookmarklet);
    const panel = await openPanel(journey.page, journey.bookmarklet);
    expect(panel.focused).toBe("Green hills above a river in spring, 1600 x 900");
    await journey.page.keyboard.press("Escape");
    await journey.page.waitForTimeout(100);
    expect(await journey.page.content()).toBe(before);
    expect(await journey.page.evaluate(() => document.activeElement?.id)).toBe("search");
  });

  test("as a link that is clicked, the document stays", async () => {
    await journey.page.goto(`${journey.server.origin}/ordinary.html`);
    await journey.page.evaluate((href) => {
      (document.querySelector("#run") as HTMLAnchorElement).href = href;
    }, journey.bookmarklet);
    await journey.page.click("#run");
    await waitForPanel(journey.page, ({ pictures }) => pictures.length === 9);
    await journey.page.mouse.click(20, 400); // beside the sheet
    expect(await readPanel(journey.page)).toBeNull();
    expect(await journey.page.title()).toBe("A walk along the river, spring to winter");
    expect(await journey.page.evaluate(() => document.activeElement?.id)).toBe("run");
  });
});
