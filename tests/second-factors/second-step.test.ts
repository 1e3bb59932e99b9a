import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createPerson } from "#features/account/register-person.ts";
import { goodPassword, newPerson, signedInPerson } from "#tests/factories/people.ts";
import { codeAt, giveAuthenticator } from "#tests/factories/second-factors.ts";
import { deliverMails } from "#tests/support/mails.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let now = new Date();
const path = "/login/second-factor";
const minute = 60_000;
const pass = (milliseconds: number) => {
  now = new Date(now.getTime() + milliseconds);
};

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" }, { clock: () => now });
});
beforeEach(() => {
  now = new Date();
});
afterAll(() => site.close());

const isSignedIn = async (visitor: Visitor) => (await visitor.get("/images/new")).status === 200;
const send = (visitor: Visitor, code: string) => visitor.post(path, { code }, { from: path });

/** Somebody with an authenticator app who has given their password. */
async function halfSignedIn(fields: Record<string, string> = {}) {
  const person = newPerson();
  const { id, username } = await createPerson(site.deps, person);
  const factors = await giveAuthenticator(site, { id });
  const visitor = createVisitor(site.app);
  const signIn = () => visitor.post("/login", { username, password: goodPassword, ...fields });
  const answer = await signIn();
  return { id, username, email: person.email, visitor, signIn, answer, ...factors };
}

describe("a right password of somebody with an authenticator app", () => {
  test("signs nobody in, and leads to a page that asks for the code", async () => {
    const { visitor, answer, id } = await halfSignedIn();
    expect(answer).toMatchObject({ status: 303, location: path });
    expect(await isSignedIn(visitor)).toBe(false);
    expect(await site.deps.database.session.count({ where: { userId: id } })).toBe(0);
    const page = await visitor.get(path);
    expect(page.status).toBe(200);
    expect(page.headers["cache-control"]).toBe("no-store");
    const field = page.$("input[name=code]");
    expect([field.attr("autocomplete"), field.attr("inputmode")]).toEqual([
      "one-time-code",
      undefined,
    ]);
  });

  test("and the code of the app sign in, and lead where they were going", async () => {
    const { visitor, secret } = await halfSignedIn({ next: "/ranking?period=day" });
    const code = codeAt(secret, now);
    const answer = await send(visitor, ` ${code.slice(0, 3)} ${code.slice(3)} `);
    expect([answer.status, answer.location]).toEqual([303, "/ranking?period=day"]);
    expect(await isSignedIn(visitor)).toBe(true);
    expect((await visitor.get(path)).location).toBe("/login");
  });

  test("sent by e-mail address ask for the second step too", async () => {
    const { email, secret } = await halfSignedIn();
    const visitor = createVisitor(site.app);
    const answer = await visitor.post("/login", { username: email, password: goodPassword });
    expect(answer.location).toBe(path);
    expect((await send(visitor, codeAt(secret, now))).status).toBe(303);
    expect(await isSignedIn(visitor)).toBe(true);
  });
});
