import { hash } from "@node-rs/argon2";
import { load } from "cheerio";
import supertest from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPerson } from "#features/account/register-person.ts";
import { goodPassword, newPerson, signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
});
afterAll(() => site.close());

const signIn = (username: string, password = goodPassword, fields: Record<string, string> = {}) =>
  createVisitor(site.app).post("/login", { username, password, ...fields });

const anybody = async (values = {}) => {
  const person = newPerson(values);
  return { ...person, id: (await createPerson(site.deps, person)).id };
};

describe("signing in", () => {
  test("takes the username or the e-mail address in any case, with spaces around", async () => {
    const { id } = await anybody({ username: "Mixed_Case", email: "Mixed@Example.org" });
    const names = ["Mixed_Case", "mixed_case", "MIXED_CASE", " mixed_Case "];
    for (const typed of [
      ...names,
      "Mixed@Example.org",
      "mixed@example.org",
      " MIXED@EXAMPLE.ORG ",
    ]) {
      expect([typed, (await signIn(typed)).status]).toEqual([typed, 303]);
    }
    const person = await site.deps.database.user.findUniqueOrThrow({ where: { id } });
    expect(person.lastSignInAt?.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  test("takes the longest address an account can have", async () => {
    const label = "b".repeat(60);
    const email = `${"a".repeat(64)}@${label}.${label}.${label}.org`.slice(-254);
    await anybody({ email });
    expect((await signIn(email)).status).toBe(303);
  });

  test("asks for what is missing and keeps the name that was typed", async () => {
    const empty = await signIn("", "");
    expect([empty.status, Object.keys(empty.errors).sort()]).toEqual([
      422,
      ["password", "username"],
    ]);
    const wrong = await signIn('some"body', "not the password");
    expect(wrong.status).toBe(422);
    expect(wrong.$("input[name=username]").val()).toBe('some"body');
    expect(wrong.text).not.toContain("not the password");
  });

  test("explains an endless password in words", async () => {
    const answer = await signIn("ana", "x".repeat(1001));
    expect(answer.status).toBe(422);
    expect(answer.text).not.toMatch(/expected string/i);
  });

  test("without any body is a wrong form, not a fault", async () => {
    const agent = supertest.agent(site.app);
    const token = load((await agent.get("/login")).text)("input[name=_csrf]").val();
    const answer = await agent.post("/login").set("X-CSRF-Token", String(token));
    expect(answer.status).toBe(422);
  });

  test("answers a script in JSON when it asks for it", async () => {
    const headers = { Accept: "application/json" };
    const answer = await createVisitor(site.app).post(
      "/login",
      { username: "x", password: "y" },
      { headers },
    );
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ status: "error", code: "invalid" });
  });

  test("is refused to people who were deactivated, in the same words", async () => {
    const { username, id } = await anybody();
    const wrong = await signIn(username, "wrong");
    await site.deps.database.user.update({ where: { id }, data: { isActive: false } });
    const refused = await signIn(username);
    expect(refused.status).toBe(422);
    expect(refused.errors).toEqual(wrong.errors);
  });

  test("is refused to people who have no password", async () => {
    const { username, id } = await anybody();
    await site.deps.database.user.update({ where: { id }, data: { passwordHash: null } });
    for (const password of [goodPassword, "no account has this password"]) {
      expect((await signIn(username, password)).status).toBe(422);
    }
  });

  test("leaves someone who is signed in alone", async () => {
    const { visitor } = await signedInPerson(site);
    expect(await visitor.get("/login?next=/bookmarklet")).toMatchObject({
      status: 303,
      location: "/bookmarklet",
    });
  });
});

describe("an account that does not exist", () => {
  const withoutTokens = (html: string) => html.replace(/name="_csrf" value="[^"]*"/g, "");

  test("is answered like a wrong password, word for word", async () => {
    const { username } = await anybody({ username: "known_name" });
    const known = await signIn(username, "wrong");
    const unknown = await signIn("other_name", "wrong");
    expect(unknown.status).toBe(known.status);
    expect(withoutTokens(unknown.text).replace("other_name", username)).toBe(
      withoutTokens(known.text),
    );
  });

  test("takes as long as a wrong password", async () => {
    const { username, email } = await anybody();
    const time = async (typed: string) => {
      const visitor = createVisitor(site.app);
      const csrf = await visitor.csrf();
      const start = performance.now();
      await visitor.post("/login", { username: typed, password: "wrong" }, { csrf });
      return performance.now() - start;
    };
    await time("warms_up");
    const times: Record<string, number[]> = { known: [], unknown: [], unknownAddress: [] };
    for (let round = 0; round < 7; round += 1) {
      times["known"]?.push(await time(round % 2 ? username : email));
      times["unknown"]?.push(await time(`nobody${round}`));
      times["unknownAddress"]?.push(await time(`nobody${round}@example.org`));
    }
    // The quickest of each, which other work on the machine delays the least.
    const quickest = (name: string) => Math.min(...(times[name] ?? []));
    for (const name of ["unknown", "unknownAddress"]) {
      expect(quickest(name) / quickest("known")).toBeGreaterThan(0.4);
      expect(quickest(name) / quickest("known")).toBeLessThan(2.5);
    }
  });
});

describe("the page to return to", () => {
  beforeAll(async () => void (await anybody({ username: "returning" })));

  test.each([
    ["/ok?x=1#y", "/ok?x=1#y"],
    [
      "/images/new?url=https%3A%2F%2Fexample.org%2Fa.png",
      "/images/new?url=https%3A%2F%2Fexample.org%2Fa.png",
    ],
    ["", "/"],
    ["//example.org", "/"],
    ["//example.org/x", "/"],
    ["/\\example.org/x", "/"],
    ["///example.org", "/"],
    ["/\\example.org", "/"],
    ["\\\\example.org", "/"],
    ["/%09/example.org", "/"],
    ["/%5Cexample.org", "/"],
    ["/\t/example.org", "/"],
    ["/\n/example.org", "/"],
    ["/.//example.org", "/"],
    ["/x/..//example.org", "/"],
    [" //example.org", "/"],
    ["https://example.org", "/"],
    ["https:/example.org", "/"],
    ["http:example.org", "/"],
    ["javascript:alert(1)", "/"],
    ["data:text/html,x", "/"],
    ["images", "/"],
    [`/${"x".repeat(15_000)}`, "/"],
  ])("%j leads to %j", async (next, location) => {
    expect((await signIn("returning", goodPassword, { next })).location).toBe(location);
    const page = await createVisitor(site.app).get(`/login?next=${encodeURIComponent(next)}`);
    expect(page.$("form input[name=next]").val()).toBe(location);
  });
  test("is the one a visitor was sent away from", async () => {
    const visitor = createVisitor(site.app);
    const away = await visitor.get("/images/new?url=https://example.org/a.png&title=A%26B");
    expect(away.status).toBe(303);
    const page = await visitor.get(away.location ?? "");
    const next = String(page.$("form input[name=next]").val());
    const { username } = await anybody();
    const back = await visitor.post("/login", { username, password: goodPassword, next });
    expect(back.location).toBe("/images/new?url=https://example.org/a.png&title=A%26B");
  });
});

test("a hash with weaker parameters is replaced at sign-in, and only then", async () => {
  const { username, id } = await anybody();
  const weak = await hash(goodPassword, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
  const stored = async () =>
    (await site.deps.database.user.findUniqueOrThrow({ where: { id } })).passwordHash;
  await site.deps.database.user.update({ where: { id }, data: { passwordHash: weak } });
  await signIn(username, "wrong");
  expect(await stored()).toBe(weak);
  expect((await signIn(username)).status).toBe(303);
  const strong = await stored();
  expect(strong).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect((await signIn(username)).status).toBe(303);
  expect(await stored()).toBe(strong);
});
