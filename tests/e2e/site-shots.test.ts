import { drawPicture } from "#tests/factories/images.ts";
import { test } from "vitest";
import { administrator } from "#tests/support/site-server.ts";
import { setUpSite, signIn } from "./site-set-up.ts";

const j = setUpSite({ demo: true });
test("shots", async () => {
  const { site } = j; site.strangers.serve("/river-copy.jpg", await drawPicture(100, { width: 800, height: 450 }), "image/jpeg");
  const first = await site.deps.database.image.findFirstOrThrow({ orderBy: { id: "desc" } });
  const tall = await site.deps.database.image.findFirstOrThrow({
    where: { title: { not: "" } },
    orderBy: { height: "desc" },
  });
  for (const colorScheme of ["light", "dark"] as const)
    for (const width of [390, 1440]) {
      const shot = async (page: any, name: string, full = true) => {
        await page.waitForTimeout(350);
        await page.screenshot({
          path: `/tmp/e2e-shots/${name}-${width}-${colorScheme}.png`,
          fullPage: full,
        });
      };
      const opts = { colorScheme, viewport: { width, height: width === 390 ? 844 : 900 } };
      const v = await j.visit(opts);
      for (const [n, p] of [
        ["list", "/"],
        ["image-visitor", `/images/${first.id}/${first.slug}`],
        ["image-tall", `/images/${tall.id}/${tall.slug}`],
        ["login", "/login"],
        ["register", "/register"],
        ["bookmarklet", "/bookmarklet"],
        ["404", "/nothing"],
        [
          "profile",
          `/users/${(await site.deps.database.user.findUniqueOrThrow({ where: { id: first.ownerId } })).username}`,
        ],
      ] as const) {
        await v.goto(p);
        await shot(v, n, n !== "list");
      }
      await v.goto("/login");
      await v.fill("#username", "x");
      await v.fill("#password", "wrongwrong");
      await v.click("main button");
      await shot(v, "login-error");
      await v.goto("/register");
      await v.fill("#username", "x y");
      await v.fill("#email", "a@b.c");
      await v.fill("#password", "magpie");
      await v.fill("#password2", "other");
      await v.click("main button");
      await shot(v, "register-error");
      const m = await j.visitAsMember(opts);
      const { page } = m;
      await page.goto("/");
      await page.locator("details.menu > summary").click();
      await shot(page, "menu", false);
      await page.goto(`/users/${m.username}`);
      await shot(page, "profile-empty");
      await page.goto("/images/new");
      await shot(page, "new");
      await page.goto(
        `/images/new?${new URLSearchParams({ url: site.strangers.url("/river-spring-1600x900.jpg"), title: "River", page: site.strangers.url("/walk.html") })}`,
      );
      await page.waitForTimeout(700);
      await shot(page, "new-preview");
      await page.click("text=Save picture");
      await page.waitForURL(/\/images\/\d+/);
      await shot(page, "image-owner");
      await page.goto(`${page.url().replace(/\/[^/]*$/, "/edit")}`);
      await shot(page, "edit");
      await page.locator("details.danger > summary").click();
      await page.fill("#title", " ");
      await page.click("text=Save changes");
      await page.locator("details.danger > summary").click();
      await shot(page, "edit-error");
      await page.goto(
        `/images/new?${new URLSearchParams({ url: site.strangers.url("/river-copy.jpg"), title: "River", page: "" })}`,
      );
      await page.waitForTimeout(700);
      await shot(page, "new-alike");
      await page.goto("/images/new");
      await page.fill("#url", site.strangers.url("/walk.html"));
      await page.keyboard.press("Tab");
      await page.waitForSelector(".choices img");
      await page.waitForTimeout(600);
      await shot(page, "new-choices");
      await page.goto("/images/new");
      await page.fill("#url", site.strangers.url("/no-such"));
      await page.keyboard.press("Tab");
      await page.waitForSelector(".notice");
      await shot(page, "new-dead");
      await page.goto("/images/new");
      await page.click("text=Save picture");
      await page.evaluate(() =>
        document.querySelector("form.form")!.setAttribute("novalidate", ""),
      );
      await page.click("text=Save picture");
      await page.waitForSelector("[data-field-error]");
      await shot(page, "new-error");
      const a = await j.visit(opts);
      await a.goto("/login");
      await signIn(a, administrator.username, administrator.password);
      await a.goto(`/images/${first.id}/${first.slug}`);
      await a.locator("details.danger > summary").click();
      await shot(a, "image-admin");
      await page.evaluate(() => {
        const f = document.createElement("form");
        f.method = "post";
        f.action = "/logout";
        document.body.append(f);
        f.submit();
      });
      await page.waitForSelector(".problem-status");
      await shot(page, "403");
    }
}, 200000);
