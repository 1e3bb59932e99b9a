import { load } from "cheerio";
import supertest from "supertest";
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

const cookieOf = ({ headers }: supertest.Response) =>
  String(headers["set-cookie"]).split(";")[0] ?? "";
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

describe("a code", () => {
  test("of the step before or after is right, for clocks that differ, and of two away is not", async () => {
    for (const [steps, status] of [
      [-2, 422],
      [2, 422],
      [-1, 303],
      [1, 303],
    ] as const) {
      const { visitor, secret } = await halfSignedIn();
      expect([steps, (await send(visitor, codeAt(secret, now, steps))).status]).toEqual([
        steps,
        status,
      ]);
      expect(await isSignedIn(visitor)).toBe(status === 303);
    }
  });

  test.each(["", "   ", "12345", "1234567", "abcdef", "0".repeat(5000), "٠١٢٣٤٥"])(
    "that is none is refused beside its field: %j",
    async (code) => {
      const { visitor, id } = await halfSignedIn();
      const answer = await send(visitor, code);
      expect([answer.status, Object.keys(answer.errors)]).toEqual([422, ["code"]]);
      expect(await site.deps.database.session.count({ where: { userId: id } })).toBe(0);
    },
  );

  test("signs in once: sent again, or by twenty at the same moment, it is refused", async () => {
    const person = await halfSignedIn();
    const visitors = [person.visitor];
    while (visitors.length < 20) {
      const visitor = createVisitor(site.app);
      const fields = { username: person.username, password: goodPassword };
      expect((await visitor.post("/login", fields)).location).toBe(path);
      visitors.push(visitor);
    }
    const tokens = await Promise.all(visitors.map((visitor) => visitor.csrf(path)));
    const code = codeAt(person.secret, now);
    const answers = await Promise.all(
      visitors.map((visitor, index) => visitor.post(path, { code }, { csrf: tokens[index] ?? "" })),
    );
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([303, ...Array(19).fill(422)]);
    const where = { userId: person.id };
    expect(await site.deps.database.session.count({ where })).toBe(1);
    const again = await person.signIn().then(() => send(person.visitor, code));
    expect(again.status).toBe(422);
  });

  test("of before the last one that was taken is refused", async () => {
    const { visitor, secret, signIn } = await halfSignedIn();
    expect((await send(visitor, codeAt(secret, now))).status).toBe(303);
    await visitor.post("/logout");
    await signIn();
    expect((await send(visitor, codeAt(secret, now, -1))).status).toBe(422);
    expect((await send(visitor, codeAt(secret, now, 1))).status).toBe(303);
  });
});

describe("a recovery code", () => {
  test("signs in however it is typed, is told by mail, and says how many are left", async () => {
    const { visitor, recoveryCodes, email } = await halfSignedIn();
    const [code = ""] = recoveryCodes;
    const typed = ` ${code.toUpperCase().replace("-", " ").replaceAll("0", "O").replaceAll("1", "l")}`;
    expect((await send(visitor, typed)).status).toBe(303);
    expect((await visitor.get("/")).$(".flash").text()).toContain("You have 9 more.");
    const mails = (await deliverMails(site)).filter(({ headers }) => headers["to"] === email);
    expect(mails.map(({ text }) => text.replaceAll("\n", " "))).toEqual([
      expect.stringContaining("with one of your recovery codes. It works no more"),
    ]);
    expect(mails[0]?.text).not.toContain(code);
  });

  test("counts once, also when sent by several at the same moment, and for its person alone", async () => {
    const { visitor, username, recoveryCodes, id } = await halfSignedIn();
    const other = createVisitor(site.app);
    await other.post("/login", { username, password: goodPassword });
    const stranger = await halfSignedIn();
    const [code = ""] = recoveryCodes;
    expect((await send(stranger.visitor, code)).status).toBe(422);
    const tokens = [await visitor.csrf(path), await other.csrf(path)];
    const answers = await Promise.all([
      visitor.post(path, { code }, { csrf: tokens[0] ?? "" }),
      other.post(path, { code }, { csrf: tokens[1] ?? "" }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 422]);
    expect(await site.deps.database.recoveryCode.count({ where: { userId: id } })).toBe(9);
  });
});

describe("a sign-in that waits for its second step", () => {
  test("waits ten minutes", async () => {
    const { visitor, secret } = await halfSignedIn();
    pass(9.9 * minute);
    expect((await visitor.get(path)).status).toBe(200);
    pass(0.2 * minute);
    const csrf = await visitor.csrf();
    const answer = await visitor.post(path, { code: codeAt(secret, now) }, { csrf });
    expect([answer.status, answer.location]).toEqual([303, "/login"]);
    expect((await visitor.get("/login")).$(".flash").text()).toContain("has ended");
    expect(await isSignedIn(visitor)).toBe(false);
  });

  test.each<[string, { passwordHash: string } | { isActive: boolean }]>([
    ["the password was changed", { passwordHash: "$argon2id$another" }],
    ["they were deactivated", { isActive: false }],
  ])("is void once %s", async (_, data) => {
    const { visitor, secret, id } = await halfSignedIn();
    const csrf = await visitor.csrf(path);
    await site.deps.database.user.update({ where: { id }, data });
    const answer = await visitor.post(path, { code: codeAt(secret, now) }, { csrf });
    expect([answer.status, answer.location]).toEqual([303, "/login"]);
    expect(await site.deps.database.session.count({ where: { userId: id } })).toBe(0);
    const { lastStep } = await site.deps.database.authenticator.findUniqueOrThrow({
      where: { userId: id },
    });
    expect(lastStep).toBe(0);
  });

  test("is void once the app is gone: the password alone is asked for again", async () => {
    const { visitor, id, signIn } = await halfSignedIn();
    await site.deps.database.authenticator.delete({ where: { userId: id } });
    expect((await visitor.get(path)).location).toBe("/login");
    expect((await signIn()).location).toBe("/");
    expect(await isSignedIn(visitor)).toBe(true);
  });

  test("is in a session with an id of its own, which nobody can have planted", async () => {
    const { username } = await halfSignedIn();
    const before = await supertest(site.app).get("/login");
    const planted = cookieOf(before);
    const token = load(before.text)("input[name=_csrf]").first().val();
    const answer = await supertest(site.app)
      .post("/login")
      .set("Cookie", planted)
      .type("form")
      .send({ _csrf: token, username, password: goodPassword });
    expect(answer.headers["location"]).toBe(path);
    const shows = (cookie: string) => supertest(site.app).get(path).set("Cookie", cookie);
    expect((await shows(planted)).headers["location"]).toBe("/login");
    expect((await shows(cookieOf(answer))).status).toBe(200);
  });

  test("takes no form without its token", async () => {
    const { visitor, secret } = await halfSignedIn();
    const code = codeAt(secret, now);
    expect((await visitor.post(path, { code }, { csrf: null })).status).toBe(403);
    expect(await isSignedIn(visitor)).toBe(false);
    expect((await send(visitor, code)).status).toBe(303);
  });

  test("shows nobody else's pages: a stranger and a member without one begin at the start", async () => {
    for (const visitor of [createVisitor(site.app), (await signedInPerson(site)).visitor]) {
      expect((await visitor.get(path)).location).toBe("/login");
      const answer = await visitor.post(path, { code: "123456" });
      expect([answer.status, answer.location]).toEqual([303, "/login"]);
    }
  });

  test("is kept or not as the first step said", async () => {
    for (const [fields, isKept] of [
      [{ keep: "on" }, true],
      [{}, false],
    ] as const) {
      const { visitor, secret, id } = await halfSignedIn(fields);
      const answer = await send(visitor, codeAt(secret, now));
      expect(/expires=/i.test(String(answer.headers["set-cookie"]))).toBe(isKept);
      const session = await site.deps.database.session.findFirstOrThrow({ where: { userId: id } });
      expect(session.isKept).toBe(isKept);
    }
  });
});
