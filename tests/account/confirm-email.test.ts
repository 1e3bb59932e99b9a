import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sweepSessions } from "#features/account/account.jobs.ts";
import { joinByForm } from "#tests/account/newcomers.ts";
import { newPerson } from "#tests/factories/people.ts";
import { deliverMails, waitingMails } from "#tests/support/mails.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let aheadMilliseconds = 0;
const day = 86_400_000;

beforeAll(async () => {
  site = await startTestApp({}, { clock: () => new Date(Date.now() + aheadMilliseconds) });
});
afterAll(() => site.close());

const newcomer = () => joinByForm(site);
const findUser = (email: string) => site.deps.database.user.findUniqueOrThrow({ where: { email } });
const confirmedAt = async (email: string) => (await findUser(email)).emailConfirmedAt;
const follow = (path: string, visitor: Visitor = createVisitor(site.app)) => visitor.post(path);

describe("a newcomer's address", () => {
  test("is confirmed by the button behind the link, never by looking at it", async () => {
    const { visitor, email, path, mail } = await newcomer();
    expect(mail?.headers["to"]).toBe(email);
    expect(mail?.text).toContain("three days");
    for (let look = 0; look < 2; look += 1) {
      const page = await createVisitor(site.app).get(path);
      expect(page.status).toBe(200);
      expect(page.$("main").text()).toContain(email);
      expect(page.headers).toMatchObject({
        "referrer-policy": "strict-origin",
        "cache-control": "no-store",
      });
    }
    expect(await confirmedAt(email)).toBeNull();
    expect(await follow(path, visitor)).toMatchObject({
      status: 303,
      location: "/settings/profile",
    });
    expect(await confirmedAt(email)).not.toBeNull();
  });

  test("is confirmed on a device where nobody is signed in, too", async () => {
    const { email, path } = await newcomer();
    const device = createVisitor(site.app);
    expect(await follow(path, device)).toMatchObject({ status: 303, location: "/login" });
    expect((await device.get("/login")).$(".flash").text()).toContain("address is confirmed");
    expect(await confirmedAt(email)).not.toBeNull();
  });

  test("is asked for in words that no stranger chose", async () => {
    const visitor = createVisitor(site.app);
    const { username, email, password } = newPerson({ username: "www.buy-it.example" });
    const firstName = "You won! Go to http://evil.example";
    const form = { username, firstName, email, password, password2: password };
    expect((await visitor.post("/register", form, { from: "/register" })).status).toBe(303);
    const [mail] = await deliverMails(site);
    expect(`${mail?.text} ${mail?.html} ${JSON.stringify(mail?.headers)}`).not.toMatch(
      /evil|buy-it|won!/,
    );
  });

  test("is not asked for when joining fails", async () => {
    const { email } = await newcomer();
    const { username, password } = newPerson();
    const form = { username, email, password, password2: password };
    const answer = await createVisitor(site.app).post("/register", form, { from: "/register" });
    expect([answer.status, Object.keys(answer.errors)]).toEqual([422, ["email"]]);
    expect(await waitingMails(site)).toEqual([]);
  });
});

describe("a link", () => {
  const expectDead = async (path: string) => {
    for (const answer of [await createVisitor(site.app).get(path), await follow(path)]) {
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.$("h1").text()).toBe("This link no longer works");
      expect(answer.$('main a[href="/confirm-email"]')).toHaveLength(1);
    }
  };

  test("works once, also when sent many times at once", async () => {
    const { email, path } = await newcomer();
    const answers = await Promise.all(Array.from({ length: 8 }, () => follow(path)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array(7).fill(404)]);
    expect(await confirmedAt(email)).not.toBeNull();
    await expectDead(path);
  });

  test("says to the second of two clicks that the address is confirmed, to nobody else", async () => {
    const { email, path } = await newcomer();
    const device = createVisitor(site.app);
    await device.get(path);
    const answers = await Promise.all([1, 2, 3].map(() => follow(path, device)));
    const told = { status: 303, location: "/login" };
    expect(answers).toMatchObject([told, told, told]);
    expect(await follow(path, device)).toMatchObject(told);
    expect((await device.get("/login")).$(".flash")).toHaveLength(1);
    expect(await confirmedAt(email)).not.toBeNull();
    await expectDead(path);

    const other = await newcomer();
    await device.get(other.path);
    expect((await follow(path, device)).status).toBe(404);
    const data = { email: newPerson().email, emailConfirmedAt: new Date() };
    await follow(other.path);
    await site.deps.database.user.update({ where: { id: other.id }, data });
    expect((await follow(other.path, device)).status).toBe(404);
  });

  test("works for three days, and is swept then", async () => {
    const { id, path } = await newcomer();
    const later = await newcomer();
    aheadMilliseconds = 3 * day - 10_000;
    expect((await createVisitor(site.app).get(path)).status).toBe(200);
    const fresh = await newcomer();
    aheadMilliseconds = 3 * day + 10_000;
    await expectDead(path);
    await sweepSessions(site.deps);
    await sweepSessions(site.deps);
    const left = await site.deps.database.accountToken.findMany({
      where: { userId: { in: [id, later.id, fresh.id] } },
    });
    expect(left.map(({ userId }) => userId)).toEqual([fresh.id]);
    aheadMilliseconds = 0;
  });

  test.each(["a".repeat(43), "%22", "x".repeat(4000)])("that is junk: %s", (token) =>
    expectDead(`/confirm-email/${token}`),
  );

  test("needs the form's own page", async () => {
    const { path } = await newcomer();
    const answer = await createVisitor(site.app).post(path, {}, { csrf: null });
    expect(answer.status).toBe(403);
  });
});

describe("sending it again", () => {
  test("ends the mail before; nothing is sent once the address is confirmed", async () => {
    const { visitor, email, path } = await newcomer();
    const answer = await visitor.post("/confirm-email/resend");
    expect(answer).toMatchObject({ status: 303, location: "/settings/profile" });
    expect((await createVisitor(site.app).get(path)).status).toBe(404);
    const [mail] = await deliverMails(site);
    expect(mail?.headers["to"]).toBe(email);
    expect((await follow(mail?.path ?? "")).status).toBe(303);
    await visitor.post("/confirm-email/resend");
    expect(await waitingMails(site)).toEqual([]);
  });

  test("is limited for each person", async () => {
    const { visitor } = await newcomer();
    for (let count = 0; count < 5; count += 1) {
      expect((await visitor.post("/confirm-email/resend")).status).toBe(303);
    }
    const refused = await visitor.post("/confirm-email/resend");
    expect([refused.status, Number(refused.headers["retry-after"]) > 0]).toEqual([429, true]);
    expect(refused.errors["email"]).toContain("Try again");
    expect(await waitingMails(site)).toHaveLength(5);
    // Each ended the one before, so one of them has a link to bring.
    const mails = await deliverMails(site);
    const pages = await Promise.all(mails.map(({ path }) => createVisitor(site.app).get(path)));
    expect(pages.filter(({ status }) => status === 200)).toHaveLength(1);
    await site.deps.limits.mailsByAddress.reset("127.0.0.1");
  });
});
