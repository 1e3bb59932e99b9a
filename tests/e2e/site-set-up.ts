import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, vi } from "vitest";
import { createPerson } from "#features/account/register-person.ts";
import { goodPassword, newPerson } from "#tests/factories/people.ts";
import { launchBrowser } from "#tests/support/browser.ts";
import { type SiteServer, startSite } from "#tests/support/site-server.ts";

export interface SiteJourney {
  site: SiteServer;
  browser: Browser;
  /** A person of their own browser; closed after the test. */
  visit(options?: BrowserContextOptions): Promise<Page>;
  /** The same, signed in as somebody new. */
  visitAsMember(options?: BrowserContextOptions): Promise<Member>;
  /** What browsers complained of since the last call: console errors, exceptions, CSP. */
  takeComplaints(): string[];
}

export interface Member {
  page: Page;
  id: number;
  username: string;
}

/** One site and one browser for the test file; a test fails when its pages complain of anything. */
export function setUpSite(options: Parameters<typeof startSite>[0] = {}): SiteJourney {
  // A browser and a site share their processors with whatever else is tested.
  vi.setConfig({ testTimeout: 90_000 });
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  const journey = {
    async visit(options = {}) {
      const context = await journey.browser.newContext({
        baseURL: journey.site.origin,
        viewport: { width: 1440, height: 900 },
        ...options,
      });
      contexts.push(context);
      context.setDefaultTimeout(20_000);
      collectComplaints(context, journey.site.origin, complaints);
      if (options.javaScriptEnabled !== false) await context.addInitScript(reportViolations);
      return context.newPage();
    },
    async visitAsMember(options) {
      const person = newPerson();
      const { id, username } = await createPerson(journey.site.deps, person);
      const page = await journey.visit(options);
      await page.goto("/login");
      await signIn(page, username);
      return { page, id, username };
    },
    takeComplaints: () => complaints.splice(0),
  } as SiteJourney;

  beforeAll(async () => {
    [journey.site, journey.browser] = await Promise.all([startSite(options), launchBrowser()]);
  }, 240_000);
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(journey.takeComplaints()).toEqual([]);
  });
  afterAll(async () => {
    await journey.browser?.close();
    await journey.site?.close();
  });
  return journey;
}

/** Fills in and sends the sign-in form that the page shows. */
export async function signIn(page: Page, username: string, password = goodPassword): Promise<void> {
  await page.getByLabel("Username or e-mail address").fill(username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("main").getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL((url) => url.pathname !== "/login");
}

/** Every http address that the pages of this browser ask for from now on. */
export function watchRequests(page: Page): string[] {
  const seen: string[] = [];
  page.context().on("request", (request) => {
    if (/^https?:/.test(request.url())) seen.push(request.url());
  });
  return seen;
}

function collectComplaints(context: BrowserContext, origin: string, complaints: string[]): void {
  context.on("console", (message) => {
    if (message.type() !== "error" || !message.page()?.url().startsWith(origin)) return;
    // Chromium counts every 4xx page and answer as an error; tests expect those themselves.
    const { url } = message.location();
    if (/status of (4\d\d|500|503)/.test(message.text()) && !/\/(media|static)\//.test(url)) return;
    complaints.push(`${message.page()?.url()}: ${message.text()} (${url})`);
  });
  context.on("weberror", (problem) => {
    if (problem.page()?.url().startsWith(origin)) complaints.push(String(problem.error().stack));
  });
}

function reportViolations(): void {
  document.addEventListener("securitypolicyviolation", (event) => {
    // biome-ignore lint/suspicious/noConsole: read by collectComplaints
    console.error(
      `against the CSP: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`,
    );
  });
}
