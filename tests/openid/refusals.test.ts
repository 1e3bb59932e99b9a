import { generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPerson } from "#features/account/register-person.ts";
import { newPerson } from "#tests/factories/people.ts";
import { claimsOf, flashAfter, joined, journey, setOut } from "#tests/openid/journeys.ts";
import { deliverMails } from "#tests/support/mails.ts";
import { type OpenidProvider, startOpenidProvider } from "#tests/support/openid-provider.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let provider: OpenidProvider;
beforeAll(async () => {
  provider = await startOpenidProvider();
});
afterAll(() => provider.close());

const failed =
  "That did not work with Rookery. Try again; if it fails again, tell whoever runs this site.";
const away = "Rookery does not answer just now. Try again in a minute.";

async function withSite<T>(
  settings: Record<string, string>,
  work: (site: TestApp) => Promise<T>,
): Promise<T> {
  const site = await startTestApp({ ...provider.settings, ...settings });
  try {
    return await work(site);
  } finally {
    await site.close();
  }
}

describe("the site's own rules hold", () => {
  test("a second factor is asked for still, and a deactivated person stays out", () =>
    withSite({}, async (site) => {
      const { id } = await joined(site, provider, "dan");
      const { database } = site.deps;
      await database.authenticator.create({
        data: { userId: id, secret: "JBSWY3DP", lastStep: 0 },
      });
      const visitor = createVisitor(site.app);
      const fields = { next: "/ranking" };
      const answer = await journey(visitor, provider, "dan", { fields });
      expect(answer).toMatchObject({ status: 303, location: "/login/second-factor" });
      expect((await visitor.get("/login/second-factor")).status).toBe(200);
      expect((await visitor.get("/settings")).location).toMatch(/^\/login/);

      await database.user.update({ where: { id }, data: { isActive: false } });
      const out = await journey(visitor, provider, "dan");
      expect(out.location).toBe("/login?next=%2F");
      expect(await flashAfter(visitor, out)).toBe(failed);
      expect(await database.session.count({ where: { userId: id } })).toBe(1);
    }));

  test("a site for members lets people join and sign in by it", () =>
    withSite({ BROWSING: "members" }, async (site) => {
      const { visitor } = await joined(site, provider, "meg");
      expect((await visitor.get("/images")).status).toBe(200);
      const stranger = createVisitor(site.app);
      const answer = await journey(stranger, provider, "no-name-yet");
      expect(answer.location).toBe("/register/openid");
      expect((await stranger.get("/register/openid")).status).toBe(200);
    }));
});

describe("where addresses must be confirmed", () => {
  const required = { EMAIL_CONFIRMATION: "required" };

  test("one the provider does not vouch for is, one it does is not", () =>
    withSite(required, async (site) => {
      await joined(site, provider, "vera");
      provider.accounts.set("ivo", { ...claimsOf("ivo"), email_verified: false });
      const visitor = createVisitor(site.app);
      expect((await journey(visitor, provider, "ivo")).location).toBe("/confirm-email");
      expect((await journey(visitor, provider, "ivo")).location).toBe("/confirm-email");
      expect((await visitor.get("/settings")).location).toMatch(/^\/login/);
      const [mail, ...others] = await deliverMails(site);
      expect(others).toEqual([]);
      await visitor.post(mail?.path ?? "");
      expect((await journey(visitor, provider, "ivo")).location).toBe("/");
    }));

  test("nobody learns who has one, but whoever has it", () =>
    withSite(required, async (site) => {
      const person = newPerson();
      await createPerson(site.deps, person);
      const claims = { ...claimsOf("nosy"), email: person.email, email_verified: false };
      provider.accounts.set("nosy", claims);
      const visitor = createVisitor(site.app);
      const answer = await journey(visitor, provider, "nosy");
      expect(answer).toMatchObject({ status: 303, location: "/confirm-email" });
      expect(await flashAfter(visitor, answer)).toBe("");
      const [mail] = await deliverMails(site);
      expect(mail?.headers).toMatchObject({
        to: person.email,
        subject: expect.stringContaining("You_have_an_account_already"),
      });

      // By the form for the rest, too.
      provider.accounts.set("nosy", { preferred_username: "no sy" });
      expect((await journey(visitor, provider, "nosy")).location).toBe("/register/openid");
      const fields = { username: "nosy2", email: person.email };
      const sent = await visitor.post("/register/openid", fields, { from: "/register/openid" });
      expect(sent).toMatchObject({ status: 303, location: "/confirm-email" });
      expect(await site.deps.database.user.count()).toBe(1);
      // To whom the provider vouches for, it is no secret.
      provider.accounts.set("owner", { ...claimsOf("owner"), email: person.email });
      const owner = createVisitor(site.app);
      const told = await journey(owner, provider, "owner");
      expect(await flashAfter(owner, told)).toContain("sign in to that account and connect it");
    }));
});

describe("a provider that", () => {
  test("refuses the secret costs a sentence", () =>
    withSite({ OIDC_CLIENT_SECRET: "another" }, async (site) => {
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
      await withSite(other.settings, async (site) => {
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
    ["says more than a megabyte", "/token", { padding: "x".repeat(2 ** 21) }, failed],
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
    await withSite({}, async (site) => {
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

  test("tells of somebody else, or nothing, at its second address is asked no further", () =>
    withSite({}, async (site) => {
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
    await withSite(gone.settings, async (site) => {
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
    await new Promise<void>((done) => sockets.listen(0, "127.0.0.1", done));
    const { port } = sockets.address() as { port: number };
    try {
      await withSite({ OIDC_ISSUER: `http://127.0.0.1:${port}` }, async (site) => {
        const visitors = [1, 2, 3].map(() => createVisitor(site.app));
        const before = Date.now();
        const answers = await Promise.all(visitors.map((visitor) => visitor.post("/login/openid")));
        expect(Date.now() - before).toBeLessThan(8000);
        expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
        // All three waited for the one question.
        expect(
          await flashAfter(
            visitors[0] ?? createVisitor(site.app),
            answers[0] ?? ({ location: "" } as never),
          ),
        ).toBe(away);
        // Whoever does not sign in by it does not wait.
        expect((await createVisitor(site.app).get("/login")).status).toBe(200);
      });
    } finally {
      sockets.close();
    }
  });

  test("is another than the settings say is not believed", () =>
    withSite(
      { OIDC_ISSUER: `${provider.issuer.replace("127.0.0.1", "localhost")}` },
      async (site) => {
        const visitor = createVisitor(site.app);
        const answer = await visitor.post("/login/openid");
        expect(await flashAfter(visitor, answer)).toBe(away);
      },
    ));
});

test("who comes back too often from one address waits", () =>
  withSite({}, async (site) => {
    const visitor = createVisitor(site.app);
    let last = "";
    for (let round = 0; round < 101; round += 1) {
      const state = new URL(await setOut(visitor)).searchParams.get("state");
      last = await flashAfter(
        visitor,
        await visitor.get(`/login/openid/callback?state=${state}&error=x`),
      );
    }
    expect(last).toContain("That was a lot at once");
  }));
