import { load } from "cheerio";
import supertest from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { goodPassword, newPerson, signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let site: TestApp;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
});
afterAll(() => site.close());

const newForm = (values: Record<string, string> = {}): Record<string, string> => {
  const { username, email, password } = newPerson();
  return { username, firstName: "Ana", email, password, password2: password, ...values };
};
const register = (values: Record<string, string>, options = {}) =>
  createVisitor(site.app).post("/register", values, { from: "/register", ...options });
const findUser = (username: string | undefined) =>
  site.deps.database.user.findUnique({
    where: { username: username ?? "" },
    include: { profile: true },
  });

describe("joining", () => {
  test("makes a person with a profile and a deed, signs them in and welcomes them once", async () => {
    const visitor = createVisitor(site.app);
    const form = newForm({ firstName: " Ana <b> " });
    const answer = await visitor.post("/register", form, { from: "/register" });
    expect(answer.status).toBe(303);
    expect(answer.location).toBe("/");
    const home = await visitor.get("/");
    expect(home.$(".flash").text()).toContain("Welcome, Ana <b>");
    expect(home.$('form[action="/logout"]')).toHaveLength(1);
    expect((await visitor.get("/")).$(".flash")).toHaveLength(0);

    const user = await findUser(form["username"]);
    expect(user).toMatchObject({
      firstName: "Ana <b>",
      isActive: true,
      isStaff: false,
      isSuperuser: false,
      profile: { imagesCount: 0, followersCount: 0, followingCount: 0 },
    });
    expect(user?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const deeds = await site.deps.database.action.findMany({ where: { userId: user?.id ?? 0 } });
    expect(deeds).toMatchObject([{ verb: "user_joined", targetType: "user", targetId: user?.id }]);
  });

  test("leads to the page that asked for it, on this site only", async () => {
    expect((await register(newForm({ next: "/images/new?url=x" }))).location).toBe(
      "/images/new?url=x",
    );
    expect((await register(newForm({ next: "//example.org" }))).location).toBe("/");
  });

  test("needs no first name", async () => {
    const { firstName, ...form } = newForm();
    expect((await register(form)).status).toBe(303);
    expect(await findUser(form["username"])).toMatchObject({ firstName: "" });
  });

  test("takes no role, id or counter from the form", async () => {
    const form = newForm({
      id: "1",
      isSuperuser: "true",
      is_superuser: "true",
      isStaff: "on",
      isActive: "false",
      joinedAt: "2001-01-01",
      passwordHash: "x",
      profile: "x",
      imagesCount: "7",
    });
    expect((await register(form)).status).toBe(303);
    const user = await findUser(form["username"]);
    expect(user).toMatchObject({ isSuperuser: false, isStaff: false, isActive: true });
    expect(user?.joinedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(user?.profile?.imagesCount).toBe(0);
  });

  test("shows someone who is signed in the front page instead", async () => {
    const { visitor } = await signedInPerson(site);
    expect(await visitor.get("/register")).toMatchObject({ status: 303, location: "/" });
  });
});

describe("a wrong form", () => {
  test("says so beside every wrong field, keeps what was typed, and never a password", async () => {
    const answer = await register({
      username: "no spaces please",
      firstName: 'A "quoted" <name>',
      email: "not an address",
      password: "short-1",
      password2: "other-2",
    });
    expect(answer.status).toBe(422);
    expect(Object.keys(answer.errors).sort()).toEqual([
      "email",
      "password",
      "password2",
      "username",
    ]);
    expect(answer.$("input[name=username]").val()).toBe("no spaces please");
    expect(answer.$("input[name=firstName]").val()).toBe('A "quoted" <name>');
    expect(answer.$("input[name=email]").val()).toBe("not an address");
    expect(answer.text).not.toContain("short-1");
    expect(answer.text).not.toContain("other-2");
  });

  test("with nothing in it names every required field", async () => {
    for (const form of [
      {},
      { username: "", firstName: "", email: "", password: "", password2: "" },
    ]) {
      const answer = await register(form);
      expect(answer.status).toBe(422);
      expect(Object.keys(answer.errors)).toEqual(
        expect.arrayContaining(["username", "email", "password"]),
      );
    }
  });

  test("without any body is a wrong form, not a fault", async () => {
    const agent = supertest.agent(site.app);
    const token = load((await agent.get("/register")).text)("input[name=_csrf]").val();
    const answer = await agent.post("/register").set("X-CSRF-Token", String(token));
    expect(answer.status).toBe(422);
  });

  test("is answered in JSON to a script that asks for it", async () => {
    const answer = await register(newForm({ email: "x" }), {
      headers: { Accept: "application/json" },
    });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ status: "error", code: "invalid" });
  });

  test.each([
    [
      "username",
      ["", "a b", "ana@example.org", ".ana", "-ana", "añá", "a/b", "a".repeat(51), "ана"],
    ],
    [
      "email",
      [
        "",
        "ana",
        "@x.org",
        "ana@",
        "a b@x.org",
        "ana@x",
        `${"a".repeat(250)}@x.org`,
        "a@b.org\r\nBcc: x@y.org",
      ],
    ],
    ["firstName", ["a".repeat(151), "Ana\r\nBcc: x@y.org", "A\u0007na", "A\u009bna"]],
  ])("refuses what cannot be a %s", async (field, values) => {
    for (const value of values) {
      const answer = await register(newForm({ [field]: value }));
      expect([value, answer.status, Object.keys(answer.errors)]).toEqual([value, 422, [field]]);
    }
  });
});

describe("passwords", () => {
  test.each([
    ["7 characters", "a8#kd2!", "password"],
    ["129 characters", "k9#".repeat(43), "password"],
    ["a common one", "Password123", "password"],
    ["one character eight times", "aaaaaaaa", "password"],
    ["this site's name", "Magpie", "password"],
    ["this site's name twice", "MagpieMagpie", "password"],
  ])("refuses %s", async (_what, password, field) => {
    const answer = await register(newForm({ password, password2: password }));
    expect(answer.status).toBe(422);
    expect(Object.keys(answer.errors)).toEqual([field]);
  });

  test("refuses the username in any case", async () => {
    const password = "Ana_Novakova";
    const answer = await register(
      newForm({ username: "ana_novakova", password, password2: password }),
    );
    expect(Object.keys(answer.errors)).toEqual(["password"]);
  });

  test("refuses the e-mail address and what stands before its @", async () => {
    const form = newForm();
    const email = form["email"] ?? "";
    for (const password of [email, email.replace(/@.*/, "!9")]) {
      const answer = await register({ ...form, password, password2: password });
      expect(Object.keys(answer.errors)).toEqual(["password"]);
      expect(answer.errors["password"]).toMatch(/your (username|e-mail address)/);
    }
  });

  test("refuses two that differ, also by a space at the end", async () => {
    for (const password2 of ["", `${goodPassword} `, goodPassword.toUpperCase()]) {
      const answer = await register(newForm({ password2 }));
      expect([answer.status, Object.keys(answer.errors)]).toEqual([422, ["password2"]]);
    }
  });

  test.each([
    ["8 characters", "k9#mPq2!"],
    ["128 characters", "k9#m".repeat(32)],
    ["spaces around and other scripts", "  žluťoučký 東京 "],
  ])("takes %s, and only exactly that", async (_what, password) => {
    const form = newForm({ password, password2: password });
    expect((await register(form)).status).toBe(303);
    const login = (typed: string) =>
      createVisitor(site.app).post("/login", { username: form["username"] ?? "", password: typed });
    expect((await login(password)).status).toBe(303);
    expect((await login(password.slice(0, -1))).status).toBe(422);
  });
});

describe("names and addresses that are taken", () => {
  test("are refused whatever their case", async () => {
    const taken = newForm({ username: "Taken_Name", email: "Taken@example.org" });
    expect((await register(taken)).status).toBe(303);
    const name = await register(newForm({ username: "taken_nAME" }));
    expect([name.status, Object.keys(name.errors)]).toEqual([422, ["username"]]);
    const address = await register(newForm({ email: "tAKEN@Example.ORG" }));
    expect([address.status, Object.keys(address.errors)]).toEqual([422, ["email"]]);
    const both = await register(newForm({ username: "TAKEN_NAME", email: "TAKEN@EXAMPLE.ORG" }));
    expect([both.status, Object.keys(both.errors).sort()]).toEqual([422, ["email", "username"]]);
  });

  test("are told apart when an address contains the word username", async () => {
    await register(newForm({ email: "username@example.org" }));
    const answer = await register(newForm({ email: "username@example.org" }));
    expect(Object.keys(answer.errors)).toEqual(["email"]);
  });

  test("leave one person and one profile when twenty register one name at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        register(newForm({ username: index % 2 ? "Everyone" : "everyone" })),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array(19).fill(422)]);
    const people = await site.deps.database.user.findMany({ where: { username: "everyone" } });
    expect(people).toHaveLength(1);
    const { id = 0 } = people[0] ?? {};
    expect(await site.deps.database.profile.count({ where: { userId: id } })).toBe(1);
    expect(
      await site.deps.database.action.count({ where: { targetType: "user", targetId: id } }),
    ).toBe(1);
  });
});
