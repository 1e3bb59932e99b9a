import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import { createPerson } from "#features/account/register-person.ts";
import { sendMailQueue } from "#features/account/send-mail.ts";
import { allGrants, createGroup } from "#tests/admin/callers.ts";
import { createRow } from "#tests/admin/rows.ts";
import { newPerson } from "#tests/factories/people.ts";
import { administrator } from "#tests/support/site-server.ts";
import { faultsOf } from "./site-accessibility.ts";
import { setUpSite, signIn } from "./site-set-up.ts";

const journey = setUpSite();
let admin: Page;
const main = (page = admin) => page.getByRole("main");
const press = (name: string, page = admin) =>
  main(page).getByRole("button", { name, exact: true }).click();
/** The rows made here have no files. */
const forgetMissingFiles = () => {
  const others = journey.takeComplaints().filter((each) => !each.includes("/media/thumbnails/"));
  expect(others).toEqual([]);
};
const rowOf = (model: string) => createRow(journey.site.deps.database, model);

beforeEach(async () => {
  admin = await enter(administrator.username, administrator.password);
});

async function enter(username: string, password?: string): Promise<Page> {
  const page = await journey.visit();
  await page.goto("/login");
  await signIn(page, username, password);
  return page;
}

/** Staff in a group that may do these things. */
async function enterAsStaff(grants: Parameters<typeof createGroup>[1]): Promise<Page> {
  const { id, username } = await createPerson(journey.site.deps, newPerson({ isStaff: true }));
  await createGroup(journey.site.deps.database, grants, [id]);
  return enter(username);
}

test("the question before a bulk action", async () => {
  await rowOf("contacts");
  await admin.goto("/admin/users");
  await main().getByRole("checkbox").nth(2).check();
  await main().getByLabel("With those chosen").selectOption({ label: "Deactivate" });
  await press("Go");
  await main()
    .getByRole("heading", { name: /Deactivate/ })
    .waitFor();
  expect(await faultsOf(admin)).toEqual([]);
});

test("a form with everything wrong, and one with a picker open", async () => {
  await admin.goto("/admin/users/new");
  await main()
    .locator("form")
    .evaluate((form: HTMLFormElement) => {
      form.noValidate = true;
    });
  await press("Save");
  await main().locator("[data-field-error]").first().waitFor();
  expect(await faultsOf(admin)).toEqual([]);
  await rowOf("images");
  await admin.goto("/admin/likes/new");
  await main().getByRole("combobox").first().pressSequentially("row_");
  await main().getByRole("option").first().waitFor();
  expect(await faultsOf(admin)).toEqual([]);
});

test("what a second editor is told, and the history after", async () => {
  const key = await rowOf("images");
  const other = await enter(administrator.username, administrator.password);
  for (const page of [admin, other]) await page.goto(`/admin/images/${key}`);
  await other.getByLabel("Title").fill("Theirs");
  await press("Save and continue editing", other);
  await main(other).getByRole("status").first().waitFor();
  await admin.getByLabel("Title").fill("Mine");
  await press("Save");
  await main().getByRole("button", { name: "Save mine anyway" }).waitFor();
  expect(await faultsOf(admin)).toEqual([]);
  await press("Save mine anyway");
  await admin.goto(`/admin/images/${key}/history`);
  expect(await main().textContent()).toMatch(/Theirs[\s\S]*Mine|Mine[\s\S]*Theirs/);
  expect(await faultsOf(admin)).toEqual([]);
  await admin.goto("/admin/images/999999999");
  expect(await faultsOf(admin)).toEqual([]);
  forgetMissingFiles();
});

test("a job that failed, from the front page on", async () => {
  await journey.site.deps.database.$executeRaw`
    insert into pgboss.job (name, state, output, completed_on)
    values (${sendMailQueue}, 'failed', '{"message": "The mail server said no"}', now())`;
  await admin.goto("/admin");
  await main()
    .getByRole("link", { name: /1 job has failed/ })
    .click();
  await main().getByRole("link", { name: sendMailQueue }).first().waitFor();
  expect(await faultsOf(admin)).toEqual([]);
  await admin.goto(`/admin/jobs/${sendMailQueue}?state=failed`);
  expect(await faultsOf(admin)).toEqual([]);
  await main().locator(`a[href^="/admin/jobs/${sendMailQueue}/"]`).first().click();
  await main().getByText("The mail server said no").first().waitFor();
  expect(await faultsOf(admin)).toEqual([]);
  await admin.goto(`${new URL(admin.url()).pathname}/delete`);
  expect(await faultsOf(admin)).toEqual([]);
});

test("what staff see who may look and not change", async () => {
  const [group, person] = [await rowOf("groups"), await rowOf("users")];
  const staff = await enterAsStaff(["groups view", "users view", ...allGrants("images")]);
  for (const path of [
    "",
    "/users",
    `/users/${person}`,
    `/groups/${group}`,
    "/images",
    "/history",
  ]) {
    expect([path, (await staff.goto(`/admin${path}`))?.status()]).toEqual([path, 200]);
    expect([path, await faultsOf(staff)]).toEqual([path, []]);
  }
  forgetMissingFiles();
});
