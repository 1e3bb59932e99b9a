import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createPerson } from "#features/account/register-person.ts";
import { newPerson, signedInPerson } from "#tests/factories/people.ts";
import { claimsOf, flashAfter, journey, setOut } from "#tests/openid/journeys.ts";
import { deliverMails, waitingMails } from "#tests/support/mails.ts";
import {
  type Claims,
  type OpenidProvider,
  startOpenidProvider,
} from "#tests/support/openid-provider.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let provider: OpenidProvider;
let site: TestApp;
let waited = 0;
const page = "/register/openid";

beforeAll(async () => {
  // A public client, whose ID tokens say everything.
  provider = await startOpenidProvider({ secret: null, saysAtOnce: true });
  site = await startTestApp(provider.settings, { clock: () => new Date(Date.now() + waited) });
});
afterAll(() => Promise.all([site.close(), provider.close()]));
beforeEach(() => {
  waited = 0;
});

async function arrive(login: string, claims: Claims, outset = {}) {
  provider.accounts.set(login, claims);
  const visitor = createVisitor(site.app);
  return { visitor, answer: await journey(visitor, provider, login, outset) };
}
const personOf = (username: string) =>
  site.deps.database.user.findUnique({ where: { username }, include: { identities: true } });
const isSignedIn = async (visitor: Visitor) =>
  (await visitor.get("/settings/profile")).status === 200;

describe("somebody of whom the provider says too little", () => {
  test("is asked for the rest, and joins", async () => {
    const outset = { fields: { next: "/ranking", keep: "on" } };
    const { visitor, answer } = await arrive("sub-1", { name: "Ana Rook" }, outset);
    expect(answer).toMatchObject({ status: 303, location: page });
    expect(await isSignedIn(visitor)).toBe(false);
    const form = await visitor.get(page);
    expect([form.status, form.headers["cache-control"]]).toEqual([200, "no-store"]);
    expect(form.$("#firstName").val()).toBe("Ana Rook");
    expect([form.$("#username").val(), form.$("#email").val()]).toEqual(["", ""]);

    const wrong = await visitor.post(
      page,
      { username: "a b", firstName: "<b>", email: "x" },
      { from: page },
    );
    expect([wrong.status, Object.keys(wrong.errors).sort()]).toEqual([422, ["email", "username"]]);
    expect([wrong.$("#username").val(), wrong.$("#firstName").val()]).toEqual(["a b", "<b>"]);

    const fields = { username: "ana1", firstName: "Ana", lastName: "", email: "ana1@example.org" };
    const right = await visitor.post(page, fields, { from: page });
    expect(right).toMatchObject({ status: 303, location: "/ranking" });
    expect(await isSignedIn(visitor)).toBe(true);
    expect(await personOf("ana1")).toMatchObject({
      firstName: "Ana",
      passwordHash: null,
      emailConfirmedAt: null,
      identities: [{ subject: "sub-1", label: "Ana Rook" }],
    });
    expect(await waitingMails(site)).toMatchObject([{ template: "confirm-email" }]);
    await deliverMails(site);
    // Known from now on.
    expect((await journey(createVisitor(site.app), provider, "sub-1")).location).toBe("/");
  });

  test.each<[string, Claims, string]>([
    ["an address for a username", { preferred_username: "zoë.k@x.example" }, "zoe.k"],
    ["only an address", { email: "-yan+x@x.example" }, "yanx"],
    ["a name in another script", { preferred_username: "木" }, ""],
  ])("finds a username to start from: %s", async (_what, claims, username) => {
    const { visitor, answer } = await arrive(`like-${username}`, claims);
    expect(answer.location).toBe(page);
    expect((await visitor.get(page)).$("#username").val()).toBe(username);
  });

  test("whose names no form would take has them cut and cleaned", async () => {
    const login = "odd-names";
    const claims = {
      ...claimsOf(login),
      given_name: `A\u0000\n${"𝒜".repeat(200)}\ud800`,
      family_name: { not: "text" },
    };
    const { visitor, answer } = await arrive(login, claims);
    expect(answer.location).toBe("/");
    expect(await isSignedIn(visitor)).toBe(true);
    const person = await personOf(login);
    expect(person).toMatchObject({ firstName: `A ${"𝒜".repeat(148)}`, lastName: "" });
  });
});

describe("somebody whose names are taken here", () => {
  test("chooses another username", async () => {
    const { username } = await createPerson(site.deps, newPerson());
    const { visitor, answer } = await arrive("taken-1", {
      ...claimsOf("taken-1"),
      preferred_username: username.toUpperCase(),
    });
    expect(answer.location).toBe(page);
    expect(await flashAfter(visitor, answer)).toBe("");
    const again = await visitor.post(
      page,
      { username, email: "taken-1@rookery.example" },
      { from: page },
    );
    expect(again.errors).toEqual({ username: "This username is taken. Choose another." });
    const fields = { username: "free1", email: "taken-1@rookery.example" };
    expect((await visitor.post(page, fields, { from: page })).status).toBe(303);
    expect(await personOf("free1")).toMatchObject({ emailConfirmedAt: expect.any(Date) });
  });

  test("is never merged with whoever has their address, and learns how to connect", async () => {
    const person = newPerson();
    const { id, username } = await createPerson(site.deps, person);
    const claims = { ...claimsOf("taken-2"), email: person.email.toUpperCase() };
    const { visitor, answer } = await arrive("taken-2", claims);
    expect(answer.location).toBe(page);
    expect(await flashAfter(visitor, answer)).toContain("sign in to it and connect it");
    expect(await isSignedIn(visitor)).toBe(false);
    const fields = { username: "taken-2", email: person.email };
    const again = await visitor.post(page, fields, { from: page });
    expect([again.status, Object.keys(again.errors)]).toEqual([422, ["email"]]);
    expect(again.errors["email"]).toContain("sign in to it and connect it");
    expect(await personOf(username)).toMatchObject({ id, identities: [] });
    expect(await personOf("taken-2")).toBeNull();
  });

  test("has an address confirmed only while it is the one the provider knows to be theirs", async () => {
    await deliverMails(site);
    await createPerson(site.deps, newPerson({ username: "hal" }));
    const { visitor } = await arrive("hal", claimsOf("hal"));
    const fields = { username: "hal2", email: "somebody.else@rookery.example" };
    expect((await visitor.post(page, fields, { from: page })).location).toBe("/");
    expect(await personOf("hal2")).toMatchObject({ emailConfirmedAt: null });
    const [mail] = await deliverMails(site);
    expect(mail?.headers["to"]).toBe("somebody.else@rookery.example");
  });
});

test("an address that the provider does not vouch for is asked by mail", async () => {
  await deliverMails(site);
  for (const [login, email_verified] of [
    ["uma", false],
    ["una", undefined],
    ["uli", "false"],
  ] as const) {
    const { answer } = await arrive(login, { ...claimsOf(login), email_verified });
    expect(answer.location).toBe("/");
    expect(await personOf(login)).toMatchObject({ emailConfirmedAt: null });
  }
  expect(await deliverMails(site)).toHaveLength(3);
  const { answer } = await arrive("ute", { ...claimsOf("ute"), email_verified: "true" });
  expect(answer.location).toBe("/");
  expect(await personOf("ute")).toMatchObject({ emailConfirmedAt: expect.any(Date) });
});

test("the form waits for half an hour, and for nobody who did not come by the provider", async () => {
  const { visitor } = await arrive("late", {});
  waited = 1_801_000;
  for (const somebody of [visitor, createVisitor(site.app)]) {
    const answer = await somebody.get(page);
    expect(answer).toMatchObject({ status: 303, location: "/login" });
    expect(await flashAfter(somebody, answer)).toBe(
      "That took too long. Begin again with Rookery.",
    );
    const fields = { username: "late", email: "late@example.org" };
    expect((await somebody.post(page, fields)).location).toBe("/login");
    expect((await somebody.post(page, fields, { csrf: "x" })).status).toBe(403);
  }
  expect(await personOf("late")).toBeNull();
});

test("the form sent from two windows at once makes one account", async () => {
  const windows = [(await arrive("twice", {})).visitor, (await arrive("twice", {})).visitor];
  const tokens = await Promise.all(windows.map((visitor) => visitor.csrf(page)));
  const answers = await Promise.all(
    windows.map((visitor, n) => {
      const fields = { username: `twice${n}`, email: `twice${n}@example.org` };
      return visitor.post(page, fields, { csrf: tokens[n] ?? "" });
    }),
  );
  expect(answers.map(({ location }) => location)).toEqual(["/", "/"]);
  const people = await site.deps.database.user.findMany({
    where: { username: { startsWith: "twice" } },
    include: { identities: true },
  });
  expect(people.map(({ identities }) => identities.length)).toEqual([1]);
});

test("the form of somebody who joined elsewhere meanwhile and was deactivated says that it failed", async () => {
  const [first, second] = [(await arrive("away", {})).visitor, (await arrive("away", {})).visitor];
  const fields = { username: "away1", email: "away1@example.org" };
  expect((await second.post(page, fields, { from: page })).location).toBe("/");
  await site.deps.database.user.update({
    where: { username: "away1" },
    data: { isActive: false },
  });
  const others = { username: "away2", email: "away2@example.org" };
  const answer = await first.post(page, others, { from: page });
  expect(answer).toMatchObject({ status: 303, location: "/login?next=%2F" });
  expect(await flashAfter(first, answer)).toBe(
    "That did not work with Rookery. Try again; if it fails again, tell whoever runs this site.",
  );
  expect(await personOf("away2")).toBeNull();
});

test("whoever is signed in has no use for the form", async () => {
  const { visitor } = await signedInPerson(site);
  expect(await visitor.get(page)).toMatchObject({ status: 303, location: "/" });
  const fields = { username: "again", email: "again@example.org" };
  expect(await visitor.post(page, fields)).toMatchObject({ status: 303, location: "/" });
});

test("only so many join from one address, by the form and without", async () => {
  const { visitor } = await arrive("flood-1", {});
  const { registrationsByAddress } = site.deps.limits;
  try {
    for (let count = 0; count < 100; count += 1) {
      await registrationsByAddress.take("127.0.0.1").catch(() => {});
    }
    const fields = { username: "flood1", email: "flood1@example.org" };
    const answer = await visitor.post(page, fields, { from: page });
    expect([answer.status, answer.errors["username"]]).toEqual([
      429,
      expect.stringContaining("That was a lot at once"),
    ]);
    const { visitor: other, answer: refused } = await arrive("flood-2", claimsOf("flood-2"));
    expect(refused.location).toBe("/login?next=%2F");
    expect(await flashAfter(other, refused)).toContain("That was a lot at once");
    expect([await personOf("flood1"), await personOf("flood-2")]).toEqual([null, null]);
  } finally {
    await site.deps.database.rateLimit.deleteMany();
  }
});

test("a site that takes no new members says so, and keeps letting in who is one", async () => {
  const closed = await startTestApp({ ...provider.settings, SIGN_UPS: "closed" });
  try {
    provider.accounts.set("new", claimsOf("new"));
    const visitor = createVisitor(closed.app);
    const answer = await journey(visitor, provider, "new");
    expect(answer.location).toBe("/login?next=%2F");
    expect(await flashAfter(visitor, answer)).toBe("This site takes no new members just now.");
    expect((await visitor.get(page)).status).toBe(403);
    expect((await visitor.post(page, { username: "new", email: "new@example.org" })).status).toBe(
      403,
    );
    expect(await closed.deps.database.user.count()).toBe(0);

    const { id: userId } = await createPerson(closed.deps, newPerson());
    await closed.deps.database.oidcIdentity.create({
      data: { issuer: provider.issuer, subject: "new", userId },
    });
    expect(await journey(visitor, provider, "new")).toMatchObject({ status: 303, location: "/" });
  } finally {
    await closed.close();
  }
});

test("a public client sends no secret, and the userinfo is not asked for what is known", async () => {
  provider.asked.length = 0;
  provider.accounts.set("pia", claimsOf("pia"));
  const url = await setOut(createVisitor(site.app));
  expect(url).toContain("client_id=magpie");
  await arrive("pia", claimsOf("pia"));
  expect(provider.asked).toContain("/token");
  expect(provider.asked).not.toContain("/me");
});
