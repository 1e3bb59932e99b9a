import type { Page } from "playwright-core";
import { issueToken } from "#features/account/account-tokens.ts";
import type { AccountTokenPurpose } from "#prisma/generated/enums.ts";
import { goodPassword } from "#tests/factories/people.ts";
import { administrator } from "#tests/support/site-server.ts";
import type { SitePage } from "./site-pages.ts";
import type { SiteJourney } from "./site-set-up.ts";

/** What mails lead to, and fields for a new password with what the meter says. */
export async function accountPages({ site }: SiteJourney): Promise<SitePage[]> {
  const { database } = site.deps;
  const { id: userId, email } = await database.user.findUniqueOrThrow({
    where: { username: administrator.username },
  });
  const linkOf = async (path: string, purpose: AccountTokenPurpose) =>
    `/${path}/${await issueToken(database, { userId, purpose, email, now: new Date() })}`;
  const reset = await linkOf("password-reset", "reset_password");
  const confirm = await linkOf("confirm-email", "confirm_email");

  const at = (name: string, path: string): SitePage => ({
    name,
    who: "visitor",
    open: (page) => page.goto(path),
  });
  const typing = (path: string, password: string, step: number): SitePage => ({
    name: `${path}, the meter at ${step}`,
    who: "visitor",
    open: async (page) => {
      await page.goto(path);
      await page.locator("input[name=password]").fill(password);
      await page.locator(`[data-step="${step}"]`).waitFor();
    },
  });
  const wrong = (path: string, fill: (page: Page) => Promise<void>): SitePage => ({
    name: `${path}, errors`,
    who: "visitor",
    open: async (page) => {
      await page.goto(path);
      await fill(page);
      const form = page.locator("main form.form");
      // The browser would not send what it sees is wrong.
      await form.evaluate((element) => element.setAttribute("novalidate", ""));
      await form.locator("button[type=submit]").click();
      await page.locator("[data-field-error]").first().waitFor();
    },
  });
  return [
    at("forgotten password", "/password-reset"),
    wrong("/password-reset", (page) => page.locator("#email").fill("ana@example.org@")),
    at("new password", reset),
    typing(reset, "Password2024", 0),
    typing(reset, "correcthorse", 2),
    typing("/register", goodPassword, 4),
    wrong(reset, async (page) => {
      await page.locator("#password").fill("password123");
      await page.locator("#password2").fill("password1234");
    }),
    at("dead link", "/password-reset/nothing"),
    at("look into your mail", "/confirm-email"),
    at("confirm an address", confirm),
    at("dead link to confirm", "/confirm-email/nothing"),
  ];
}
