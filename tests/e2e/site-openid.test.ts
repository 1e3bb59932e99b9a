import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { claimsOf } from "#tests/openid/journeys.ts";
import { type OpenidProvider, startOpenidProvider } from "#tests/support/openid-provider.ts";
import { faultsOf } from "./site-accessibility.ts";
import { setUpSite } from "./site-set-up.ts";

let provider: OpenidProvider;
const journey = setUpSite({
  settings: async (origin) => {
    // By another name than the site's, so that cookies have to cross from one site to another.
    provider = await startOpenidProvider({ origin, hostname: "localhost" });
    return provider.settings;
  },
});
afterAll(() => provider?.close());

const press = (page: Page, name: string) =>
  page.getByRole("main").getByRole("button", { name, exact: true }).click();

/** Goes through the provider's own pages. */
async function signInThere(page: Page, login: string): Promise<void> {
  await page.waitForURL(`${provider.issuer}/**`, { waitUntil: "domcontentloaded" });
  await page.getByPlaceholder("Enter any login").fill(login);
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  const consent = page.getByRole("button", { name: "Continue" });
  await consent.or(page.locator(".site-name")).first().waitFor();
  if (await consent.isVisible()) await consent.click();
}

/** The provider's pages ask for a font that nobody needs here. */
async function visit(options?: Parameters<typeof journey.visit>[0]): Promise<Page> {
  const page = await journey.visit(options);
  await page.route("https://fonts.googleapis.com/**", (route) => route.abort());
  return page;
}

async function signOut(page: Page): Promise<void> {
  await page.locator("details.menu > summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You are signed out.").waitFor();
}

describe.each([true, false])("with scripts: %s", (javaScriptEnabled) => {
  const login = javaScriptEnabled ? "ana" : "bea";

  test("somebody joins by the provider's pages, and signs in by them again", async () => {
    provider.accounts.set(login, claimsOf(login));
    const page = await visit({ javaScriptEnabled });
    await page.goto("/login?next=%2Franking");
    await press(page, "Sign in with Rookery");
    await signInThere(page, login);
    await page.waitForURL("**/ranking");
    await page.getByText("Welcome, Ana Rook.").waitFor();
    await signOut(page);
    await page.goto("/login");
    await press(page, "Sign in with Rookery");
    // They are signed in there still.
    await page.waitForURL((url) => url.origin === journey.site.origin && url.pathname === "/");
    await page.goto("/settings/connections");
    await page.getByText(`You sign in with the account ${login}.`).waitFor();
  });

  test("somebody without a username there chooses one here", async () => {
    const page = await visit({ javaScriptEnabled });
    await page.goto("/register");
    await press(page, "Join with Rookery");
    await signInThere(page, `nameless-${login}`);
    await page.waitForURL("**/register/openid");
    await page.getByLabel("Username").fill(`chosen-${login}`);
    await page.getByLabel("E-mail address").fill(`chosen-${login}@example.org`);
    await press(page, "Join");
    await page.getByText(`Welcome, chosen-${login}.`).waitFor();
  });
});

test("whoever cancels there can go on here", async () => {
  const page = await visit();
  await page.goto("/login");
  await press(page, "Sign in with Rookery");
  await page.waitForURL(`${provider.issuer}/**`, { waitUntil: "domcontentloaded" });
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByText("Rookery did not confirm who you are.").waitFor();
  expect(new URL(page.url()).pathname).toBe("/login");
});

test("a member connects, confirms by it, and disconnects", async () => {
  const { page, id } = await journey.visitAsMember();
  await page.route("https://fonts.googleapis.com/**", (route) => route.abort());
  await page.goto("/settings/connections");
  await press(page, "Connect Rookery");
  await signInThere(page, "connie");
  await page.getByText("You can sign in with Rookery from now on.").waitFor();
  const data = { confirmedAt: new Date(0) };
  await journey.site.deps.database.session.updateMany({ where: { userId: id }, data });
  await press(page, "Disconnect");
  await page.getByRole("heading", { name: "Confirm that it is you" }).waitFor();
  await press(page, "Confirm with Rookery");
  await signInThere(page, "connie");
  await page.waitForURL("**/settings/connections");
  await press(page, "Disconnect");
  await page.getByText("Your account is disconnected.").waitFor();
});

test("every page of it is accessible and fits", async () => {
  const found: Record<string, string[]> = {};
  const look = async (name: string, page: Page) => {
    const faults = await faultsOf(page);
    if (faults.length > 0) found[name] = faults;
  };
  const stranger = await visit();
  for (const path of ["/login", "/register"]) {
    await stranger.goto(path);
    await look(path, stranger);
  }
  // An answer without a page leaves the browser where it is.
  await stranger.route(`${provider.issuer}/**`, (route) => route.fulfill({ status: 204 }));
  await press(stranger, "Join with Rookery");
  await stranger.getByRole("heading", { name: "On to Rookery" }).waitFor();
  await look("on the way", stranger);
  await stranger.unroute(`${provider.issuer}/**`);
  await stranger.getByRole("link", { name: "Continue to Rookery" }).click();
  await signInThere(stranger, "lookers");
  await stranger.waitForURL("**/register/openid");
  await look("newcomer", stranger);
  await stranger.getByLabel("Username").fill("a b");
  await stranger.getByLabel("E-mail address").fill("looker@example.org");
  await press(stranger, "Join");
  await stranger.locator("[data-field-error]").first().waitFor();
  await look("newcomer, errors", stranger);
  await stranger.getByLabel("Username").fill("looker");
  await press(stranger, "Join");
  await stranger.goto("/settings/connections");
  await look("the only way in", stranger);
  await stranger.goto("/confirm");
  await look("confirm", stranger);

  const { page } = await journey.visitAsMember();
  await page.goto("/settings/connections");
  await look("not connected", page);
  expect(found).toEqual({});
}, 120_000);
