import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { createPerson } from "#features/account/register-person.ts";
import { createImageRows, drawPicture } from "#tests/factories/images.ts";
import { goodPassword, newPerson } from "#tests/factories/people.ts";
import { setUpSite, signIn } from "./site-set-up.ts";

const journey = setUpSite();
const plain = { javaScriptEnabled: false };

async function join(page: Page, username: string): Promise<void> {
  await page.goto("/register");
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("E-mail address").fill(`${username}@example.org`);
  await page.getByLabel("Password", { exact: true }).fill(goodPassword);
  await page.getByLabel("Password again").fill(goodPassword);
  await page.getByRole("main").getByRole("button", { name: "Join" }).click();
}

let file: { name: string; mimeType: string; buffer: Buffer };
beforeAll(async () => {
  const buffer = await drawPicture(11, { width: 700, height: 500 });
  file = { name: "weir.jpg", mimeType: "image/jpeg", buffer };
});

test("without scripts one joins, corrects mistakes, uses the menu, signs out and in again", async () => {
  const page = await journey.visit(plain);
  await page.goto("/register");
  await page.getByLabel("Username").fill("not a name");
  await page.getByLabel("First name").fill("Nora");
  await page.getByLabel("E-mail address").fill("nora@example.org");
  await page.getByLabel("Password", { exact: true }).fill(goodPassword);
  await page.getByLabel("Password again").fill("something else");
  await page.getByRole("main").getByRole("button", { name: "Join" }).click();
  await page.locator('[data-field-error="username"]').waitFor();
  await page.locator('[data-field-error="password2"]').waitFor();
  expect(await page.getByLabel("First name").inputValue()).toBe("Nora");
  await join(page, "nora");
  await page.getByText("Welcome, nora.").waitFor();

  const signOut = page.getByRole("button", { name: "Sign out" });
  expect(await signOut.isVisible()).toBe(false);
  await page.locator("details.menu > summary").click();
  await signOut.click();
  await page.getByText("You are signed out.").waitFor();
  await page.goto("/login");
  await page.getByLabel("Username or e-mail address").fill("nora");
  await page.getByLabel("Password").fill("a wrong password");
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  expect(await page.locator("[data-field-error]").textContent()).toContain("wrong");
  expect(await page.getByLabel("Username or e-mail address").inputValue()).toBe("nora");
  await signIn(page, "nora");
  await page.locator("details.menu").waitFor();
});

test("without scripts one saves by address and by file, looks first, likes, edits and deletes", async () => {
  const { strangers } = journey.site;
  const page = await journey.visit(plain);
  await join(page, "otto");
  await page.goto("/images/new");
  const look = page.getByRole("button", { name: "Look at it first" });
  const address = page.getByLabel("Address of the picture or its page");
  const saveIt = page.getByRole("button", { name: "Save picture" });
  const preview = page.getByAltText("The picture you are about to save");
  await address.fill(strangers.url("/nothing-here.jpg"));
  await look.click();
  await page.locator('[data-field-error="url"]').waitFor();
  expect(await address.inputValue()).toBe(strangers.url("/nothing-here.jpg"));
  await address.fill(strangers.url("/walk.html"));
  await look.click();
  await page.getByRole("link", { name: "Summer field" }).click();
  await preview.waitFor();
  expect(await page.getByLabel("Title").inputValue()).toBe("Summer field");
  await saveIt.click();
  await page.getByText("Saved.").waitFor();

  await page.getByRole("button", { name: "Like", exact: true }).click();
  expect(await page.locator("article").getAttribute("data-likes")).toBe("1");
  await page.getByRole("button", { name: "Unlike" }).click();
  expect(await page.locator("article").getAttribute("data-likes")).toBe("0");

  await page.goto("/images/new");
  await page.getByLabel("Or a file from this device").setInputFiles(file);
  await look.click();
  await preview.waitFor();
  await page.getByLabel("Title").fill("The weir");
  await saveIt.click();
  await page.getByText("Saved.").waitFor();
  await page.getByRole("link", { name: "Edit or delete" }).click();
  await page.getByLabel("Title").fill("   ");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.locator('[data-field-error="title"]').waitFor();
  await page.getByLabel("Title").fill("The old weir");
  await page.getByRole("button", { name: "Save changes" }).click();
  expect(page.url()).toMatch(/\/the-old-weir$/);
  await page.getByRole("link", { name: "Edit or delete" }).click();
  await page.getByText("Delete this picture").click();
  await page.getByRole("button", { name: "Delete for good" }).click();
  await page.getByText("“The old weir” is deleted.").waitFor();
});

test("without scripts the list goes on by a link", async () => {
  const person = newPerson();
  const { id } = await createPerson(journey.site.deps, person);
  await createImageRows(journey.site.deps.database, id, 30);
  const page = await journey.visit(plain);
  // Rows without files: their pictures are not what this test looks at.
  await page.route("**/media/**", (route) => route.abort());
  await page.goto("/images");
  const ids = () =>
    page.locator(".card").evaluateAll((cards) => cards.map((card) => Number(card.dataset.imageId)));
  const first = await ids();
  expect(first).toHaveLength(24);
  await page.getByRole("link", { name: "Show more" }).click();
  await page.waitForURL(/cursor=/);
  const second = await ids();
  expect(second.length).toBeGreaterThanOrEqual(6);
  expect(second.filter((id) => first.includes(id))).toEqual([]);
  journey.takeComplaints();
});
