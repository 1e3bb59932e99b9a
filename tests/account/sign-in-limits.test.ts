import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPerson } from "#features/account/register-person.ts";
import type { RateLimit } from "#platform/rate-limits.ts";
import { goodPassword, newPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { type Answer, createVisitor } from "#tests/support/visitor.ts";

// Behind a proxy that is trusted, so that one machine can stand for many addresses.
let site: TestApp;
let direct: TestApp;

beforeAll(async () => {
  [site, direct] = await Promise.all([startTestApp({ TRUST_PROXY: "true" }), startTestApp()]);
});
afterAll(() => Promise.all([site.close(), direct.close()]));

const anybody = async (app = site) => {
  const person = newPerson();
  await createPerson(app.deps, person);
  return person;
};

/** Failures from elsewhere, without waiting for a hash each. */
const countMany = (limit: RateLimit, key: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => limit.take(key)));

/** A try from an address, with the token of one page for all of them. */
async function trier(app = site) {
  const visitor = createVisitor(app.app);
  const csrf = await visitor.csrf();
  return (username: string, address: string, password = "wrong"): Promise<Answer> =>
    visitor.post(
      "/login",
      { username, password },
      { csrf, headers: { "X-Forwarded-For": address } },
    );
}

describe("guesses at one account from one address", () => {
  test("end after ten with 429 and the time to wait, also for the right password", async () => {
    const { username } = await anybody();
    const attempt = await trier();
    for (let count = 0; count < 10; count += 1) {
      expect([count, (await attempt(username, "192.0.2.1")).status]).toEqual([count, 422]);
    }
    const refused = await attempt(username.toUpperCase(), "192.0.2.1", goodPassword);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(900);
    expect(refused.errors["username"]).toContain("Try again in");
    expect(refused.$("input[name=username]").val()).toBe(username.toUpperCase());
    expect(refused.text).not.toContain(goodPassword);
    expect((await attempt(username, "192.0.2.2", goodPassword)).status).toBe(303);
  });

  test("count as guesses at an account that does not exist do", async () => {
    const attempt = await trier();
    for (let count = 0; count < 10; count += 1) await attempt("nobody_here", "192.0.2.3");
    expect((await attempt("nobody_here", "192.0.2.3")).status).toBe(429);
  });

  test("sent all at once are no more than ten, and the right one among the rest stays hidden", async () => {
    const { username } = await anybody();
    const attempt = await trier();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        attempt(username, "192.0.2.4", index === 39 ? goodPassword : "wrong"),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 422).length).toBeLessThanOrEqual(10);
    expect(statuses.at(-1)).toBe(429);
  });

  test("are forgotten after the right password", async () => {
    const { username } = await anybody();
    const attempt = await trier();
    for (let round = 0; round < 2; round += 1) {
      for (let count = 0; count < 9; count += 1) await attempt(username, "192.0.2.5");
      expect(
        (
          await createVisitor(site.app).post(
            "/login",
            { username, password: goodPassword },
            { headers: { "X-Forwarded-For": "192.0.2.5" } },
          )
        ).status,
      ).toBe(303);
    }
  });

  test("are told to a script in JSON", async () => {
    const visitor = createVisitor(site.app);
    const csrf = await visitor.csrf();
    const headers = { Accept: "application/json", "X-Forwarded-For": "192.0.2.6" };
    const attempt = () =>
      visitor.post("/login", { username: "nobody", password: "x" }, { csrf, headers });
    for (let count = 0; count < 10; count += 1) await attempt();
    const refused = await attempt();
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({ status: "error", code: "too_many_requests" });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  });
});

describe("guesses at many accounts from one address", () => {
  test("end after sixty, for that address alone", async () => {
    const { username } = await anybody();
    const attempt = await trier();
    await countMany(site.deps.limits.signInsByAddress, "198.51.100.1", 56);
    for (const name of ["ana", "ben", "eva", "jan"]) {
      expect((await attempt(name, "198.51.100.1")).status).toBe(422);
    }
    const refused = await attempt(username, "198.51.100.1", goodPassword);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect((await attempt(username, "198.51.100.2", goodPassword)).status).toBe(303);
  });

  test("cannot be spread over the addresses of one IPv6 network", async () => {
    const attempt = await trier();
    for (let host = 1; host <= 10; host += 1) await attempt("one", `2001:db8:7:7::${host}:1`);
    expect((await attempt("one", "2001:db8:7:7:ffff::1")).status).toBe(429);
    expect((await attempt("one", "2001:db8:7:8::1")).status).toBe(422);
  });
});

test("a forged X-Forwarded-For changes nothing where no proxy is trusted", async () => {
  const { username } = await anybody(direct);
  const attempt = await trier(direct);
  for (let count = 0; count < 10; count += 1) {
    expect((await attempt(username, `192.0.2.${count}`)).status).toBe(422);
  }
  expect((await attempt(username, "203.0.113.77", goodPassword)).status).toBe(429);
});

test("an address that is no address is counted, not a fault", async () => {
  const attempt = await trier();
  for (const address of [
    "unknown",
    "x".repeat(4000),
    "<b>",
    "1.2.3.4:99",
    "fe80::1%eth0",
    "::ffff:192.0.2.9",
  ]) {
    expect([address, (await attempt("nobody", address)).status]).toEqual([address, 422]);
  }
});

test("an owner is never locked out while others guess from many addresses, and still gets few tries", async () => {
  const { username } = await anybody();
  const attempt = await trier();
  await countMany(site.deps.limits.signInsByAccount, username, 94);
  for (let host = 0; host < 6; host += 1) await attempt(username, `10.1.${host}.1`);
  for (let count = 0; count < 2; count += 1) await attempt(username, "10.1.0.1");
  expect((await attempt(username, "10.1.0.1")).status).toBe(429);
  expect((await attempt(username, "10.2.0.1")).status).toBe(422);
  expect((await attempt(username, "10.2.0.1")).status).toBe(422);
  expect((await attempt(username, "10.2.0.1", goodPassword)).status).toBe(303);
  const other = await trier();
  for (let count = 0; count < 3; count += 1) await other(username, "10.3.0.1");
  expect((await other(username, "10.3.0.1", goodPassword)).status).toBe(429);
});

test("guesses at a username do not tell which address is theirs", async () => {
  const { username } = await anybody();
  const attempt = await trier();
  for (let count = 0; count < 10; count += 1) await attempt(username, "10.4.0.1");
  expect((await attempt(username, "10.4.0.1")).status).toBe(429);
  const addresses = [`${username}@example.org`, "nobody@example.org"];
  for (const address of addresses) {
    expect((await attempt(address, "10.4.0.1")).status).toBe(422);
  }
});

test("one address makes at most a hundred accounts an hour", async () => {
  const register = (address: string) => {
    const { username, email, password } = newPerson();
    const form = { username, email, password, password2: password };
    return createVisitor(site.app).post("/register", form, {
      from: "/register",
      headers: { "X-Forwarded-For": address },
    });
  };
  await countMany(site.deps.limits.registrationsByAddress, "203.0.113.1", 96);
  const answers = await Promise.all(Array.from({ length: 6 }, () => register("203.0.113.1")));
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(4);
  const refused = answers.find(({ status }) => status === 429);
  expect(Number(refused?.headers["retry-after"])).toBeGreaterThan(0);
  expect((await register("203.0.113.2")).status).toBe(303);
});
