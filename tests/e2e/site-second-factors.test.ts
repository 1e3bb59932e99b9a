import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { codeAt } from "#tests/factories/second-factors.ts";
import { faultsOf } from "./site-accessibility.ts";
import { setUpSite, signIn } from "./site-set-up.ts";

const journey = setUpSite();
const settings = "/settings/second-factor";

const press = (page: Page, name: string) =>
  page.getByRole("main").getByRole("button", { name, exact: true }).click();

async function enterCode(page: Page, code: string, button: string): Promise<void> {
  await page.getByLabel("Code", { exact: true }).fill(code);
  await press(page, button);
}

/** Sets an app up as somebody does who types the key; answers the key. */
async function setUpApp(page: Page): Promise<string> {
  await page.goto(settings);
  await press(page, "Set up an app");
  await page.getByRole("img", { name: "QR code" }).waitFor();
  const secret = (await page.locator(".authenticator-key code").allTextContents()).join("");
  return secret;
}

async function signOut(page: Page): Promise<void> {
  await page.locator("details.menu > summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You are signed out.").waitFor();
}

test.each([true, false])(
  "two-step sign-in is turned on, signs in, and is turned off; with scripts: %s",
  async (javaScriptEnabled) => {
    const { page, username } = await journey.visitAsMember({ javaScriptEnabled });
    const secret = await setUpApp(page);
    const used = codeAt(secret, new Date());
    await enterCode(page, used, "Turn on");
    await page.getByText("Two-step sign-in is on.").waitFor();
    await page.locator(".recovery-codes code").nth(9).waitFor();
    const codes = await page.locator(".recovery-codes code").allTextContents();
    expect(codes).toHaveLength(10);
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Save as a file" }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(
      `magpie-recovery-codes-${new URL(journey.site.origin).host.replace(":", "-")}.txt`,
    );
    const text = await readFile(await file.path(), "utf8");
    expect(text.trimEnd().split("\n").slice(-10)).toEqual(codes);
    const copying = page.getByRole("button", { name: "Copy", exact: true });
    await copying.waitFor({ state: javaScriptEnabled ? "visible" : "hidden" });
    await page.reload();
    expect(await page.locator(".recovery-codes").count()).toBe(0);

    await signOut(page);
    await page.goto("/login?next=/ranking");
    await signIn(page, username);
    expect(new URL(page.url()).pathname).toBe("/login/second-factor");
    await enterCode(page, used, "Sign in");
    await page.getByText("This code is wrong or was used already.").waitFor();
    await enterCode(page, codeAt(secret, new Date(), 1), "Sign in");
    await page.waitForURL("**/ranking");

    await signOut(page);
    await page.goto("/login");
    await signIn(page, username);
    await enterCode(page, codes[0] ?? "", "Sign in");
    await page.getByText("That was a recovery code. You have 9 more.").waitFor();
    await page.goto(settings);
    await enterCode(page, codes[1] ?? "", "Turn off");
    await page.getByText("Two-step sign-in by app is off.").waitFor();
    await signOut(page);
    await page.goto("/login");
    await signIn(page, username);
    expect(new URL(page.url()).pathname).toBe("/");
  },
);

test("the recovery codes are copied, and what is printed is they alone", async () => {
  const permissions = ["clipboard-read", "clipboard-write"];
  const { page } = await journey.visitAsMember({ permissions });
  const secret = await setUpApp(page);
  await enterCode(page, codeAt(secret, new Date()), "Turn on");
  await page.locator(".recovery-codes code").nth(9).waitFor();
  const codes = await page.locator(".recovery-codes code").allTextContents();
  await press(page, "Copy");
  await page.getByRole("status").getByText("Copied.").waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(codes.join("\n"));
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException("", "NotAllowedError"));
  });
  await press(page, "Copy");
  await page.getByRole("status").getByText("Save the file instead.").waitFor();
  await page.emulateMedia({ media: "print" });
  const lines = (await page.locator("body").innerText()).split("\n").filter(Boolean);
  expect([lines[0], ...lines.slice(2, -1)]).toEqual(["Your recovery codes", ...codes]);
});

test("where pages may not copy, none offers to", async () => {
  const { page } = await journey.visitAsMember();
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, "clipboard"));
  const secret = await setUpApp(page);
  await enterCode(page, codeAt(secret, new Date()), "Turn on");
  await page.getByRole("link", { name: "Save as a file" }).waitFor();
  await page.waitForLoadState("networkidle");
  expect(await page.getByText("Copy", { exact: true }).isVisible()).toBe(false);
});

test("every page of it is accessible and fits", async () => {
  const { page, username } = await journey.visitAsMember();
  const found: Record<string, string[]> = {};
  const look = async (name: string) => {
    const faults = await faultsOf(page);
    if (faults.length > 0) found[name] = faults;
  };
  const secret = await setUpApp(page);
  await look("setting up");
  await enterCode(page, "000000", "Turn on");
  await page.locator("[data-field-error=code]").waitFor();
  await look("setting up, a wrong code");
  await enterCode(page, codeAt(secret, new Date()), "Turn on");
  await page.locator(".recovery-codes").waitFor();
  await look("the recovery codes");
  await page.goto(settings);
  await look("on");
  await page.getByLabel("Or your password").fill("wrong");
  await press(page, "Turn off");
  await page.locator("[data-field-error=password]").waitFor();
  await look("on, a wrong password");
  await page.goto(`/confirm?next=${settings}`);
  await look("confirm");
  await enterConfirmation(page, "000000");
  await look("confirm, a wrong code");
  await signOut(page);
  await page.goto("/login");
  await signIn(page, username);
  await look("second step");
  await enterCode(page, "000000", "Sign in");
  await page.locator("[data-field-error=code]").waitFor();
  await look("second step, a wrong code");
  expect(found).toEqual({});
}, 120_000);

async function enterConfirmation(page: Page, code: string): Promise<void> {
  await page.getByLabel("Or a code").fill(code);
  await press(page, "Confirm with the code");
  await page.locator("[data-field-error=code]").waitFor();
}

test("the key is drawn dark on white in the dark, too", async () => {
  const { page } = await journey.visitAsMember({ colorScheme: "dark" });
  await setUpApp(page);
  const colours = await page
    .locator("svg.qr > *")
    .evaluateAll((shapes) => shapes.map((shape) => getComputedStyle(shape).fill));
  expect(colours).toEqual(["rgb(255, 255, 255)", "rgb(0, 0, 0)"]);
});
