import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { buildBookmarklet } from "../../src/features/bookmarklet/build-bookmarklet.ts";
import { launchBrowser } from "../support/browser.ts";
import { type PageServer, startPageServer } from "../support/page-server.ts";

export interface PanelState {
  /** The tiles' accessible names, in order. */
  pictures: string[];
  focused: string;
  text: string;
  link: string;
}

export interface Journey {
  server: PageServer;
  browser: Browser;
  bookmarklet: string;
  /** New for each test. */
  context: BrowserContext;
  page: Page;
  /** Goes to one of tests/e2e/pages and runs the bookmarklet there. */
  open(path: string): Promise<PanelState>;
  /** Replaces context and page by ones with other settings. */
  startOver(options: Parameters<Browser["newContext"]>[0]): Promise<void>;
}

/** One browser for the test file; the stand-in for Magpie has another origin than the pages. */
export function setUpJourney(): Journey {
  const journey = {
    async open(path) {
      await journey.page.goto(`${journey.server.origin}/${path}`);
      return openPanel(journey.page, journey.bookmarklet);
    },
    async startOver(options) {
      await journey.context?.close();
      journey.context = await journey.browser.newContext(options);
      await rememberShadowRoots(journey.context);
      journey.page = await journey.context.newPage();
    },
  } as Journey;
  beforeAll(async () => {
    journey.server = await startPageServer();
    journey.browser = await launchBrowser();
    journey.bookmarklet = await buildBookmarklet({ baseUrl: `${journey.server.otherOrigin}/` });
  }, 120_000);
  beforeEach(() => journey.startOver({ viewport: { width: 1200, height: 800 } }));
  afterEach(() => journey.context.close());
  afterAll(async () => {
    await journey.browser?.close();
    await journey.server?.close();
  });
  return journey;
}

/** Remembers closed shadow roots, which nothing outside can reach otherwise. */
export async function rememberShadowRoots(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const attach = Element.prototype.attachShadow;
    const roots = new WeakMap<Element, ShadowRoot>();
    Element.prototype.attachShadow = function (init) {
      const root = attach.call(this, init);
      roots.set(this, root);
      return root;
    };
    Object.defineProperty(Element.prototype, "rootForTests", {
      get() {
        return roots.get(this) ?? null;
      },
    });
  });
}

/** Runs the bookmarklet as the browser does from its bookmarks: no policy of the page applies. */
export async function run(page: Page, bookmarklet: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { exceptionDetails } = await session.send("Runtime.evaluate", {
    expression: decodeURIComponent(bookmarklet.slice("javascript:".length)),
    allowUnsafeEvalBlockedByCSP: false,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? "it threw");
  await session.detach();
}

/** Runs it and waits until the panel is open; `read` then tells what it shows. */
export async function openPanel(page: Page, bookmarklet: string): Promise<PanelState> {
  await run(page, bookmarklet);
  return waitForPanel(page, (panel) => panel.text.includes("Save to Magpie"));
}

export async function waitForPanel(
  page: Page,
  ready: (panel: PanelState) => boolean,
): Promise<PanelState> {
  const end = Date.now() + 20_000;
  for (;;) {
    const panel = await readPanel(page);
    if (panel && ready(panel)) return panel;
    if (Date.now() > end) throw new Error(`the panel never got there: ${JSON.stringify(panel)}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}

/** What the panel shows, or null when there is none. */
export async function readPanel(page: Page): Promise<PanelState | null> {
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send("Runtime.evaluate", {
    returnByValue: true,
    expression: `(() => {
      const hosts = document.querySelectorAll('[id="magpie-bookmarklet"]');
      if (hosts.length > 1) throw new Error("two panels");
      const root = hosts[0]?.rootForTests;
      if (!root) return null;
      const name = (e) => e ? e.getAttribute("aria-label") || e.textContent : "";
      return {
        pictures: [...root.querySelectorAll("li button")].map(name),
        focused: name(root.activeElement),
        text: root.textContent,
        link: root.querySelector("a")?.href ?? "",
      };
    })()`,
  });
  await session.detach();
  return (result.value as PanelState | null | undefined) ?? null;
}
