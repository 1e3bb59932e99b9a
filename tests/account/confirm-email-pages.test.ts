import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requestEmailChange } from "#features/account/change-email.ts";
import { createPerson } from "#features/account/register-person.ts";
import { newPerson, signedInPerson } from "#tests/factories/people.ts";
import { deliverMails } from "#tests/support/mails.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
beforeAll(async () => {
  site = await startTestApp({ EMAIL_CONFIRMATION: "required", RATE_LIMITS: "off" });
});
afterAll(() => site.close());

/** Somebody signed in: their address is confirmed. */
async function member() {
  const person = await signedInPerson(site, { isSuperuser: true });
  const data = { emailConfirmedAt: new Date() };
  const { email } = await site.deps.database.user.update({ where: { id: person.id }, data });
  return { ...person, email };
}
const change = (id: number, email: string) =>
  site.deps.database.$transaction((tx) =>
    requestEmailChange(tx, site.deps, { person: { id }, email, now: site.deps.clock() }),
  );
const mailTo = async (address: string) =>
  (await deliverMails(site)).find(({ headers }) => headers["to"] === address)?.path ?? "";

async function shown(visitor: Visitor) {
  const { $ } = await visitor.get("/confirm-email");
  return { heading: $("h1").text(), text: $("main").text(), typed: $("[name=email]").val() };
}
const asksForAddress = { heading: "Confirm your address", typed: "" };

describe("the page that asks for an address", () => {
  test("says where a mail went, and only to whom it was promised", async () => {
    const visitor = createVisitor(site.app);
    const { username, email, password } = newPerson();
    expect(await shown(visitor)).toMatchObject(asksForAddress);
    const form = { username, email, password, password2: password };
    await visitor.post("/register", form, { from: "/register" });
    const after = await shown(visitor);
    expect(after).toMatchObject({ heading: "Look into your mail", typed: email });
    expect(after.text).toContain(`A mail is on its way to ${email}.`);
    expect((await shown(visitor)).text).toContain(`the mail to ${email}`);
    expect(await shown(createVisitor(site.app))).toMatchObject(asksForAddress);
  });

  test("says the same of every address somebody types", async () => {
    const { email } = await member();
    const texts = await Promise.all(
      [email, newPerson().email].map(async (typed) => {
        const visitor = createVisitor(site.app);
        await visitor.post("/confirm-email/resend", { email: typed });
        return (await shown(visitor)).text.replaceAll(typed, "");
      }),
    );
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).toContain("Look into your mail");
  });

  test("promises nothing to a member who has never confirmed", async () => {
    const person = newPerson();
    await createPerson(site.deps, person);
    const visitor = createVisitor(site.app);
    const { username, password } = person;
    const answer = await visitor.post("/login", { username, password });
    expect(answer.location).toBe("/confirm-email");
    const page = await shown(visitor);
    expect(page).toMatchObject(asksForAddress);
    expect(page.text).toContain("Before you can sign in");
    expect(page.text).not.toContain(person.email);
  });

  test("is the settings for who is signed in", async () => {
    const { visitor } = await member();
    const answer = await visitor.get("/confirm-email");
    expect(answer).toMatchObject({ status: 303, location: "/settings/profile" });
  });

  test.each(["resend", "withdraw"])("is found by reloading after %s", async (action) => {
    const answer = await createVisitor(site.app).get(`/confirm-email/${action}`);
    expect(answer).toMatchObject({ status: 303, location: "/confirm-email" });
  });
});

describe("a change of address that waits", () => {
  test("is withdrawn from the settings, and its link with it", async () => {
    const { id, email, visitor } = await member();
    const wanted = newPerson().email;
    await change(id, wanted);
    const path = await mailTo(wanted);
    const form = (await visitor.get("/settings/profile")).$(".notice-form");
    expect(form.find("p").text()).toContain(wanted);
    const buttons = form.find("button");
    expect(buttons.first().text()).toBe("Send it again");
    expect(buttons.last().text()).toBe(`Keep ${email}`);

    const answer = await visitor.post(buttons.last().attr("formaction") ?? "");
    expect(answer).toMatchObject({ status: 303, location: "/settings/profile" });
    const page = await visitor.get("/settings/profile");
    expect(page.$(".flash").text()).toBe(`Your e-mail address stays ${email}.`);
    expect(page.$(".notice-form")).toHaveLength(0);
    expect((await createVisitor(site.app).post(path)).status).toBe(404);
  });

  test("is withdrawn by nobody else, and by no other site's form", async () => {
    const { id, visitor } = await member();
    await change(id, newPerson().email);
    const action = "/confirm-email/withdraw";
    expect((await createVisitor(site.app).post(action)).location).toMatch(/^\/login/);
    expect((await visitor.post(action, {}, { csrf: null })).status).toBe(403);
    expect((await (await member()).visitor.post(action)).status).toBe(303);
    expect(await site.deps.database.accountToken.count({ where: { userId: id } })).toBe(1);
  });

  test("to one taken meanwhile says so, and leads on", async () => {
    const leads = [];
    for (const isSignedIn of [false, true]) {
      const { id, visitor } = await member();
      const wanted = newPerson({});
      await change(id, wanted.email);
      const path = await mailTo(wanted.email);
      await createPerson(site.deps, wanted);
      const answer = await (isSignedIn ? visitor : createVisitor(site.app)).post(path);
      expect([answer.status, answer.$("h1").text()]).toEqual([409, "This address is taken"]);
      leads.push(answer.$("main a.button").attr("href"));
    }
    expect(leads).toEqual(["/login", "/settings/profile"]);
  });
});
