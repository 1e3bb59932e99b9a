import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { removePhotoQueue } from "#features/account/photos.jobs.ts";
import { goodPassword, newPerson, signedInPerson } from "#tests/factories/people.ts";
import { deliverMails } from "#tests/support/mails.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let me: { id: number; username: string; visitor: Visitor };

beforeAll(async () => {
  site = await startTestApp();
  me = await signedInPerson(site, { firstName: "Ada" });
});
afterAll(() => site.close());

const path = "/settings/profile";
const row = () =>
  site.deps.database.user.findUniqueOrThrow({ where: { id: me.id }, include: { profile: true } });
const address = async () => (await row()).email;
const save = async (fields: Record<string, string> = {}) =>
  me.visitor.post(path, { email: await address(), ...fields });

describe("every page of the settings", () => {
  const pages = [path, "/settings/password", "/settings/sessions", "/settings/data"];

  test.each([...pages, "/settings/delete", "/settings"])(
    "%s asks strangers to sign in",
    async (page) => {
      const answer = await createVisitor(site.app).get(page);
      expect([answer.status, answer.location]).toEqual([
        303,
        `/login?next=${encodeURIComponent(page)}`,
      ]);
    },
  );

  test.each([
    path,
    "/settings/password",
    "/settings/sessions/end-others",
    "/settings/sessions/00000000-0000-4000-8000-000000000000/end",
    "/settings/data/download",
    "/settings/delete",
  ])("POST %s is for signed-in people and their own forms", async (page) => {
    expect((await createVisitor(site.app).post(page)).location).toMatch(/^\/login/);
    expect((await me.visitor.post(page, {}, { csrf: null })).status).toBe(403);
    expect((await me.visitor.post(page, {}, { csrf: "made up" })).status).toBe(403);
  });

  test.each(pages)("%s says where one is, and is nobody else's to keep", async (page) => {
    const answer = await me.visitor.get(page);
    expect(answer.status).toBe(200);
    expect(answer.$(".section-nav [aria-current]").attr("href")).toBe(page);
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  test("is found from the menu and from one's own page", async () => {
    const answer = await me.visitor.get(`/users/${me.username}`);
    expect(answer.$(`.menu a[href="${path}"]`)).toHaveLength(1);
    expect(answer.$(`main a[href="${path}"]`)).toHaveLength(1);
    const other = await signedInPerson(site);
    const theirs = await me.visitor.get(`/users/${other.username}`);
    expect(theirs.$(`main a[href="${path}"]`)).toHaveLength(0);
    expect((await me.visitor.get("/settings")).location).toBe(path);
  });
});

test("an address that nobody confirmed is told of, with a way to send the link again", async () => {
  const { $ } = await me.visitor.get(path);
  expect($('form[action="/confirm-email/resend"] button').text()).toBe("Send the link");
  const { visitor, id } = await signedInPerson(site);
  await site.deps.database.user.update({ where: { id }, data: { emailConfirmedAt: new Date() } });
  const confirmed = await visitor.get(path);
  expect(confirmed.$('form[action="/confirm-email/resend"]')).toHaveLength(0);
});

describe("saving the profile", () => {
  test("keeps both the user's and the profile's fields, trimmed", async () => {
    const answer = await save({
      firstName: " Ada ",
      lastName: "Lovelace",
      bio: "Line one\r\nLine two <b>\n",
      dateOfBirth: "1815-12-10".replace("1815", "1915"),
    });
    expect([answer.status, answer.location, answer.errors]).toEqual([303, path, {}]);
    const { firstName, lastName, profile } = await row();
    expect({ firstName, lastName }).toEqual({ firstName: "Ada", lastName: "Lovelace" });
    expect(profile).toMatchObject({
      bio: "Line one\nLine two <b>",
      dateOfBirth: new Date("1915-12-10T00:00:00Z"),
    });
    const page = await me.visitor.get(path);
    expect(page.$(".flash").text()).toContain("saved");
    expect(page.$("[name=dateOfBirth]").val()).toBe("1915-12-10");
    expect((await me.visitor.get(`/users/${me.username}`)).text).toContain("Ada Lovelace");
  });

  test("can empty what is optional, and leaves alone what was not sent", async () => {
    await save({ firstName: "Ada", lastName: "King", bio: "Words", dateOfBirth: "1915-12-10" });
    await save({ lastName: "", dateOfBirth: "" });
    expect(await row()).toMatchObject({
      firstName: "Ada",
      lastName: "",
      profile: { bio: "Words", dateOfBirth: null },
    });
  });

  test.each([
    ["firstName", "x".repeat(151)],
    ["firstName", "Ada\r\nBcc: everyone@example.org"],
    ["lastName", "x".repeat(151)],
    ["email", "nobody"],
    ["email", ""],
    ["email", `${"a".repeat(250)}@example.org`],
    ["dateOfBirth", "2026-02-31"],
    ["dateOfBirth", "1899-12-31"],
    ["dateOfBirth", "9999-01-01"],
    ["dateOfBirth", "10.12.1990"],
    ["dateOfBirth", "+012026-01-01"],
    ["dateOfBirth", "2000-13-01"],
    ["bio", "x".repeat(2001)],
    ["currentPassword", "x".repeat(1001)],
  ])("refuses %s of %j beside its field and saves nothing", async (field, value) => {
    const before = await row();
    const answer = await save({ firstName: "Changed", [field]: value });
    expect(answer.status).toBe(422);
    expect(Object.keys(answer.errors)).toEqual([field]);
    expect(await row()).toEqual(before);
    if (field !== "firstName") expect(answer.$("[name=firstName]").val()).toBe("Changed");
    expect(answer.$("[name=currentPassword]").val()).toBe("");
    expect(answer.$(`[name=${field}]`).attr("aria-invalid")).toBe("true");
  });

  test("takes 2,000 characters of bio however line breaks are sent", async () => {
    const bio = `${"x".repeat(999)}\r\n${"y".repeat(1000)}`;
    expect((await save({ bio })).status).toBe(303);
    expect((await row()).profile?.bio).toHaveLength(2000);
  });

  test("ignores what is not in the form", async () => {
    const other = await signedInPerson(site);
    const before = await row();
    const hostile = {
      id: String(other.id),
      userId: String(other.id),
      username: "somebody_else",
      isSuperuser: "true",
      isStaff: "1",
      isActive: "false",
      passwordHash: "x",
      followersCount: "1000",
      photo: "photos/aa/bb/x",
    };
    expect((await save(hostile)).status).toBe(303);
    expect(await row()).toEqual(before);
  });

  test("answers NUL, repeated and nested fields with 400", async () => {
    expect((await save({ bio: "\0" })).status).toBe(400);
    expect((await save({ "bio[]": "x" })).status).toBe(400);
    const file = { name: "a.jpg", bytes: Buffer.from("x"), field: "photo" };
    expect((await me.visitor.postFile(path, file, { bio: "\0" })).status).toBe(400);
    expect((await me.visitor.postFile(path, { ...file, field: "other" }, {})).status).toBe(400);
  });

  test("needs few queries", async () => {
    await me.visitor.get(path);
    expect((await queriesOf(() => me.visitor.get(path))).length).toBeLessThanOrEqual(4);
  });
});

describe("another e-mail address", () => {
  const wish = "ada.new@example.org";

  test("needs the password, and is told so beside it", async () => {
    for (const currentPassword of ["", "wrong"]) {
      const answer = await save({ email: wish, currentPassword, firstName: "Other" });
      expect([answer.status, Object.keys(answer.errors)]).toEqual([422, ["currentPassword"]]);
      expect(answer.$("[name=email]").val()).toBe(wish);
    }
    expect(await site.deps.database.accountToken.count({ where: { userId: me.id } })).toBe(0);
  });

  test("waits for its link; the other fields are saved with it", async () => {
    const before = await address();
    const answer = await save({ email: wish, currentPassword: goodPassword, firstName: "Augusta" });
    expect([answer.status, answer.errors]).toEqual([303, {}]);
    const page = await me.visitor.get(path);
    expect(page.$(".flash").text()).toContain(wish);
    expect(page.$(".notice").text()).toContain(wish);
    expect(page.$("[name=email]").val()).toBe(before);
    expect(await row()).toMatchObject({ email: before, firstName: "Augusta" });
    const tokens = await site.deps.database.accountToken.findMany({ where: { userId: me.id } });
    expect(tokens).toMatchObject([{ purpose: "confirm_email", email: wish }]);
  });

  test("that somebody has answers like any other; they hear of it, and keep it", async () => {
    const other = await signedInPerson(site);
    const taken = `${other.username}@EXAMPLE.org`;
    await deliverMails(site);
    const answers = [];
    for (const email of [taken, newPerson().email]) {
      const answer = await save({ email, currentPassword: goodPassword });
      const page = await me.visitor.get(path);
      const words = page.$("main").text() + page.$(".flash").text();
      answers.push([answer.status, answer.location, words.replaceAll(email, "THEIRS")]);
      const before = await row();
      const mails = await deliverMails(site);
      expect(mails.map(({ headers }) => headers["to"]).sort()).toEqual(
        [email.toLowerCase(), before.email].sort(),
      );
      const [told] = mails.filter(({ headers }) => headers["to"] === email.toLowerCase());
      expect(told?.text).toContain(email === taken ? "belongs to\none already" : "confirm");
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  test("is asked for a few times an hour only: its mails go to whomever somebody types", async () => {
    const { visitor, username } = await signedInPerson(site);
    const statuses = [];
    for (let count = 0; count < 6; count += 1) {
      const email = `stranger.${count}@example.net`;
      const answer = await visitor.post(path, { email, currentPassword: goodPassword });
      statuses.push(answer.status);
      if (answer.status === 429) expect(answer.errors["email"]).toContain("Try again");
    }
    expect(statuses).toEqual([303, 303, 303, 303, 303, 429]);
    expect((await visitor.post(path, { email: `${username}@example.org` })).status).toBe(303);
  });

  test("is not asked for where the one somebody has is none that a form takes", async () => {
    const admin = await signedInPerson(site, { email: "admin@localhost" });
    const answer = await admin.visitor.post(path, { email: "admin@localhost", firstName: "Ad" });
    expect([answer.status, answer.errors]).toEqual([303, {}]);
  });

  test("that is not proved is told with all else that is wrong", async () => {
    const { id, visitor } = await signedInPerson(site);
    const file = { name: "me.jpg", bytes: Buffer.from("no picture"), field: "photo" };
    const fields = { email: wish, currentPassword: "wrong", dateOfBirth: "2126-01-01" };
    const answer = await visitor.postFile(path, file, fields);
    expect(answer.status).toBe(422);
    expect(Object.keys(answer.errors).sort()).toEqual(["currentPassword", "dateOfBirth", "photo"]);
    expect(answer.errors["photo"]).toContain("not a picture");
    const where = { userId: id };
    expect(await site.deps.database.accountToken.count({ where })).toBe(0);
  });

  test("that differs in case only is the same", async () => {
    expect((await save({ email: (await address()).toUpperCase() })).status).toBe(303);
  });

  test("asked with guessed passwords is limited as signing in is", async () => {
    const { visitor } = await signedInPerson(site);
    const statuses = [];
    for (let count = 0; count < 11; count += 1) {
      const fields = { email: "x@example.org", currentPassword: `guess ${count}` };
      statuses.push((await visitor.post(path, fields)).status);
    }
    expect(statuses.at(0)).toBe(422);
    expect(statuses.at(-1)).toBe(429);
  });
});

test("saving twice at once leaves one of the two, whole, and asks for no photo to go that shows", async () => {
  const square = (colour: string) =>
    sharp({ create: { width: 50, height: 50, channels: 3, background: colour } })
      .png()
      .toBuffer();
  const photos = await Promise.all(["#a00", "#0a0", "#00a"].map(square));
  const answers = await Promise.all(
    photos.map((bytes, index) =>
      me.visitor.postFile(
        path,
        { name: "a.png", bytes, field: "photo" },
        { firstName: `Name ${index}`, lastName: `Last ${index}` },
      ),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
  const { firstName, lastName, profile } = await row();
  expect(firstName.slice(-1)).toBe(lastName.slice(-1));
  const jobs = await site.deps.database.$queryRaw<{ photo: string }[]>`
    select data->>'photo' as photo from pgboss.job where name = ${removePhotoQueue}`;
  expect(jobs).toHaveLength(2);
  expect(jobs.map(({ photo }) => photo)).not.toContain(profile?.photo);
});
