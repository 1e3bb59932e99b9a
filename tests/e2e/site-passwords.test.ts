import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPerson } from "#features/account/register-person.ts";
import { goodPassword, newPerson } from "#tests/factories/people.ts";
import { mailFiles, readMail } from "#tests/support/mails.ts";
import { startWorker } from "../../src/worker.ts";
import { setUpSite, signIn, watchRequests } from "./site-set-up.ts";

const journey = setUpSite();
beforeAll(() => startWorker(journey.site.deps));
afterAll(() => journey.site.deps.jobs.stop());

const newPassword = "quince-and-medlar";
const password = (page: Page) => page.locator("input[name=password]");
const words = (page: Page) => page.locator(".field").getByRole("status");
const expectWords = (page: Page, pattern: RegExp) =>
  expect.poll(() => words(page).textContent()).toMatch(pattern);
const step = (page: Page) => page.locator("[data-password-meter]").getAttribute("data-step");

/** Where the next field stands: nothing may move while somebody types. */
const place = async (page: Page) => (await page.getByLabel("again").boundingBox())?.y;

test("a forgotten password is set anew by the link in a mail", async () => {
  const person = newPerson();
  await createPerson(journey.site.deps, person);
  const page = await journey.visit();
  await page.goto("/login");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.getByLabel("E-mail address").fill(person.email.toUpperCase());
  await page.getByRole("button", { name: "Send the link" }).click();
  await page.getByText("a mail is on its way").waitFor();

  const mails = () =>
    mailFiles(journey.site.dataFolder).map((file) => readMail(readFileSync(file, "utf8")));
  // The file is there before all of the mail is in it.
  await expect.poll(() => mails().map(({ text }) => text)).toEqual([expect.stringMatching(/http/)]);
  const [mail] = mails();
  expect(mail?.headers["to"]).toBe(person.email);
  const link = mail?.text.match(/http\S+/)?.[0] ?? "";
  expect(link).toContain(`${journey.site.origin}/password-reset/`);

  await page.goto(link);
  await password(page).fill("password123");
  await expectWords(page, /^Easy to guess\. Many people use this password/);
  await page.getByLabel("again").fill("password123");
  await page.getByRole("button", { name: "Set the password" }).click();
  const refusal = page.locator("[data-field-error=password]");
  expect(await refusal.textContent()).toMatch(/Many people/);
  expect(await password(page).getAttribute("aria-invalid")).toBe("true");
  for (const name of [person.username, person.email]) {
    await password(page).fill(`${name}!`);
    await expectWords(page, /^Easy to guess\. This is too much like your/);
  }
  expect(await refusal.count()).toBe(0);
  expect(await password(page).getAttribute("aria-invalid")).toBeNull();
  expect(await password(page).getAttribute("aria-describedby")).toBe("password-hint");
  await password(page).fill(newPassword);
  await expectWords(page, /^Strong/);
  await page.getByLabel("again").fill(newPassword);
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.getByText("Your new password is set").waitFor();

  await page.getByLabel("Username or e-mail address").fill(person.username);
  await page.getByLabel("Password").fill(goodPassword);
  await page.getByRole("main").getByRole("button", { name: "Sign in", exact: true }).click();
  await page.locator("[data-field-error]").waitFor();
  await signIn(page, person.username, newPassword);
  await page.goto("/settings/password");
  expect(new URL(page.url()).pathname).toBe("/settings/password");

  await page.goto(link);
  await page.getByRole("heading", { name: "This link no longer works" }).waitFor();
});

test("a meter says while typing how hard a password is to guess, and tells nobody", async () => {
  const page = await journey.visit({ viewport: { width: 390, height: 844 } });
  const requests = watchRequests(page);
  await page.goto("/register", { waitUntil: "networkidle" });
  expect(requests.filter((url) => url.includes("password"))).toEqual([]);
  await page.getByLabel("Username").fill("kingfisher");
  await page.getByLabel("E-mail address").fill("halcyon@example.org");
  const before = await place(page);
  const sofar = requests.length;
  await password(page).focus();
  await expect.poll(() => requests.length).toBe(sofar + 1);
  expect(requests.at(-1)).toMatch(/\/static\/password-strength\.\w+\.js$/);

  for (const [typed, expected, steps] of [
    ["kites", /^Too short\. Use at least 8/, "0"],
    ["Password2024", /^Easy to guess\. This is a common password/, "0"],
    ["Kingfisher!1", /^Easy to guess\. This is too much like your username/, "0"],
    ["halcyon99", /^Easy to guess\. This is too much like your e-mail address/, "0"],
    ["x1y2x1y2", /^Weak\. Add a word or two/, "1"],
    ["correcthorse", /^Fair\. One more word/, "2"],
    ["correct-horse", /^Good\.\s*$/, "3"],
    [goodPassword, /^Strong\.\s*$/, "4"],
    ["k9#m".repeat(33), /at most 128/, "0"],
  ] as const) {
    await password(page).fill(typed);
    await expectWords(page, expected);
    expect([typed, await step(page), await place(page)]).toEqual([typed, steps, before]);
  }
  await password(page).fill("cormorant-99-tern");
  await expectWords(page, /^(Good|Strong)/);
  await page.getByLabel("Username").fill("cormorant_tern");
  await password(page).fill("cormorant-tern9");
  await expectWords(page, /your username/);
  await page.getByLabel("Username").fill("somebody_else");
  await expectWords(page, /^(Fair|Good|Strong)/);
  await password(page).fill("");
  await expectWords(page, /^Three or four words/);
  expect(await step(page)).toBeNull();
  expect(requests).toHaveLength(sofar + 1);
});

test("the settings' meter knows whose password it is", async () => {
  const { page, username } = await journey.visitAsMember();
  await page.goto("/settings/password");
  await password(page).fill(`${username}!`);
  await expectWords(page, /your username/);
  const { email } = await journey.site.deps.database.user.findUniqueOrThrow({
    where: { username },
  });
  await password(page).fill(email);
  await expectWords(page, /your e-mail address/);
});

test("without the meter's script the hint has to do, and without scripts there is no meter", async () => {
  const page = await journey.visit();
  await page.route("**/password-strength.*", (route) => route.abort());
  await page.goto("/register");
  const failed = page.waitForEvent("requestfailed");
  await password(page).fill("password123");
  await failed;
  expect(await words(page).textContent()).toMatch(/^Three or four words/);
  await page.getByText("At least 8 characters.").waitFor();
  expect(journey.takeComplaints().join()).toContain("ERR_FAILED");

  const plain = await journey.visit({ javaScriptEnabled: false });
  await plain.goto("/register");
  expect(await plain.locator("[data-password-meter]").isVisible()).toBe(false);
  expect(await plain.getByText("At least 8 characters.").isVisible()).toBe(true);
});
