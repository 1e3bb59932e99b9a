import { generateKeyPairSync } from "node:crypto";
import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claimsOf, flashAfter, joined, journey, setOut, withSite } from "#tests/openid/journeys.ts";
import { type OpenidProvider, startOpenidProvider } from "#tests/support/openid-provider.ts";
import { startTestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let provider: OpenidProvider;
beforeAll(async () => {
  provider = await startOpenidProvider();
});
afterAll(() => provider.close());

const failed =
  "That did not work with Rookery. Try again; if it fails again, tell whoever runs this site.";
const away = "Rookery does not answer just now. Try again in a minute.";

describe("a provider that", () => {
  test("refuses the secret costs a sentence", () =>
    withSite(provider, { OIDC_CLIENT_SECRET: "another" }, async (site) => {
      provider.accounts.set("sec", claimsOf("sec"));
      const visitor = createVisitor(site.app);
      const answer = await journey(visitor, provider, "sec");
      expect(answer.location).toBe("/login?next=%2F");
      expect(await flashAfter(visitor, answer)).toBe(failed);
      expect(await site.deps.database.user.count()).toBe(0);
    }));

  test("takes the secret in the form only gets it there", async () => {
    const other = await startOpenidProvider({ method: "client_secret_post" });
    try {
      await withSite(provider, other.settings, async (site) => {
        await joined(site, other, "post");
      });
    } finally {
      await other.close();
    }
  });

  const otherKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
  test.each<[string, string, unknown, string]>([
    [
      "signs with a key that is not its own",
      "/jwks",
      { keys: [otherKey.export({ format: "jwk" })] },
      failed,
    ],
    ["has no keys", "/jwks", { keys: [] }, failed],
    ["gives no ID token", "/token", { access_token: "x", token_type: "Bearer" }, failed],
    ["gives no token at all", "/token", [], failed],
    ["has no endpoints", "/.well-known/openid-configuration", { issuer: "ISSUER" }, away],
    [
      "sends people nowhere",
      "/.well-known/openid-configuration",
      { issuer: "ISSUER", authorization_endpoint: "javascript:alert(1)" },
      away,
    ],
    [
      "calls itself another",
      "/.well-known/openid-configuration",
      { issuer: "https://x.example" },
      away,
    ],
  ])("%s costs a sentence", async (_what, path, answer, sentence) => {
    await withSite(provider, {}, async (site) => {
      provider.accounts.set("odd", claimsOf("odd"));
      const json = JSON.stringify(answer).replace("ISSUER", provider.issuer);
      provider.instead.set(path, JSON.parse(json));
      const visitor = createVisitor(site.app);
      const first = await visitor.post("/login/openid");
      const back = first.status === 303 ? first : await journey(visitor, provider, "odd");
      provider.instead.clear();
      expect(back).toMatchObject({ status: 303, location: "/login?next=%2F" });
      expect(await flashAfter(visitor, back)).toBe(sentence);
      expect(await site.deps.database.user.count()).toBe(0);
      // Nothing needs a restart once it is right again.
      expect((await journey(visitor, provider, "odd")).location).toBe("/");
    });
  });

  /** What it would say, altered on the way. */
  const keysOf = async () => (await (await fetch(`${provider.issuer}/jwks`)).json()) as object;
  test.each<[string, (keys: object) => RequestListener, string]>([
    [
      "says more than a megabyte",
      (keys) => (_request, response) =>
        response
          .setHeader("Content-Type", "application/json")
          .end(JSON.stringify({ ...keys, padding: "x".repeat(2 ** 20) })),
      failed,
    ],
    [
      "compresses what it says, which may be more than it seems",
      (keys) => (_request, response) =>
        response
          .setHeader("Content-Type", "application/json")
          .setHeader("Content-Encoding", "gzip")
          .end(gzipSync(JSON.stringify(keys))),
      failed,
    ],
    [
      "breaks off",
      (_keys) => (_request, response) => {
        response.setHeader("Content-Type", "application/json");
        response.write("{", () => response.destroy());
      },
      away,
    ],
    [
      "says it a byte at a time",
      (_keys) => (_request, response) => {
        response.setHeader("Content-Type", "application/json");
        const drip = setInterval(() => response.write(" "), 100);
        response.on("close", () => clearInterval(drip));
      },
      away,
    ],
  ])("%s costs a sentence", async (what, alter, sentence) => {
    await withSite(provider, {}, async (site) => {
      const login = what.slice(0, 8).replaceAll(" ", "-");
      provider.accounts.set(login, claimsOf(login));
      const keys = await keysOf();
      const visitor = createVisitor(site.app);
      const path = await provider.signIn(await setOut(visitor), login);
      provider.instead.set("/jwks", alter(keys));
      const back = await visitor.get(path);
      provider.instead.clear();
      expect(await flashAfter(visitor, back)).toBe(sentence);
      expect(await site.deps.database.user.count()).toBe(0);
      expect((await journey(visitor, provider, login)).location).toBe("/");
    });
  });

  test("is asked to compress nothing", () =>
    withSite(provider, {}, async (site) => {
      const keys = await keysOf();
      const accepted: unknown[] = [];
      const answer: RequestListener = (request, response) => {
        accepted.push(request.headers["accept-encoding"]);
        response.setHeader("Content-Type", "application/json").end(JSON.stringify(keys));
      };
      provider.instead.set("/jwks", answer);
      await joined(site, provider, "plain");
      provider.instead.clear();
      expect(accepted).toEqual(["identity"]);
    }));

  test("goes away after it was there is told of on our page, a minute later", async () => {
    const other = await startOpenidProvider();
    const asked = () =>
      other.asked.filter((path) => path === "/.well-known/openid-configuration").length;
    let now = Date.now();
    const site = await startTestApp(other.settings, { clock: () => new Date(now) });
    try {
      const visitor = createVisitor(site.app);
      for (const [later, times] of [
        [0, 1],
        [60_000, 1],
        [1, 2],
        [60_000, 2],
      ] as const) {
        now += later;
        await setOut(visitor);
        expect([later, asked()]).toEqual([later, times]);
      }
      await other.close();
      now += 1;
      const answer = await visitor.post("/login/openid");
      expect(await flashAfter(visitor, answer)).toBe(away);
    } finally {
      await site.close();
      await other.close().catch(() => {});
    }
  });

  test("tells of somebody else, or nothing, at its second address is asked no further", () =>
    withSite(provider, {}, async (site) => {
      for (const [login, answer] of [
        ["one", { sub: "two", preferred_username: "two" }],
        ["two", "?"],
      ] as const) {
        provider.accounts.set(login, claimsOf(login));
        provider.instead.set("/me", answer);
        const arrived = await journey(createVisitor(site.app), provider, login);
        provider.instead.clear();
        expect([login, arrived.location]).toEqual([login, "/register/openid"]);
      }
    }));

  test("is away does not keep the site from starting, and is asked again when it is back", async () => {
    const gone = await startOpenidProvider();
    const port = Number(new URL(gone.issuer).port);
    await gone.close();
    await withSite(provider, gone.settings, async (site) => {
      const visitor = createVisitor(site.app);
      expect((await visitor.get("/login")).status).toBe(200);
      const answer = await visitor.post("/login/openid", { next: "/ranking" });
      expect(answer).toMatchObject({ status: 303, location: "/login?next=%2Franking" });
      expect(await flashAfter(visitor, answer)).toBe(away);

      const back = await startOpenidProvider({ port });
      const path = await back.signIn(await setOut(visitor), "abc");
      await back.close();
      const late = await visitor.get(path);
      expect(await flashAfter(visitor, late)).toBe(away);
    });
  });

  test("takes connections and says nothing is given up on", async () => {
    const sockets: Server = createServer();
    let questions = 0;
    sockets.on("connection", () => {
      questions += 1;
    });
    await new Promise<void>((done) => sockets.listen(0, "127.0.0.1", done));
    const { port } = sockets.address() as { port: number };
    try {
      await withSite(provider, { OIDC_ISSUER: `http://127.0.0.1:${port}` }, async (site) => {
        const visitors = [1, 2, 3].map(() => createVisitor(site.app));
        const before = Date.now();
        const answers = await Promise.all(visitors.map((visitor) => visitor.post("/login/openid")));
        expect(Date.now() - before).toBeLessThan(8000);
        expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
        // All three waited for the one question.
        expect(questions).toBe(1);
        for (const visitor of visitors) {
          expect((await visitor.get("/login")).$(".flash").text()).toBe(away);
        }
        // Whoever does not sign in by it does not wait.
        expect((await createVisitor(site.app).get("/login")).status).toBe(200);
      });
    } finally {
      sockets.close();
    }
  });

  test("is another than the settings say is not believed", () =>
    withSite(
      provider,
      { OIDC_ISSUER: `${provider.issuer.replace("127.0.0.1", "localhost")}` },
      async (site) => {
        const visitor = createVisitor(site.app);
        const answer = await visitor.post("/login/openid");
        expect(await flashAfter(visitor, answer)).toBe(away);
      },
    ));
});
