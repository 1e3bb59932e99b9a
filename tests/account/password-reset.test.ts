import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPerson } from "#features/account/register-person.ts";
import { sendMail } from "#features/account/send-mail.ts";
import { goodPassword, newPerson, signedInPerson } from "#tests/factories/people.ts";
import { deliverMails, waitingMails } from "#tests/support/mails.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;
let aheadMilliseconds = 0;
const newPassword = "quince-and-medlar";

beforeAll(async () => {
  site = await startTestApp(
    { RATE_LIMITS: "off", BASE_URL: "http://magpie.example" },
    { clock: () => new Date(Date.now() + aheadMilliseconds) },
  );
});
afterAll(() => site.close());

const anybody = async () => {
  const person = newPerson();
  return { ...person, ...(await createPerson(site.deps, person)) };
};
const ask = (email: string) =>
  createVisitor(site.app).post("/password-reset", { email }, { from: "/password-reset" });
const send = (path: string, password = newPassword, password2 = password) =>
  createVisitor(site.app).post(path, { password, password2 });
const signIn = async (username: string, password: string) =>
  (await createVisitor(site.app).post("/login", { username, password })).status;

/** Asks for a link and reads it from the mail. */
async function linkFor(email: string): Promise<string> {
  expect((await ask(email)).status).toBe(303);
  const mails = await deliverMails(site);
  expect(mails).toHaveLength(1);
  return mails[0]?.path ?? "";
}

describe("a forgotten password", () => {
  test("is set anew by the link in a mail, from the sign-in page to the sign-in page", async () => {
    const { id, username, visitor: device } = await signedInPerson(site);
    const visitor = createVisitor(site.app);
    expect((await visitor.get("/login")).$('a[href="/password-reset"]')).toHaveLength(1);
    const email = `${username}@example.org`;
    const asked = await visitor.post("/password-reset", { email }, { from: "/password-reset" });
    expect(asked).toMatchObject({ status: 303, location: "/login" });
    expect((await visitor.get("/login")).$(".flash").text()).toContain("a mail is on its way");

    const [mail, ...others] = await deliverMails(site);
    expect(others).toEqual([]);
    expect(mail?.headers).toMatchObject({ to: email, from: "Magpie <magpie@magpie.example>" });
    expect(mail?.text).toMatch(/http:\/\/magpie\.example\/password-reset\/[\w-]{43}\n/);
    expect(mail?.html).toContain(`href="http://magpie.example${mail?.path}"`);
    expect(mail?.html).not.toMatch(/<img|src=|url\(/);

    const path = mail?.path ?? "";
    const page = await visitor.get(path);
    expect(page.status).toBe(200);
    expect(page.$("[autocomplete=username]").val()).toBe(username);
    expect(page.headers).toMatchObject({
      "referrer-policy": "strict-origin",
      "cache-control": "no-store",
    });
    const fields = { password: newPassword, password2: newPassword };
    const set = await visitor.post(path, fields, { from: path });
    expect(set).toMatchObject({ status: 303, location: "/login" });
    expect((await visitor.get("/login")).$(".flash").text()).toContain("new password is set");

    expect((await device.get("/images/new")).location).toMatch(/^\/login/);
    expect(await site.deps.database.session.count({ where: { userId: id } })).toBe(0);
    expect(await signIn(username, goodPassword)).toBe(422);
    expect(await signIn(username, newPassword)).toBe(303);
    const person = await site.deps.database.user.findUniqueOrThrow({ where: { id } });
    expect(person.emailConfirmedAt).not.toBeNull();
  });

  test("is refused like that of a newcomer, and the link works on", async () => {
    const { email, username } = await anybody();
    const path = await linkFor(email);
    for (const [password, password2, field] of [
      ["short-1", "short-1", "password"],
      ["password123", "password123", "password"],
      [newPassword, `${newPassword} `, "password2"],
    ] as const) {
      const answer = await send(path, password, password2);
      expect([answer.status, Object.keys(answer.errors)]).toEqual([422, [field]]);
      expect(answer.headers["referrer-policy"]).toBe("strict-origin");
      expect(answer.$("[autocomplete=username]").val()).toBe(username);
      expect(answer.text).not.toContain(password);
    }
    const own = await send(path, username.padEnd(8, "_"));
    expect(own.status === 422 || username.length < 8).toBe(true);
    const address = await send(path, email.toUpperCase());
    expect([address.status, Object.keys(address.errors)]).toEqual([422, ["password"]]);
    expect((await createVisitor(site.app).post(path)).status).toBe(422);
    expect((await send(path)).status).toBe(303);
  });

  test("is set anew at an address of a home network, too", async () => {
    const person = newPerson({ email: "admin@localhost" });
    await createPerson(site.deps, person);
    expect((await send(await linkFor("ADMIN@localhost"))).status).toBe(303);
    expect(await signIn(person.username, newPassword)).toBe(303);
  });

  test("keeps the day an address was confirmed before", async () => {
    const { id, email } = await anybody();
    const emailConfirmedAt = new Date("2026-01-02T03:04:05Z");
    await site.deps.database.user.update({ where: { id }, data: { emailConfirmedAt } });
    await send(await linkFor(email));
    const person = await site.deps.database.user.findUniqueOrThrow({ where: { id } });
    expect(person.emailConfirmedAt).toEqual(emailConfirmedAt);
  });
});

describe("a link", () => {
  const expectDead = async (path: string) => {
    const [page, posted] = [await createVisitor(site.app).get(path), await send(path)];
    for (const answer of [page, posted]) {
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.$("h1").text()).toBe("This link no longer works");
      expect(answer.$('main a[href="/password-reset"]')).toHaveLength(1);
      expect(answer.headers["referrer-policy"]).toBe("strict-origin");
    }
  };

  test("is stored so that nobody who reads the database can follow it", async () => {
    const { id, email } = await anybody();
    await ask(email);
    expect(JSON.stringify(await waitingMails(site))).not.toMatch(/[\w-]{43}/);
    const [mail] = await deliverMails(site);
    const token = mail?.path.split("/").at(-1) ?? "";
    expect(token).toHaveLength(43);
    const rows = await site.deps.database.accountToken.findMany({ where: { userId: id } });
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  test("works once", async () => {
    const { email, username } = await anybody();
    const path = await linkFor(email);
    expect((await send(path)).status).toBe(303);
    await expectDead(path);
    expect(await signIn(username, newPassword)).toBe(303);
  });

  test("works once also when it is sent many times at once", async () => {
    const { email, username } = await anybody();
    const path = await linkFor(email);
    const passwords = Array.from({ length: 8 }, (_, index) => `${newPassword}-${index}`);
    const answers = await Promise.all(passwords.map((password) => send(path, password)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array(7).fill(404)]);
    const winner = passwords[answers.findIndex(({ status }) => status === 303)] ?? "";
    expect(await signIn(username, winner)).toBe(303);
  });

  test("works for an hour", async () => {
    const { email } = await anybody();
    const path = await linkFor(email);
    aheadMilliseconds = 3_590_000;
    expect((await createVisitor(site.app).get(path)).status).toBe(200);
    aheadMilliseconds = 3_601_000;
    await expectDead(path);
    aheadMilliseconds = 0;
  });

  test("ends with the next one", async () => {
    const { email } = await anybody();
    const first = await linkFor(email);
    const second = await linkFor(email);
    expect(second).not.toBe(first);
    await expectDead(first);
    expect((await send(second)).status).toBe(303);
  });

  test("ends with the address it was sent to", async () => {
    const { id, email } = await anybody();
    const path = await linkFor(email);
    const data = { email: newPerson().email };
    await site.deps.database.user.update({ where: { id }, data });
    await expectDead(path);
  });

  test("of somebody deactivated is none, and they get no other", async () => {
    const { id, email } = await anybody();
    const path = await linkFor(email);
    await site.deps.database.user.update({ where: { id }, data: { isActive: false } });
    await expectDead(path);
    expect((await ask(email)).status).toBe(303);
    expect(await deliverMails(site)).toEqual([]);
  });

  test.each([
    ["guessed", "a".repeat(43)],
    ["too long", "a".repeat(5000)],
    ["a hash itself", "0".repeat(64)],
    ["a quote", "'%20or%201=1--"],
    ["a star", "*"],
    ["another script", encodeURIComponent("žluť")],
  ])("that is junk looks like a used one: %s", async (_what, token) => {
    await expectDead(`/password-reset/${token}`);
  });

  test("with NUL or half a character is refused, not a fault", async () => {
    for (const token of ["%00", "%ED%A0%80", "%"]) {
      expect((await createVisitor(site.app).get(`/password-reset/${token}`)).status).toBe(400);
    }
  });

  test("to confirm an address sets no password", async () => {
    const { id, email } = await anybody();
    const mail = { template: "confirm-again", email } as const;
    await site.deps.database.$transaction((tx) =>
      site.deps.jobs.enqueue(tx, "account.send-mail", mail),
    );
    const [{ path = "" } = {}] = await deliverMails(site);
    expect(path).toMatch(/^\/confirm-email\//);
    await expectDead(path.replace("confirm-email", "password-reset"));
    expect(await site.deps.database.accountToken.count({ where: { userId: id } })).toBe(1);
  });

  test("is answered in JSON to a script that asks for it", async () => {
    const headers = { Accept: "application/json" };
    const path = "/password-reset/nothing";
    expect(await createVisitor(site.app).get(path, headers)).toMatchObject({ status: 404 });
    const posted = await createVisitor(site.app).post(path, {}, { headers });
    expect(posted).toMatchObject({ status: 404, body: { code: "not_found" } });
  });
});

describe("a job", () => {
  test("that runs twice sends two mails, and the last one's link works", async () => {
    const { email } = await anybody();
    await ask(email);
    const [mail] = await waitingMails(site);
    if (mail) await sendMail(site.deps, mail);
    const first = await site.deps.database.accountToken.findFirstOrThrow({
      where: { user: { email } },
    });
    const [again] = await deliverMails(site);
    const second = await site.deps.database.accountToken.findFirstOrThrow({
      where: { user: { email } },
    });
    expect(second.tokenHash).not.toBe(first.tokenHash);
    expect((await send(again?.path ?? "")).status).toBe(303);
  });

  test("whose person is gone writes nothing", async () => {
    const { id, email } = await anybody();
    await ask(email);
    await site.deps.database.user.delete({ where: { id } });
    expect(await deliverMails(site)).toEqual([]);
    expect(await site.deps.database.accountToken.count({ where: { userId: id } })).toBe(0);
  });

  test("for many at once writes each their own", async () => {
    const people = await Promise.all(Array.from({ length: 5 }, anybody));
    await Promise.all(people.flatMap(({ email }) => [ask(email), ask(email)]));
    const mails = await waitingMails(site);
    await Promise.all(mails.map((mail) => sendMail(site.deps, mail)));
    const where = { userId: { in: people.map(({ id }) => id) } };
    expect(await site.deps.database.accountToken.count({ where })).toBe(5);
    await deliverMails(site);
  });
});

test("a form that is wrong says so beside its field", async () => {
  for (const email of ["", "ana", "a@b.org\r\nBcc: x@y.org", `${"a".repeat(250)}@x.org`]) {
    const answer = await ask(email);
    expect([email, answer.status, Object.keys(answer.errors)]).toEqual([email, 422, ["email"]]);
  }
  expect((await createVisitor(site.app).post("/password-reset")).status).toBe(422);
  expect(await waitingMails(site)).toEqual([]);
});

test("a form of another site is refused", async () => {
  const { email } = await anybody();
  for (const path of ["/password-reset", await linkFor(email)]) {
    expect((await createVisitor(site.app).post(path, { email }, { csrf: null })).status).toBe(403);
  }
});
