import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { claimsOf, flashAfter, joined, journey, setOut } from "#tests/openid/journeys.ts";
import { type OpenidProvider, startOpenidProvider } from "#tests/support/openid-provider.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let provider: OpenidProvider;
let site: TestApp;
let waited = 0;

beforeAll(async () => {
  provider = await startOpenidProvider();
  const clock = () => new Date(Date.now() + waited);
  site = await startTestApp(provider.settings, { clock });
});
afterAll(() => Promise.all([site.close(), provider.close()]));
beforeEach(() => {
  waited = 0;
});

const users = () => site.deps.database.user.count();
const failed =
  "That did not work with Rookery. Try again; if it fails again, tell whoever runs this site.";

describe("somebody whom the provider knows", () => {
  test("joins by it, with what it says of them", async () => {
    provider.accounts.set("ana", claimsOf("ana"));
    const visitor = createVisitor(site.app);
    const answer = await journey(visitor, provider, "ana", { fields: { next: "/users/ana" } });
    expect(answer).toMatchObject({ status: 303, location: "/users/ana" });
    const page = await visitor.get("/users/ana");
    expect(page.$(".flash").text()).toContain("Welcome, Ana Rook.");
    expect(page.$("h1").text()).toContain("Ana Rook");

    const user = await site.deps.database.user.findUniqueOrThrow({
      where: { username: "ana" },
      include: { profile: true, identities: true, actions: true, tokens: true },
    });
    expect(user).toMatchObject({
      email: "ana@rookery.example",
      firstName: "Ana",
      lastName: "Rook",
      passwordHash: null,
      isStaff: false,
      isSuperuser: false,
      emailConfirmedAt: expect.any(Date),
      profile: { imagesCount: 0 },
      identities: [{ issuer: provider.issuer, subject: "ana", label: "ana" }],
      actions: [{ verb: "user_joined", targetType: "user" }],
      tokens: [],
    });
    // A person without a password cannot be guessed into.
    const guess = await createVisitor(site.app).post("/login", { username: "ana", password: "x" });
    expect(guess.status).toBe(422);
  });

  test("is the same person the next time, whatever it calls them by then", async () => {
    const { id } = await joined(site, provider, "bea");
    const before = await users();
    provider.accounts.set("bea", { ...claimsOf("beatrix"), email: "other@rookery.example" });
    const visitor = createVisitor(site.app);
    expect((await journey(visitor, provider, "bea")).location).toBe("/");
    expect((await visitor.get("/settings/profile")).$("#email").val()).toBe("bea@rookery.example");
    expect(await users()).toBe(before);
    const [identity] = await site.deps.database.oidcIdentity.findMany({ where: { userId: id } });
    expect(identity).toMatchObject({ label: "beatrix", lastUsedAt: expect.any(Date) });
  });

  test("stays signed in only when they say so", async () => {
    const { id } = await joined(site, provider, "kay");
    await journey(createVisitor(site.app), provider, "kay", { fields: { keep: "on" } });
    const sessions = await site.deps.database.session.findMany({ where: { userId: id } });
    expect(sessions.map(({ isKept }) => isKept).sort()).toEqual([false, true]);
  });

  test("comes back to no other site", async () => {
    await joined(site, provider, "lou");
    const fields = { next: "//rookery.example/x" };
    expect((await journey(createVisitor(site.app), provider, "lou", { fields })).location).toBe(
      "/",
    );
  });

  test("keeps no token of the provider's", async () => {
    const { id } = await joined(site, provider, "mia");
    const rows = await site.deps.database.$queryRaw<{ row: string }[]>`
      select sess::text as row from session_store
      union all select to_json(i)::text from oidc_identities i where user_id = ${id}`;
    expect(JSON.stringify(rows)).not.toMatch(/token"|eyJ|codeVerifier/);
  });
});

test("the way there carries state, nonce and an S256 challenge, each its own", async () => {
  const visitor = createVisitor(site.app);
  const [one, two] = [await setOut(visitor), await setOut(visitor)].map((url) => new URL(url));
  const query = Object.fromEntries(one?.searchParams ?? []);
  expect(query).toMatchObject({
    client_id: "magpie",
    response_type: "code",
    redirect_uri: "http://localhost:3000/login/openid/callback",
    scope: "openid profile email",
    code_challenge_method: "S256",
  });
  for (const name of ["state", "nonce", "code_challenge"]) {
    expect(query[name]).toMatch(/^[\w-]{43}$/);
    expect(two?.searchParams.get(name)).not.toBe(query[name]);
  }
});

test("the form that leads there needs its token", async () => {
  const answer = await createVisitor(site.app).post("/login/openid", {}, { csrf: "x" });
  expect(answer.status).toBe(403);
});

describe("a callback that nobody may use", () => {
  const withParameter = (url: string, name: string, value: string) => {
    const changed = new URL(url);
    changed.searchParams.set(name, value);
    return changed.href;
  };

  test("of another browser, or with another state", async () => {
    provider.accounts.set("eve", claimsOf("eve"));
    const before = await users();
    const path = await provider.signIn(await setOut(createVisitor(site.app)), "eve");
    const other = createVisitor(site.app);
    await setOut(other);
    for (const visitor of [other, createVisitor(site.app)]) {
      const answer = await visitor.get(path);
      expect(answer).toMatchObject({ status: 303, location: "/login" });
      expect(await flashAfter(visitor, answer)).toBe(
        "That took too long, or was done already. Try again.",
      );
      expect((await visitor.get("/settings")).location).toMatch(/^\/login/);
    }
    expect(await users()).toBe(before);
  });

  test("with a code for another nonce, or another challenge", async () => {
    const before = await users();
    for (const name of ["nonce", "code_challenge"]) {
      const visitor = createVisitor(site.app);
      const other = new URL(await setOut(visitor)).searchParams.get(name) ?? "";
      const url = withParameter(await setOut(visitor), name, other);
      const answer = await visitor.get(await provider.signIn(url, "eve"));
      expect([name, answer.location]).toEqual([name, "/login?next=%2F"]);
      expect(await flashAfter(visitor, answer)).toBe(failed);
      expect((await visitor.get("/settings")).location).toMatch(/^\/login/);
    }
    expect(await users()).toBe(before);
  });

  test("a second time, or after ten minutes", async () => {
    const visitor = createVisitor(site.app);
    provider.accounts.set("finn", claimsOf("finn"));
    const path = await provider.signIn(await setOut(visitor), "finn");
    const cookies = (await visitor.get("/login")).headers["set-cookie"];
    expect((await visitor.get(path)).location).toBe("/");
    expect((await visitor.get(path)).location).toBe("/login");
    expect(cookies).toBeUndefined();

    const late = createVisitor(site.app);
    const latePath = await provider.signIn(await setOut(late), "finn");
    waited = 601_000;
    expect((await late.get(latePath)).location).toBe("/login");
    expect((await late.get("/settings")).location).toMatch(/^\/login/);
  });

  test("with a code that the provider never gave, or an issuer that is another", async () => {
    const state = (url: string) => new URL(url).searchParams.get("state") ?? "";
    for (const query of [
      "code=made-up&iss=ISSUER",
      "code=x&iss=https://other.example",
      "iss=ISSUER",
      "",
    ]) {
      const visitor = createVisitor(site.app);
      const own = state(await setOut(visitor));
      const rest = query.replace("ISSUER", encodeURIComponent(provider.issuer));
      const answer = await visitor.get(`/login/openid/callback?state=${own}&${rest}`);
      expect([query, answer.location]).toEqual([query, "/login?next=%2F"]);
      expect(await flashAfter(visitor, answer)).toBe(failed);
    }
  });

  test.each([
    "state[]=x",
    "state=a&state=b",
    "code=a&code=b&state=x",
    "state=%00",
    "__proto__=x&state=y",
    "state=%ff%ed%a0%80",
    `state=${"a".repeat(9000)}`,
  ])("that is junk: %.30s", async (query) => {
    const answer = await createVisitor(site.app).get(`/login/openid/callback?${query}`);
    expect([303, 400]).toContain(answer.status);
    if (/\[\]|%00|__proto__|&code|&state=b/.test(query)) expect(answer.status).toBe(400);
  });
});

test("whoever cancels there is back at the form, with their way kept", async () => {
  const visitor = createVisitor(site.app);
  const url = await setOut(visitor, { fields: { next: "/ranking" } });
  const answer = await visitor.get(await provider.cancel(url));
  expect(answer.location).toBe("/login?next=%2Franking");
  expect(await flashAfter(visitor, answer)).toBe(
    "Rookery did not confirm who you are. Try again if you like.",
  );
});

test("two windows at once make one account", async () => {
  provider.accounts.set("gus", claimsOf("gus"));
  const visitors = [1, 2, 3, 4].map(() => createVisitor(site.app));
  const paths = await Promise.all(
    visitors.map(async (visitor) => provider.signIn(await setOut(visitor), "gus")),
  );
  const answers = await Promise.all(
    visitors.map((visitor, index) => visitor.get(paths[index] ?? "")),
  );
  expect(answers.map(({ location }) => location)).toEqual(["/", "/", "/", "/"]);
  const [person, ...others] = await site.deps.database.user.findMany({
    where: { username: { startsWith: "gus" } },
    include: { identities: true, actions: true },
  });
  expect(others).toEqual([]);
  expect([person?.identities.length, person?.actions.length]).toEqual([1, 1]);
});

test("answers are nobody else's to keep, and their address is told to nobody", async () => {
  const { headers } = await createVisitor(site.app).get("/login/openid/callback?state=x");
  expect(headers).toMatchObject({
    "cache-control": "no-store",
    "referrer-policy": "strict-origin",
  });
});

test("the pages to sign in and to join offer it; without the settings there is nothing of it", async () => {
  const plain = await startTestApp();
  try {
    for (const [path, words] of [
      ["/login", "Sign in with Rookery"],
      ["/register", "Join with Rookery"],
    ] as const) {
      const button = (await createVisitor(site.app).get(path)).$('[formaction="/login/openid"]');
      expect([button.text(), button.attr("formaction")]).toEqual([words, "/login/openid"]);
      expect(
        (await createVisitor(plain.app).get(path)).$('[formaction="/login/openid"]'),
      ).toHaveLength(0);
    }
    for (const path of ["/login/openid/callback", "/register/openid", "/settings/connections"]) {
      expect((await createVisitor(plain.app).get(path)).status).toBe(404);
    }
    expect((await createVisitor(plain.app).post("/login/openid")).status).toBe(404);
  } finally {
    await plain.close();
  }
});
