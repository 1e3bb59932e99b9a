import { launchBrowser } from "#tests/support/browser.ts";
const [base = "", out = "", user = "", ...paths] = process.argv.slice(2);
const browser = await launchBrowser();
for (const [width, scheme] of [[1440, "light"], [390, "dark"], [1440, "dark"], [390, "light"]] as const) {
  if (process.env["LOOKS"] && !process.env["LOOKS"].includes(`${width}${scheme}`)) continue;
  const context = await browser.newContext({ viewport: { width, height: width === 390 ? 844 : 900 }, colorScheme: scheme, deviceScaleFactor: 1 });
  const page = await context.newPage();
  if (user !== "-") {
    await page.goto(base + "/login");
    const [name = "", password = ""] = user.split(":");
    await page.getByLabel("Username or e-mail address").fill(name);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL((url) => url.pathname !== "/login");
  }
  for (const path of paths) {
    await page.goto(base + path, { waitUntil: "networkidle" });
    await page.screenshot({ path: `${out}/${path.replace(/\W+/g, "_")}-${width}-${scheme}.png`, fullPage: false });
  }
  await context.close();
}
await browser.close();
