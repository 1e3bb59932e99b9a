import supertest from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let ana: { username: string; visitor: Visitor };
let imagePath: string;
let mediaPaths: string[];

beforeAll(async () => {
  site = await startTestApp({ BROWSING: "members" });
  ana = await signedInPerson(site);
  const file = { name: "a.png", bytes: await drawPicture(6) };
  imagePath = (await ana.visitor.postFile("/images", file, { title: "Ours" })).location ?? "";
  const { storageKey } = await site.deps.database.image.findFirstOrThrow();
  const page = await ana.visitor.get(imagePath);
  mediaPaths = [page.$("article img").attr("src") ?? "", `/media/${storageKey}`];
});
afterAll(() => site.close());

describe("a stranger on a site for members", () => {
  test("is sent to sign in by every page, a missing one too, and comes back after", async () => {
    const paths = [
      "/",
      "/images",
      imagePath,
      "/images/99999",
      `/users/${ana.username}`,
      "/users/nobody",
      "/bookmarklet",
      "/nowhere",
      "/images?cursor=x",
      "/LOGIN",
      "/login/x",
      "/login/second-factor/x",
      "/register/x",
      "/settings/second-factor",
      "/confirm",
    ];
    for (const path of [...paths, ...mediaPaths]) {
      const answer = await createVisitor(site.app).get(path);
      expect([path, answer.status, answer.location]).toEqual([
        path,
        303,
        `/login?next=${encodeURIComponent(path)}`,
      ]);
      expect(answer.headers["cache-control"]).toBe("no-store");
      expect(answer.text).not.toContain("Ours");
    }
  });

  test("learns in JSON that signing in is required", async () => {
    const answer = await createVisitor(site.app).get(imagePath, { Accept: "application/json" });
    expect([answer.status, answer.body]).toEqual([
      401,
      { status: "error", code: "sign_in_required" },
    ]);
  });

  test("gets no part of a page with htmx, a HEAD or a POST either", async () => {
    const part = await createVisitor(site.app).get("/images", { "HX-Request": "true" });
    expect(part.status).toBe(303);
    for (const path of ["/images", ...mediaPaths]) {
      expect((await supertest(site.app).head(path)).status).toBe(303);
    }
    expect((await createVisitor(site.app).post("/images/1/like")).status).toBe(303);
  });

  test("finds the sign-in page, the registration page, static files and monitors' addresses", async () => {
    const page = await createVisitor(site.app).get("/login");
    const stylesheet = page.$('link[rel="stylesheet"]').attr("href") ?? "";
    for (const path of [
      "/login",
      "/login/",
      "/login?next=%2Fimages",
      "/register",
      stylesheet,
      "/healthz",
      "/readyz",
    ]) {
      expect([path, (await createVisitor(site.app).get(path)).status]).toEqual([path, 200]);
    }
    expect((await createVisitor(site.app).get("/static/nothing.css")).status).toBe(404);
  });

  test("may join", async () => {
    const form = {
      username: "newcomer",
      email: "new@example.org",
      password: "plum-tree-in-snow",
      password2: "plum-tree-in-snow",
    };
    const visitor = createVisitor(site.app);
    expect((await visitor.post("/register", form, { from: "/register" })).status).toBe(303);
    expect((await visitor.get(imagePath)).status).toBe(200);
  });
});

test("a member sees pages and pictures, which no shared cache may keep", async () => {
  for (const path of ["/", "/images", imagePath])
    expect((await ana.visitor.get(path)).status).toBe(200);
  for (const path of mediaPaths) {
    const answer = await ana.visitor.get(path);
    expect([path, answer.status, answer.headers["cache-control"]]).toEqual([
      path,
      200,
      "private, max-age=31536000, immutable",
    ]);
  }
  expect((await ana.visitor.get("/nowhere")).status).toBe(404);
  await ana.visitor.post("/logout");
  expect((await ana.visitor.get(mediaPaths[0] ?? "")).status).toBe(303);
});
