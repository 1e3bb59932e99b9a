import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { registry } from "#features/admin/registry.ts";
import { createRow } from "#tests/admin/rows.ts";
import { originals, storedFiles } from "#tests/images/stored-files.ts";
import { administrator } from "#tests/support/site-server.ts";
import { startWorker } from "../../src/worker.ts";
import { faultsOf } from "./site-accessibility.ts";
import { setUpSite, signIn } from "./site-set-up.ts";

const journey = setUpSite();
beforeAll(() => startWorker(journey.site.deps));
afterAll(() => journey.site.deps.jobs.stop());

let admin: Page;
const main = () => admin.getByRole("main");
const press = (name: string) => main().getByRole("button", { name, exact: true }).click();

async function enterAsAdministrator(options = {}): Promise<void> {
  admin = await journey.visit(options);
  await admin.goto("/login");
  await signIn(admin, administrator.username, administrator.password);
}

/** A member saves a picture; answers the path of its page. */
async function saveRiver(): Promise<string> {
  const { page } = await journey.visitAsMember();
  const url = journey.site.strangers.url("/river-spring-1600x900.jpg");
  await page.goto(`/images/new?${new URLSearchParams({ url, title: "River in spring" })}`);
  await page.getByRole("main").getByRole("button", { name: "Save picture" }).click();
  await page.locator("article.image").waitFor();
  return new URL(page.url()).pathname;
}

describe("an administrator", () => {
  beforeEach(() => enterAsAdministrator());

  test("finds a picture, corrects it, sees who did what, and deletes it with its files", async () => {
    const path = await saveRiver();
    expect(await originals(journey.site)).toHaveLength(1);

    await admin.goto("/");
    await admin.getByLabel(/Your menu/).click();
    await admin.getByRole("link", { name: "Administration" }).click();
    await admin.getByLabel("Administration").getByRole("link", { name: "Pictures" }).click();
    await admin.getByRole("searchbox").fill("ver in spr");
    await admin.keyboard.press("Enter");
    await main().getByRole("link", { name: "River in spring", exact: true }).click();

    await admin.getByLabel("Title").fill("River, early");
    await press("Save and continue editing");
    await main().getByRole("heading", { name: "River, early" }).waitFor();
    await main().getByRole("link", { name: "The whole history" }).click();
    const change = main().locator("li", { hasText: "River in spring" }).first();
    expect(await change.textContent()).toMatch(/admin[\s\S]*Title[\s\S]*River, early/);
    await admin.goto(path);
    await main().getByRole("heading", { name: "River, early" }).waitFor();

    await admin.goto("/admin");
    await main().getByRole("link", { name: "River, early" }).click();
    await main().getByRole("link", { name: "Delete" }).click();
    await main().getByText("What goes along").waitFor();
    await press("Delete for good");
    await main().getByRole("status").getByText("deleted").waitFor();

    await expect.poll(() => storedFiles(journey.site), { timeout: 20_000 }).toEqual([]);
    const visitor = await journey.visit();
    expect((await visitor.goto(path))?.status()).toBe(404);
    await admin.goto("/admin/history");
    await main().locator("li", { hasText: "River, early" }).getByText("deleted").waitFor();
  });

  test("looks at pages that are accessible and fit, light and dark", async () => {
    const found: Record<string, string[]> = {};
    const look = async (path: string) => {
      expect([path, (await admin.goto(path))?.status()]).toEqual([path, 200]);
      const faults = await faultsOf(admin);
      if (faults.length > 0) found[path] = faults;
    };
    for (const { name, form } of registry) {
      const key = await createRow(journey.site.deps.database, name);
      await look(`/admin/${name}`);
      await look(`/admin/${name}/${key}`);
      if (form?.add) await look(`/admin/${name}/new`);
    }
    const key = await createRow(journey.site.deps.database, "images");
    const others = ["", "/history", "/jobs", "/jobs/account.send-mail", `/images/${key}/delete`];
    for (const path of others) await look(`/admin${path}`);
    await look("/admin/images?q=nothing+like+it");
    expect(found).toEqual({});
    // The rows made here have no files.
    const isOfFile = (complaint: string) => complaint.includes("/media/thumbnails/");
    expect(journey.takeComplaints().filter((complaint) => !isOfFile(complaint))).toEqual([]);
  }, 300_000);
});

test("without JavaScript chosen rows are deleted, too, once that is confirmed", async () => {
  const path = await saveRiver();
  await enterAsAdministrator({ javaScriptEnabled: false });
  await admin.goto("/admin/images?q=river");
  await admin.getByLabel("Choose River in spring").check();
  await admin.getByLabel("With those chosen").selectOption({ label: "Delete" });
  await press("Go");
  await main().getByText("1 picture", { exact: false }).first().waitFor();
  await main()
    .getByRole("button", { name: /Delete/ })
    .click();
  await main().getByRole("status").getByText("1 picture").waitFor();
  expect((await admin.goto(path))?.status()).toBe(404);
});
