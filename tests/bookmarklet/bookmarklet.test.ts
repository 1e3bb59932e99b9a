import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;
beforeAll(async () => {
  site = await startTestApp({ BASE_URL: "https://pictures.example" });
});
afterAll(() => site.close());

test("the page offers the whole program as a link that names this site and no other", async () => {
  const page = await createVisitor(site.app).get("/bookmarklet");
  expect(page.status).toBe(200);
  const href = page.$("a[data-bookmarklet]").attr("href") ?? "";
  expect(href).toMatch(/^javascript:/);
  expect(href.includes("#")).toBe(false);
  const program = decodeURIComponent(href);
  expect(program).toContain("https://pictures.example");
  // The SVG and XHTML namespaces are names, never fetched.
  const others = /https?:\/\/(?!pictures\.example|www\.w3\.org)[a-z0-9.-]+/g;
  expect(program.match(others)).toBeNull();
  expect(page.$("#bookmarklet-code").val()).toBe(href);
});

test("the page sets no cookie", async () => {
  const page = await createVisitor(site.app).get("/bookmarklet");
  expect(page.headers["set-cookie"]).toBeUndefined();
});
