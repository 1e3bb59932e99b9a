import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sweepSessions } from "#features/account/account.jobs.ts";
import { requestEmailChange } from "#features/account/change-email.ts";
import { changePassword } from "#features/account/change-password.ts";
import { goodPassword, newPerson, signedInPerson } from "#tests/factories/people.ts";
import { deliverMails, waitingMails } from "#tests/support/mails.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let aheadMilliseconds = 0;
const day = 86_400_000;
const other = "quince-and-medlar";

beforeAll(async () => {
  site = await startTestApp({}, { clock: () => new Date(Date.now() + aheadMilliseconds) });
});
afterAll(() => site.close());

async function newcomer() {
  const visitor = createVisitor(site.app);
  const { username, email, password } = newPerson();
  const form = { username, email, password, password2: password };
  const answer = await visitor.post("/register", form, { from: "/register" });
  expect(answer).toMatchObject({ status: 303, location: "/" });
  const [mail] = await deliverMails(site);
  const { id } = await findUser(email);
  return { visitor, username, email, id, path: mail?.path ?? "", mail };
}
const findUser = (email: string) => site.deps.database.user.findUniqueOrThrow({ where: { email } });
const confirmedAt = async (email: string) => (await findUser(email)).emailConfirmedAt;
const follow = (path: string, visitor: Visitor = createVisitor(site.app)) => visitor.post(path);
const change = (id: number, email: string) =>
  site.deps.database.$transaction((tx) =>
    requestEmailChange(tx, site.deps, { person: { id }, email, now: site.deps.clock() }),
  );

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

describe("a new address", () => {
  test("counts once it is confirmed, and the old one is told before", async () => {
    const { id, username, visitor } = await signedInPerson(site);
    const [before, after] = [`${username}@example.org`, newPerson().email];
    await change(id, after);
    expect(await findUser(before)).toMatchObject({ id });
    const mails = await deliverMails(site);
    const mailTo = (to: string) => mails.find(({ headers }) => headers["to"] === to);
    expect(mails).toHaveLength(2);
    expect(mailTo(before)?.text).toContain("another e-mail address");
    expect(mailTo(before)?.text).not.toContain(after);
    expect(mailTo(before)?.path).toBe("/password-reset");
    expect((await follow(mailTo(after)?.path ?? "", visitor)).status).toBe(303);
    expect(await findUser(after)).toMatchObject({ id, emailConfirmedAt: expect.any(Date) });
    expect((await visitor.get("/images/new")).status).toBe(200);
  });

  test("asked for twice is the second one, and sending it again goes there", async () => {
    const { id, username, visitor } = await signedInPerson(site);
    const [first, second] = [newPerson().email, newPerson().email];
    await change(id, first);
    const early = (await deliverMails(site)).find(({ headers }) => headers["to"] === first);
    await change(id, second);
    expect((await follow(early?.path ?? "")).status).toBe(404);
    await deliverMails(site);
    await visitor.post("/confirm-email/resend");
    const [mail] = await deliverMails(site);
    expect(mail?.headers["to"]).toBe(second);
    await follow(mail?.path ?? "");
    expect(await findUser(second)).toMatchObject({ id, username });
  });

  test("that somebody has gets no link; one taken meanwhile is told in words", async () => {
    const other = await newcomer();
    const { id, username } = await signedInPerson(site);
    await change(id, other.email.toUpperCase());
    const told = await deliverMails(site);
    expect(told.map(({ headers }) => headers["to"])).toContain(other.email);
    expect(told.some(({ path }) => path.startsWith("/confirm-email"))).toBe(false);
    const wanted = newPerson().email;
    await change(id, wanted);
    const mail = (await deliverMails(site)).find(({ headers }) => headers["to"] === wanted);
    await site.deps.database.user.update({ where: { id: other.id }, data: { email: wanted } });
    const answer = await follow(mail?.path ?? "");
    expect(answer.status).toBe(409);
    expect(answer.$("main").text()).toContain("belong to another account");
    expect(await findUser(`${username}@example.org`)).toMatchObject({ id });
  });

  test("is given up by a password set from the old one, whose mails end with the change", async () => {
    const { id, username } = await signedInPerson(site);
    const [before, after] = [`${username}@example.org`, newPerson().email];
    await change(id, after);
    await createVisitor(site.app).post("/password-reset", { email: before });
    const mails = await deliverMails(site);
    const pathOf = (start: string) =>
      mails.find(({ path }) => path.startsWith(start) && path.length > 30)?.path ?? "";
    const fields = { password: "quince-and-medlar", password2: "quince-and-medlar" };
    expect((await createVisitor(site.app).post(pathOf("/password-reset"), fields)).status).toBe(
      303,
    );
    expect((await follow(pathOf("/confirm-email"))).status).toBe(404);

    await change(id, after);
    await createVisitor(site.app).post("/password-reset", { email: before });
    const later = await deliverMails(site);
    const find = (start: string) =>
      later.find(({ path }) => path.startsWith(start) && path.length > 30)?.path ?? "";
    expect((await follow(find("/confirm-email"))).status).toBe(303);
    expect((await createVisitor(site.app).get(find("/password-reset"))).status).toBe(404);
  });

  test.each([
    [
      "in the settings",
      async (visitor: Visitor, username: string) => {
        const fields = { currentPassword: goodPassword, password: other, password2: other };
        expect((await visitor.post("/settings/password", fields)).status).toBe(303);
        return username;
      },
    ],
    [
      "by the command",
      async (_: Visitor, username: string) => {
        await changePassword(site.deps, { username, password: other });
        return username;
      },
    ],
  ])("is given up by a new password %s, as are links to reset it", async (_, setPassword) => {
    const { id, username, visitor } = await signedInPerson(site);
    const before = `${username}@example.org`;
    await change(id, newPerson().email);
    await createVisitor(site.app).post("/password-reset", { email: before });
    const links = (await deliverMails(site))
      .map(({ path }) => path)
      .filter((path) => path.length > 30);
    expect(links).toHaveLength(2);
    await setPassword(visitor, username);
    for (const link of links) {
      expect((await createVisitor(site.app).get(link)).status).toBe(404);
    }
  });

  test("that somebody has still is confirmed after a new password", async () => {
    const { visitor, email, path } = await newcomer();
    const fields = { currentPassword: newPerson().password, password: other, password2: other };
    expect((await visitor.post("/settings/password", fields)).status).toBe(303);
    await follow(path);
    expect(await confirmedAt(email)).not.toBeNull();
  });

  test("is not written to when its transaction fails or the person is gone", async () => {
    const { id } = await signedInPerson(site);
    const email = newPerson().email;
    const { deps } = site;
    const failing = deps.database.$transaction(async (tx) => {
      await requestEmailChange(tx, deps, { person: { id }, email, now: deps.clock() });
      throw new Error("made for this test");
    });
    await expect(failing).rejects.toThrow("made for this test");
    expect(await waitingMails(site)).toEqual([]);
    await change(id, email);
    await deps.database.user.delete({ where: { id } });
    expect(await deliverMails(site)).toEqual([]);
  });
});
