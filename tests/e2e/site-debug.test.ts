import { test } from "vitest";
import { setUpSite, signIn } from "./site-set-up.ts";
const j = setUpSite({ demo: false });
test("dbg", async () => {
  const { site } = j;
    const { page } = await j.visitAsMember();
    page.on("response", (r) => console.log(r.request().method(), r.status(), r.url()));
    page.on("console", (r) => console.log(r.text()));
    await page.goto("/images/new"); await page.fill("#url", site.strangers.url("/walk.html")); await page.keyboard.press("Tab"); await page.waitForTimeout(2000); await page.screenshot({path: "/tmp/e2e-shots/dbg.png"});
    console.log(await page.locator("#preview").innerHTML());
}, 200000);
