import type { Express } from "express";
import supertest from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawPicture } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let ana: { id: number; username: string; visitor: Visitor };
let imageId: number;

beforeAll(async () => {
  site = await startTestApp();
  // An administrator: to others the forms of /admin are not there at all.
  ana = await signedInPerson(site, { isSuperuser: true });
  const saved = await ana.visitor.postFile(
    "/images",
    { name: "a.png", bytes: await drawPicture(3) },
    { title: "A picture" },
  );
  imageId = Number(saved.location?.split("/")[2]);
});
afterAll(() => site.close());

interface Layer {
  route?: { path: string | string[]; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
}

/** Every path that answers to a POST, from the app itself, so that a new one cannot be forgotten. */
function postPaths(layers: Layer[]): string[] {
  return layers.flatMap(({ route, handle }) => {
    if (route) return route.methods["post"] ? [route.path].flat() : [];
    return handle.stack ? postPaths(handle.stack) : [];
  });
}
const concrete = (path: string) =>
  path
    .replace(":id", String(imageId))
    .replace(":username", ana.username)
    .replace(":model", "images")
    .replace(/[:*]\w+/g, "1");
const routesOf = (app: Express) =>
  postPaths((app.router as unknown as { stack: Layer[] }).stack).map(concrete);

const isOpen = (path: string) =>
  /^\/(login.*|register|logout|password-reset.*|confirm-email.*|admin.*)$/.test(path);

test("the walk finds the routes that change something", () => {
  expect(routesOf(site.app)).toEqual(
    expect.arrayContaining([
      "/login",
      "/register",
      "/logout",
      "/images",
      `/images/${imageId}/like`,
    ]),
  );
});

describe("every POST of a signed-in visitor is refused", () => {
  const refusedEverywhere = async (send: (path: string) => Promise<{ status: number }>) => {
    const answers: Record<string, number> = {};
    for (const path of routesOf(site.app)) answers[path] = (await send(path)).status;
    expect(answers).toEqual(Object.fromEntries(Object.keys(answers).map((path) => [path, 403])));
  };

  test("without a token", () =>
    refusedEverywhere((path) => ana.visitor.post(path, {}, { csrf: null })));

  test("with an empty token", () =>
    refusedEverywhere((path) => ana.visitor.post(path, {}, { csrf: "" })));

  test("with the token of another session", async () => {
    const { visitor } = await signedInPerson(site);
    const csrf = await visitor.csrf();
    expect(csrf).toHaveLength(256);
    await refusedEverywhere((path) => ana.visitor.post(path, {}, { csrf }));
  });

  test("with the token this browser had before signing in", async () => {
    const visitor = createVisitor(site.app);
    const csrf = await visitor.csrf();
    await visitor.post(
      "/login",
      { username: ana.username, password: "plum-tree-in-snow" },
      { csrf },
    );
    await refusedEverywhere((path) => visitor.post(path, {}, { csrf }));
  });

  test("with the right token in the address instead of the form", async () => {
    const csrf = await ana.visitor.csrf();
    await refusedEverywhere((path) =>
      ana.visitor.post(`${path}?_csrf=${csrf}`, {}, { csrf: null }),
    );
  });

  test.each(["cross-site", "same-site"])(
    "with the right token, when the browser says %s",
    async (site) => {
      const csrf = await ana.visitor.csrf();
      await refusedEverywhere((path) =>
        ana.visitor.post(path, {}, { csrf, headers: { "Sec-Fetch-Site": site } }),
      );
    },
  );

  test.each(["https://example.org", "null", "http://localhost.example.org:3000", "file://"])(
    "with the right token, when it comes from %s",
    async (Origin) => {
      const csrf = await ana.visitor.csrf();
      await refusedEverywhere((path) => ana.visitor.post(path, {}, { csrf, headers: { Origin } }));
    },
  );

  test("and nothing has happened", async () => {
    const image = await site.deps.database.image.findUniqueOrThrow({ where: { id: imageId } });
    expect(image).toMatchObject({ title: "A picture", totalLikes: 0 });
    expect((await ana.visitor.get("/images/new")).status).toBe(200);
  });
});

describe("a form with a file", () => {
  const send = async (token: string | null, fields: Record<string, string> = {}) => {
    const agent = supertest.agent(site.app);
    const cookie = await cookieOfAna();
    const request = agent.post("/images").set("Cookie", cookie).field("title", "X");
    if (token !== null) request.field("_csrf", token);
    for (const [name, value] of Object.entries(fields)) request.field(name, value);
    return request.attach("file", await drawPicture(4), "x.png");
  };
  const cookieOfAna = async () => {
    const visitor = createVisitor(site.app);
    const form = { username: ana.username, password: "plum-tree-in-snow" };
    const answer = await visitor.post("/login", form);
    return String([answer.headers["set-cookie"]].flat()[0]).split(";")[0] ?? "";
  };

  test("is refused without the session's token", async () => {
    const stranger = await createVisitor(site.app).csrf();
    expect((await send(null)).status).toBe(403);
    expect((await send(stranger)).status).toBe(403);
    expect(await site.deps.database.image.count()).toBe(1);
  });
});

describe("a script's token", () => {
  test("is taken from the X-CSRF-Token header", async () => {
    const token = await ana.visitor.csrf();
    const headers = { Accept: "application/json", "X-CSRF-Token": token };
    const liked = await ana.visitor.post(`/images/${imageId}/like`, {}, { csrf: null, headers });
    expect(liked.status).toBe(200);
    expect(liked.body).toMatchObject({ status: "ok", liked: true, likes: 1 });
  });

  test("is refused in JSON when it is wrong", async () => {
    const headers = { Accept: "application/json", "X-CSRF-Token": "wrong" };
    const answer = await ana.visitor.post(`/images/${imageId}/unlike`, {}, { csrf: null, headers });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ status: "error", code: "wrong_form_token" });
    expect(answer.body["message"]).toMatch(/\w+ .*\./);
  });
});

describe("the browser's own word about where a form was", () => {
  const like = (headers: Record<string, string>) =>
    ana.visitor.post(`/images/${imageId}/like`, {}, { headers });

  test("lets this site's own forms through", async () => {
    expect((await like({ "Sec-Fetch-Site": "same-origin" })).status).toBe(303);
    expect((await like({ Origin: site.deps.config.baseUrl })).status).toBe(303);
    expect((await like({ Origin: "http://magpie.lan:3000", Host: "magpie.lan:3000" })).status).toBe(
      303,
    );
  });

  test("refuses another port of the same machine", async () => {
    expect((await like({ Origin: "http://magpie.lan:8080", Host: "magpie.lan:3000" })).status).toBe(
      403,
    );
  });
});

describe("a signed-out visitor who sends a form for members", () => {
  test("goes to sign in, and a script learns why", async () => {
    const visitor = createVisitor(site.app);
    const csrf = await visitor.csrf();
    for (const path of routesOf(site.app).filter((path) => !isOpen(path))) {
      const html = await visitor.post(path, {}, { csrf });
      expect([path, html.status, html.location]).toEqual([path, 303, "/login?next=%2F"]);
      const json = await visitor.post(path, {}, { csrf, headers: { Accept: "application/json" } });
      expect([path, json.status, json.body]).toEqual([
        path,
        401,
        { status: "error", code: "sign_in_required" },
      ]);
    }
  });

  test("comes back to the page the form was on, if that is here", async () => {
    const visitor = createVisitor(site.app);
    const from = (Referer: string) =>
      visitor.post(`/images/${imageId}/like`, {}, { headers: { Referer, Host: "magpie.lan" } });
    expect((await from("http://magpie.lan/images/1/a?x=1")).location).toBe(
      "/login?next=%2Fimages%2F1%2Fa%3Fx%3D1",
    );
    expect((await from("http://example.org/images/1/a")).location).toBe("/login?next=%2F");
  });
});
