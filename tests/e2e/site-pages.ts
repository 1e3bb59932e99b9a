import type { Page } from "playwright-core";
import { Unavailable } from "#lib/errors.ts";
import { drawPicture } from "#tests/factories/images.ts";
import { goodPassword } from "#tests/factories/people.ts";
import { administrator } from "#tests/support/site-server.ts";
import { accountPages } from "./account-pages.ts";
import { type SiteJourney, signIn } from "./site-set-up.ts";

export interface SitePage {
  name: string;
  who: keyof People;
  /** Leads a page of that person's browser there. */
  open(page: Page): Promise<unknown>;
}

export type People = Record<"visitor" | "member" | "administrator", Page>;

/** The three kinds of people, each with a browser of their own. */
export async function meetPeople(journey: SiteJourney): Promise<People> {
  const visitor = await journey.visit();
  const { page: member } = await journey.visitAsMember();
  const admin = await journey.visit();
  await admin.goto("/login");
  await signIn(admin, administrator.username, administrator.password);
  return { visitor, member, administrator: admin };
}

const press = (page: Page, name: string) =>
  page.getByRole("main").getByRole("button", { name, exact: true }).click();

/** Every page there is, in every state worth looking at, one person's in this order. */
export async function everyPage(journey: SiteJourney, { member }: People): Promise<SitePage[]> {
  const { strangers, deps } = journey.site;
  strangers.serve(
    "/similar.jpg",
    await drawPicture(100, { width: 800, height: 450 }),
    "image/jpeg",
  );
  const demo = await deps.database.image.findFirstOrThrow({
    where: { totalLikes: { gt: 3 } },
    include: { owner: true },
  });
  const shown = `/images/${demo.id}/${demo.slug}`;
  const newFor = (path: string) =>
    `/images/new?${new URLSearchParams({ url: strangers.url(path), title: "River" })}`;
  await member.goto(newFor("/river-spring-1600x900.jpg"));
  await press(member, "Save picture");
  await member.locator("article.image").waitFor();
  const own = new URL(member.url()).pathname;
  const edit = own.replace(/[^/]+$/, "edit");

  const problem = async (page: Page) => void (await page.locator(".problem").waitFor());
  const post = async (page: Page, action: string, fields: Record<string, string> = {}) => {
    await page.goto("/login");
    await page.evaluate(
      ({ action, fields }) => {
        const form = Object.assign(document.createElement("form"), { method: "post", action });
        for (const [name, value] of Object.entries(fields)) {
          form.append(Object.assign(document.createElement("input"), { name, value }));
        }
        document.body.append(form);
        form.submit();
      },
      { action, fields },
    );
    await problem(page);
  };
  const join = async (page: Page, username: string, again = goodPassword) => {
    await page.goto("/register");
    await page.getByLabel("Username").fill(username);
    await page.getByLabel("E-mail address").fill("someone@example.org");
    await page.getByLabel("Password", { exact: true }).fill(goodPassword);
    await page.getByLabel("Password again").fill(again);
    await press(page, "Join");
  };
  const failing = (error: () => Error) => async (page: Page) => {
    deps.limits.registrationsByAddress.take = () => Promise.reject(error());
    await join(page, "somebody");
    await problem(page);
  };

  const at = (name: string, who: keyof People, path: string): SitePage => ({
    name,
    who,
    open: (page) => page.goto(path),
  });
  return [
    at("list", "visitor", "/images"),
    at("feed of everybody, with suggestions", "member", "/"),
    at("directory, visitor", "visitor", "/users"),
    at("directory, member", "member", "/users"),
    at("followers", "member", `/users/${demo.owner.username}/followers`),
    at("following", "visitor", `/users/${demo.owner.username}/following`),
    at("nobody follows", "visitor", `/users/${administrator.username}/followers`),
    at("profile, member", "member", `/users/${demo.owner.username}`),
    {
      name: "feed",
      who: "member",
      open: async (page) => {
        await page.goto(`/users/${demo.owner.username}`);
        await page.getByRole("button", { name: "Follow" }).click();
        await page.getByRole("button", { name: "Unfollow" }).waitFor();
        await page.goto("/");
        await page.getByRole("heading", { name: "Your feed" }).waitFor();
      },
    },
    at("ranking", "visitor", "/ranking"),
    at("ranking of today", "member", "/ranking?period=day"),
    at("profile", "visitor", `/users/${demo.owner.username}`),
    at("profile without pictures", "visitor", `/users/${administrator.username}`),
    at("own profile without pictures", "administrator", `/users/${administrator.username}`),
    at("picture, visitor", "visitor", shown),
    at("picture, member", "member", shown),
    at("picture, owner", "member", own),
    at("new, handed over by the bookmarklet", "member", "/images/new?inline=1&title=Inline"),
    {
      name: "picture, administrator",
      who: "administrator",
      open: async (page) => {
        await page.goto(shown);
        await page.getByText("Delete this picture").click();
      },
    },
    {
      name: "menu",
      who: "member",
      open: async (page) => {
        await page.goto("/bookmarklet");
        await page.locator("details.menu > summary").click();
      },
    },
    at("new", "member", "/images/new"),
    {
      name: "new, preview of a near-identical picture",
      who: "member",
      open: async (page) => {
        await page.goto(newFor("/similar.jpg"));
        await page.locator(".alike").waitFor();
      },
    },
    {
      name: "new, choices",
      who: "member",
      open: async (page) => {
        await page.goto(newFor("/walk.html"));
        await page.locator(".choices").waitFor();
      },
    },
    {
      name: "new, dead address",
      who: "member",
      open: async (page) => {
        await page.goto(newFor("/nothing.jpg"));
        await page.locator(".notice-wrong").waitFor();
      },
    },
    {
      name: "new, errors",
      who: "member",
      open: async (page) => {
        await page.goto("/images/new");
        await page.getByLabel("Title").fill(" ");
        await press(page, "Save picture");
        await page.locator("[data-field-error]").waitFor();
      },
    },
    at("edit", "member", edit),
    {
      name: "edit, errors",
      who: "member",
      open: async (page) => {
        await page.goto(edit);
        await page.getByLabel("Title").fill(" ");
        await press(page, "Save changes");
        await page.locator("[data-field-error]").waitFor();
        await page.getByText("Delete this picture").click();
      },
    },
    ...["profile", "password", "second-factor", "passkeys", "sessions", "data", "delete"].map(
      (name) => at(`settings, ${name}`, "member", `/settings/${name}`),
    ),
    at("confirm that it is you", "member", "/confirm?next=/settings/second-factor"),
    {
      name: "settings, a photo chosen and a wrong password",
      who: "member",
      open: async (page) => {
        await page.goto("/settings/profile");
        const buffer = await drawPicture(7, { format: "png" });
        await page.setInputFiles("#photo", { name: "me.png", mimeType: "image/png", buffer });
        await page.locator('[data-photo-preview] img[src^="blob:"]').waitFor();
        await page.getByLabel("E-mail address").fill("other@example.org");
        await page.getByLabel("Current password").fill("wrong");
        await press(page, "Save changes");
        await page.locator("[data-field-error=currentPassword]").waitFor();
      },
    },
    at("sign in", "visitor", "/login"),
    {
      name: "sign in, errors",
      who: "visitor",
      open: async (page) => {
        await page.goto("/login");
        await page.getByLabel("Username or e-mail address").fill("nobody");
        await page.getByLabel("Password").fill("nothing at all");
        await press(page, "Sign in");
        await page.locator("[data-field-error]").waitFor();
      },
    },
    at("join", "visitor", "/register"),
    ...(await accountPages(journey)),
    { name: "join, errors", who: "visitor", open: (page) => join(page, "no name", "other") },
    {
      name: "bookmarklet",
      who: "visitor",
      open: async (page) => {
        await page.goto("/bookmarklet");
        await page.getByText("On a phone or tablet").click();
      },
    },
    { name: "403", who: "visitor", open: (page) => post(page, "/logout") },
    at("404", "visitor", "/nothing-here"),
    at("405", "visitor", "/logout"),
    {
      name: "413",
      who: "visitor",
      open: (page) => post(page, "/login", { username: "x".repeat(300_000) }),
    },
    {
      name: "429",
      who: "visitor",
      open: async (page) => {
        await Promise.all(
          Array.from({ length: 101 }, () =>
            deps.limits.registrationsByAddress.take("127.0.0.1").catch(() => {}),
          ),
        );
        await join(page, "somebody");
        await page.locator("[data-field-error=username]").waitFor();
      },
    },
    {
      name: "picture of long words",
      who: "visitor",
      open: async (page) => {
        const long = "screenshot_from_holiday_lisbon_".repeat(6);
        const id = Number(own.split("/")[2]);
        const data = { title: long, description: `https://example.org/${long}` };
        await deps.database.image.update({ where: { id }, data });
        await page.goto(own);
      },
    },
    { name: "500", who: "visitor", open: failing(() => new Error("made for this test")) },
    { name: "503", who: "visitor", open: failing(() => new Unavailable()) },
    {
      name: "no new members",
      who: "visitor",
      open: (page) => {
        deps.signUpsOpen = false;
        return page.goto("/register");
      },
    },
  ];
}

/** Takes away every picture, so it comes last. */
export const emptyList = ({ site }: SiteJourney): SitePage => ({
  name: "empty list",
  who: "visitor",
  open: async (page) => {
    await site.deps.database.image.deleteMany();
    await page.goto("/images");
  },
});
