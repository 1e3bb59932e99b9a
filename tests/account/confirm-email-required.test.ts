import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPerson } from "#features/account/register-person.ts";
import { goodPassword, newPerson } from "#tests/factories/people.ts";
import { deliverMails, waitingMails } from "#tests/support/mails.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;
beforeAll(async () => {
  site = await startTestApp({ EMAIL_CONFIRMATION: "required", BROWSING: "members" });
});
afterAll(() => site.close());

const formOf = (values: Partial<ReturnType<typeof newPerson>> = {}) => {
  const { username, email, password } = newPerson(values);
  return { username, email, password, password2: password };
};
const register = async (form: Record<string, string>) => {
  const visitor = createVisitor(site.app);
  const answer = await visitor.post("/register", form, { from: "/register" });
  return { visitor, answer };
};
const signIn = (username: string, password = goodPassword) =>
  createVisitor(site.app).post("/login", { username, password });

describe("a newcomer", () => {
  test("signs in only after confirming the address", async () => {
    const form = formOf();
    const { visitor, answer } = await register(form);
    expect(answer).toMatchObject({ status: 303, location: "/confirm-email" });
    const page = await visitor.get("/confirm-email");
    expect([page.status, page.$("h1").text()]).toEqual([200, "Look into your mail"]);
    expect((await visitor.get("/images")).location).toMatch(/^\/login/);

    const early = await signIn(form.username);
    expect(early).toMatchObject({ status: 303, location: "/confirm-email" });
    expect((await signIn(form.username, "wrong-password")).status).toBe(422);
    expect(await site.deps.database.session.count()).toBe(0);

    const [mail] = await deliverMails(site);
    expect((await visitor.get(mail?.path ?? "")).status).toBe(200);
    expect((await visitor.post(mail?.path ?? "")).location).toBe("/login");
    expect(await signIn(form.username)).toMatchObject({ status: 303, location: "/" });
  });

  test("has the mail sent again by the address, which tells nobody whether it waits", async () => {
    const form = formOf();
    await register(form);
    await deliverMails(site);
    const answers = [];
    for (const email of [form.email.toUpperCase(), newPerson().email]) {
      const visitor = createVisitor(site.app);
      const answer = await visitor.post("/confirm-email/resend", { email });
      const page = await visitor.get("/confirm-email");
      answers.push([answer.status, answer.location, page.$(".flash").text()]);
    }
    expect(answers[0]).toEqual(answers[1]);
    const mails = await deliverMails(site);
    expect(mails.map(({ headers }) => headers["to"])).toEqual([form.email]);
    await createVisitor(site.app).post(mails[0]?.path ?? "");
    await createVisitor(site.app).post("/confirm-email/resend", { email: form.email });
    expect(await deliverMails(site)).toEqual([]);
    const wrong = await createVisitor(site.app).post("/confirm-email/resend", { email: "x" });
    expect([wrong.status, Object.keys(wrong.errors)]).toEqual([422, ["email"]]);
  });

  test("is told in JSON, too, why they cannot sign in", async () => {
    const form = formOf();
    await register(form);
    await deliverMails(site);
    const headers = { Accept: "application/json" };
    const { username, password } = form;
    const answer = await createVisitor(site.app).post(
      "/login",
      { username, password },
      { headers },
    );
    expect(answer).toMatchObject({ status: 403, body: { code: "email_not_confirmed" } });
  });

  test("who sets a new password has confirmed the address by that", async () => {
    const form = formOf();
    await register(form);
    await deliverMails(site);
    await createVisitor(site.app).post("/password-reset", { email: form.email });
    const [mail] = await deliverMails(site);
    const password = "quince-and-medlar";
    const fields = { password, password2: password };
    expect((await createVisitor(site.app).post(mail?.path ?? "", fields)).status).toBe(303);
    expect((await signIn(form.username, password)).location).toBe("/");
  });
});

describe("an address that somebody has", () => {
  test("answers like a new one, takes as long, and hears of it by mail", async () => {
    const taken = formOf();
    await register(taken);
    await deliverMails(site);
    const times: number[][] = [[], []];
    const texts = new Set<string>();
    for (let round = 0; round < 6; round += 1) {
      const forms = [formOf(), formOf({ email: taken.email.toUpperCase() })];
      for (const [index, form] of forms.entries()) {
        const visitor = createVisitor(site.app);
        const csrf = await visitor.csrf("/register");
        const before = performance.now();
        const answer = await visitor.post("/register", form, { csrf });
        times[index]?.push(performance.now() - before);
        expect(answer).toMatchObject({ status: 303, location: "/confirm-email" });
        texts.add(answer.text + Object.keys(answer.headers).sort());
      }
    }
    expect(texts.size).toBe(1);
    // The quickest of each, which other work on the machine delays the least.
    const [fresh = 0, known = 0] = times.map((each) => Math.min(...each));
    expect(Math.abs(fresh - known)).toBeLessThan(Math.max(fresh, known) * 0.6 + 5);

    const mails = await deliverMails(site);
    const told = mails.filter(({ headers }) => headers["to"] === taken.email);
    // Who knows an address cannot fill its mailbox.
    expect(told).toHaveLength(5);
    expect(told[0]?.text).toContain("belongs to\none already");
    expect(told[0]?.path).toBe("/login");
    expect(mails).toHaveLength(11);
    expect(await site.deps.database.user.count({ where: { email: taken.email } })).toBe(1);
  });

  test("stays hidden when the username is taken as well", async () => {
    const taken = formOf();
    await register(taken);
    await deliverMails(site);
    const { answer } = await register(taken);
    expect([answer.status, Object.keys(answer.errors)]).toEqual([422, ["username"]]);
    expect(await waitingMails(site)).toEqual([]);
  });
});

test("whoever runs the site signs in without, others from before confirm first", async () => {
  const admin = newPerson({ isSuperuser: true, isStaff: true });
  const member = newPerson();
  for (const person of [admin, member]) await createPerson(site.deps, person);
  expect((await signIn(admin.username)).location).toBe("/");
  expect((await signIn(member.username)).location).toBe("/confirm-email");
});

test("on a site for members the pages of mails are open to strangers, and no others below them", async () => {
  for (const path of ["/password-reset", "/password-reset/", "/confirm-email"]) {
    expect([path, (await createVisitor(site.app).get(path)).status]).toEqual([path, 200]);
  }
  for (const path of ["/password-reset/x", "/confirm-email/x"]) {
    expect([path, (await createVisitor(site.app).get(path)).status]).toEqual([path, 404]);
  }
  expect((await createVisitor(site.app).get("/password-reset/x/y")).status).toBe(303);
});
