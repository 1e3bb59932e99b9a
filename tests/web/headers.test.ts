import supertest from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawPicture } from "#tests/factories/images.ts";
import { goodPassword, signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { type Answer, createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let ana: { id: number; username: string; visitor: Visitor };
let imagePath: string;
let mediaPath: string;
let stylesheet: string;
const answers: Record<string, Answer> = {};

beforeAll(async () => {
  site = await startTestApp();
  ana = await signedInPerson(site);
  const file = { name: "a.png", bytes: await drawPicture(5) };
  const saved = await ana.visitor.postFile("/images", file, { title: "A picture" });
  imagePath = saved.location ?? "";
  const page = await createVisitor(site.app).get(imagePath);
  mediaPath = page.$("article img").attr("src") ?? "";
  stylesheet = page.$('link[rel="stylesheet"]').attr("href") ?? "";

  const anybody = createVisitor(site.app);
  Object.assign(answers, {
    "the front page": await anybody.get("/"),
    "an image": page,
    "the sign-in page": await createVisitor(site.app).get("/login"),
    "the registration page": await createVisitor(site.app).get("/register"),
    "the save form": await ana.visitor.get("/images/new"),
    "a redirect to the sign-in page": await anybody.get("/images/new"),
    "a redirect to the right slug": await anybody.get(`${imagePath}-wrong`),
    "a page that is not here": await anybody.get("/nowhere"),
    "an error in JSON": await anybody.get("/nowhere", { Accept: "application/json" }),
    "a refused form": await ana.visitor.post("/images", {}, { csrf: null }),
    "a wrong form": await createVisitor(site.app).post("/login", { username: "", password: "" }),
    "a wrong method": await ana.visitor.post("/", {}),
    "a body that cannot be read": await ana.visitor.post("/images?a=1&a=2", {}),
    "a stylesheet": await anybody.get(stylesheet),
    "a picture": await anybody.get(mediaPath),
    "a picture that is not here": await anybody.get("/media/nothing.webp"),
    "a static file that is not here": await anybody.get("/static/nothing.css"),
    "the health check": await anybody.get("/healthz"),
  });
});
afterAll(() => site.close());

const openedByBookmarklet = ["the sign-in page", "the registration page", "the save form"];
const policyOf = (answer: Answer | undefined) => answer?.headers["content-security-policy"] ?? "";

describe("every answer", () => {
  test("carries a policy that allows no inline script or style, no plugin, no framing", () => {
    for (const [name, answer] of Object.entries(answers)) {
      const policy = policyOf(answer);
      expect([name, policy]).toEqual([name, expect.stringContaining("default-src 'none'")]);
      expect([name, policy]).toEqual([
        name,
        expect.not.stringMatching(/unsafe|nonce|\*|https?:|data:/),
      ]);
      if (name === "a picture") continue;
      for (const rule of [
        "script-src 'self'",
        "style-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
      ]) {
        expect([name, policy]).toEqual([name, expect.stringContaining(rule)]);
      }
    }
  });

  test("may not be sniffed, tells other sites nothing and names no software", () => {
    for (const [name, { headers }] of Object.entries(answers)) {
      expect([name, headers["x-content-type-options"]]).toEqual([name, "nosniff"]);
      expect([name, headers["referrer-policy"]]).toEqual([name, "same-origin"]);
      expect([name, headers["x-powered-by"], headers["server"]]).toEqual([
        name,
        undefined,
        undefined,
      ]);
    }
  });

  test("keeps openers away, but for the pages that the bookmarklet opens", () => {
    for (const [name, { headers }] of Object.entries(answers)) {
      if (name === "a redirect to the sign-in page" || name === "a wrong form") continue;
      const expected = openedByBookmarklet.includes(name) ? undefined : "same-origin";
      expect([name, headers["cross-origin-opener-policy"]]).toEqual([name, expected]);
    }
  });

  test("lets the bookmarklet's window keep its opener on every way in, and on none elsewhere", async () => {
    const visitor = createVisitor(site.app);
    for (const path of [
      ...["/login/second-factor", "/login/second-factor/passkey", "/login/passkey"],
      ...["/login/openid", "/login/openid/callback", "/register/openid"],
    ]) {
      const { headers } = await visitor.get(path);
      expect([path, headers["cross-origin-opener-policy"]]).toEqual([path, undefined]);
    }
    for (const path of ["/confirm", "/settings/second-factor", "/logins", "/images/new/x"]) {
      const { headers } = await visitor.get(path);
      expect([path, headers["cross-origin-opener-policy"]]).toEqual([path, "same-origin"]);
    }
  });

  test("from a page has no inline script, style or handler", () => {
    for (const [name, { $, headers }] of Object.entries(answers)) {
      if (!headers["content-type"]?.startsWith("text/html")) continue;
      expect([name, $("style, script:not([src]), [style]").length]).toEqual([name, 0]);
      const attributes = $("*")
        .toArray()
        .flatMap((element) => Object.keys($(element).attr() ?? {}));
      expect([name, attributes.filter((attribute) => attribute.startsWith("on"))]).toEqual([
        name,
        [],
      ]);
    }
  });
});

describe("caches", () => {
  const cacheControl = (name: string) => answers[name]?.headers["cache-control"];

  test("keep nothing of signed-in pages, forms and errors", async () => {
    const personal = [
      "the save form",
      "the sign-in page",
      "the registration page",
      "a wrong form",
      "a refused form",
      "a page that is not here",
      "a redirect to the sign-in page",
      "a wrong method",
      "the health check",
    ];
    for (const name of personal) expect([name, cacheControl(name)]).toEqual([name, "no-store"]);
    for (const path of ["/", "/images", imagePath, `/users/${ana.username}`, "/bookmarklet"]) {
      expect([path, (await ana.visitor.get(path)).headers["cache-control"]]).toEqual([
        path,
        "no-store",
      ]);
    }
  });

  test("may keep what anybody sees, which sets no cookie", async () => {
    for (const path of ["/", "/images", imagePath, `/users/${ana.username}`, "/bookmarklet"]) {
      const { headers } = await createVisitor(site.app).get(path);
      expect([path, headers["cache-control"]]).toEqual([path, "public, no-cache"]);
      expect([path, headers["vary"]]).toEqual([path, expect.stringContaining("Cookie")]);
      expect([path, headers["set-cookie"]]).toEqual([path, undefined]);
    }
  });

  test("never keep an answer that sets a cookie", async () => {
    const { visitor, username, id } = await signedInPerson(site);
    const seen = [await visitor.post("/login", { username, password: goodPassword })];
    seen.push(await visitor.get("/login"), await visitor.post("/logout"), await visitor.get("/"));
    await visitor.post("/login", { username, password: goodPassword });
    await site.deps.database.session.deleteMany({ where: { userId: id } });
    seen.push(await visitor.get("/"));
    const withCookie = seen.filter(({ headers }) => headers["set-cookie"]);
    expect(withCookie.length).toBeGreaterThanOrEqual(3);
    for (const { headers } of withCookie) expect(headers["cache-control"]).toBe("no-store");
  });

  test("keep pictures and static files for a year", () => {
    expect(cacheControl("a picture")).toBe("public, max-age=31536000, immutable");
    expect(cacheControl("a stylesheet")).toBe("public, max-age=31536000, immutable");
    for (const name of ["a picture", "a stylesheet", "the health check"]) {
      expect([name, answers[name]?.headers["set-cookie"]]).toEqual([name, undefined]);
    }
  });
});

describe("static files", () => {
  test("have their types and hashed names", async () => {
    const expected: Record<string, string> = {
      "site.css": "text/css; charset=utf-8",
      "site.js": "text/javascript; charset=utf-8",
      "password-strength.js": "text/javascript; charset=utf-8",
      "magpie.svg": "image/svg+xml",
    };
    for (const [name, type] of Object.entries(expected)) {
      const url = site.deps.assets.urlOf(name);
      expect(url).toMatch(/^\/static\/[\w-]+\.[0-9a-f]{12}\.\w+$/);
      const answer = await createVisitor(site.app).get(url);
      expect([name, answer.status, answer.headers["content-type"]]).toEqual([name, 200, type]);
    }
  });

  test("come compressed to who can read it, and are the same file", async () => {
    // The test's own client undoes the compression.
    const fetched = (encoding: string) =>
      supertest(site.app).get(stylesheet).set("Accept-Encoding", encoding);
    const plain = await fetched("identity");
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(plain.text.length).toBeGreaterThan(1000);
    for (const [accepted, used] of [
      ["gzip, deflate, br, zstd", "br"],
      ["br;q=0, gzip", "gzip"],
      ["gzip", "gzip"],
    ] as const) {
      const { headers, text } = await fetched(accepted);
      expect(headers).toMatchObject({ "content-encoding": used, vary: "Accept-Encoding" });
      expect(text).toBe(plain.text);
    }
  });

  test("answer HEAD, and no other method", async () => {
    const head = await supertest(site.app).head(stylesheet);
    expect([head.status, head.headers["content-type"]]).toEqual([200, "text/css; charset=utf-8"]);
    const post = await supertest(site.app).post(stylesheet);
    expect([post.status, post.headers["allow"]]).toEqual([405, "GET, HEAD"]);
  });

  test.each([
    "/static/",
    "/static/site.css",
    "/static/../package.json",
    "/static/%2e%2e/package.json",
    "/static/__proto__",
    "/static/constructor",
  ])("%s is not there", async (path) => {
    const answer = await supertest(site.app).get(path);
    expect(answer.status).toBe(404);
  });
});

describe("monitors", () => {
  test("learn that it lives and is ready", async () => {
    const visitor = createVisitor(site.app);
    expect(await visitor.get("/healthz")).toMatchObject({ status: 200, text: "ok\n" });
    expect(await visitor.get("/readyz")).toMatchObject({ status: 200, text: "ready\n" });
    const post = await supertest(site.app).post("/healthz");
    expect([post.status, post.headers["allow"]]).toEqual([405, "GET, HEAD"]);
  });
});
