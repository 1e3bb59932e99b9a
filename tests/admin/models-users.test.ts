import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { removePhoto, removePhotoQueue } from "#features/account/photos.jobs.ts";
import { sendMailQueue } from "#features/account/send-mail.ts";
import { fillForm } from "#tests/admin/fill-form.ts";
import { drawPicture } from "#tests/factories/images.ts";
import { goodPassword, newPerson, signedInPerson } from "#tests/factories/people.ts";
import { storedFiles } from "#tests/images/stored-files.ts";
import { deliverMails } from "#tests/support/mails.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

type Person = { id: number; username: string; visitor: Visitor };
let site: TestApp;
let admin: Person;
let ana: Person;

beforeAll(async () => {
  site = await startTestApp({ RATE_LIMITS: "off" });
  admin = await signedInPerson(site, { isSuperuser: true });
});
beforeEach(async () => {
  ana = await signedInPerson(site, { firstName: "Ana" });
});
afterAll(() => site.close());

const page = (person = ana) => `/admin/users/${person.id}`;
const row = (id = ana.id) =>
  site.deps.database.user.findUniqueOrThrow({ where: { id }, include: { profile: true } });
const history = (objectId: number) =>
  site.deps.database.adminChange.findMany({
    where: { model: "users", objectId: String(objectId) },
    orderBy: { id: "asc" },
  });
const isSignedIn = async ({ visitor }: Person) =>
  (await visitor.get("/settings/profile")).status === 200;
const signIn = (username: string, password: string) =>
  createVisitor(site.app).post("/login", { username, password });
const mailsFor = async (id: number) => {
  const jobs = await site.deps.database.$queryRaw<{ data: { userId?: number } }[]>`
    select data from pgboss.job where name = ${sendMailQueue} order by data ->> 'template'`;
  return jobs.map(({ data }) => data).filter(({ userId }) => userId === id);
};

describe("an account", () => {
  test("is changed with its profile, and what changed is told", async () => {
    const answer = await fillForm(admin.visitor, page(), {
      firstName: "Anna",
      lastName: "Luz",
      dateOfBirth: "1990-03-14",
      bio: "Herons.",
    });
    expect([answer.status, answer.errors]).toEqual([303, {}]);
    const person = await row();
    expect(person).toMatchObject({ firstName: "Anna", lastName: "Luz", isActive: true });
    expect(person.profile).toMatchObject({ bio: "Herons." });
    expect(person.profile?.dateOfBirth?.toISOString()).toBe("1990-03-14T00:00:00.000Z");
    expect(await history(ana.id)).toMatchObject([
      {
        actorId: admin.id,
        kind: "changed",
        objectLabel: ana.username,
        changes: [
          { field: "First name", before: "Ana", after: "Anna" },
          { field: "Last name", before: "", after: "Luz" },
          { field: "Date of birth", before: "", after: "14 March 1990", names: "profiles" },
          { field: "About them", before: "", after: "Herons.", names: "profiles" },
        ],
      },
    ]);
    expect(await isSignedIn(ana)).toBe(true);
  });

  test("is checked by the site's own rules, beside each field", async () => {
    const other = await row(admin.id);
    const wrong: [string, Record<string, string>][] = [
      ["username", { username: "two words" }],
      ["username", { username: "" }],
      ["username", { username: admin.username.toUpperCase() }],
      ["email", { email: "nothing" }],
      ["email", { email: other.email.toUpperCase() }],
      ["firstName", { firstName: "x".repeat(151) }],
      ["password", { password: "short" }],
      ["password", { password: ana.username }],
      ["dateOfBirth", { dateOfBirth: "2999-01-01" }],
      ["bio", { bio: "x".repeat(2001) }],
    ];
    for (const [field, filled] of wrong) {
      const answer = await fillForm(admin.visitor, page(), filled);
      expect([filled, answer.status, Object.keys(answer.errors)]).toEqual([filled, 422, [field]]);
    }
    expect(await history(ana.id)).toEqual([]);
  });

  test("whose address changes has it at once, unconfirmed, is asked, and told at the old one", async () => {
    const { database } = site.deps;
    await fillForm(admin.visitor, page(), { isEmailConfirmed: true });
    expect((await row()).emailConfirmedAt).not.toBeNull();
    const email = `new-${ana.username}@example.org`;
    expect((await fillForm(admin.visitor, page(), { email })).status).toBe(303);
    expect(await row()).toMatchObject({ email, emailConfirmedAt: null });
    expect(await database.accountToken.findMany({ where: { userId: ana.id } })).toMatchObject([
      { purpose: "confirm_email", email },
    ]);
    const before = `${ana.username}@example.org`;
    expect(await mailsFor(ana.id)).toEqual([
      { template: "confirm-email", userId: ana.id },
      { template: "email-changed", userId: ana.id, to: before },
    ]);
    const told = (await deliverMails(site)).find(({ headers }) => headers["to"] === before);
    expect(told?.text).toContain("An administrator gave your account another e-mail address.");
    expect(told?.text).not.toContain(email);
    await fillForm(admin.visitor, page(), { isEmailConfirmed: true });
    expect((await row()).emailConfirmedAt).not.toBeNull();
    await fillForm(admin.visitor, page(), { isEmailConfirmed: false });
    expect((await row()).emailConfirmedAt).toBeNull();
  });

  test("with a new password is signed out everywhere, and older links are dead", async () => {
    const { database } = site.deps;
    const now = new Date();
    await database.accountToken.create({
      data: {
        ...{ tokenHash: "0".repeat(64), userId: ana.id, purpose: "reset_password" },
        ...{ email: (await row()).email, createdAt: now, expiresAt: new Date(+now + 3_600_000) },
      },
    });
    const password = "another-heron-here";
    expect((await fillForm(admin.visitor, page(), { password })).status).toBe(303);
    expect(await isSignedIn(ana)).toBe(false);
    expect(await database.accountToken.count({ where: { userId: ana.id } })).toBe(0);
    expect((await signIn(ana.username, goodPassword)).status).toBe(422);
    expect((await signIn(ana.username, password)).status).toBe(303);
    const [change] = await history(ana.id);
    expect(change?.changes).toEqual([{ field: "New password", before: "", after: "changed" }]);
    expect(JSON.stringify(change?.changes)).not.toContain(password);
  });

  test("loses its photo when the tick is taken away, and a job the files", async () => {
    const photo = { name: "p", bytes: await drawPicture(ana.id), field: "photo" };
    await ana.visitor.postFile("/settings/profile", photo, {});
    const key = (await row()).profile?.photo ?? "";
    expect((await admin.visitor.get(page())).$(`main img[src^="/media/${key}"]`)).toHaveLength(1);
    expect((await fillForm(admin.visitor, page(), { hasPhoto: false })).status).toBe(303);
    expect((await row()).profile?.photo).toBeNull();
    const jobs = await site.deps.database.$queryRaw`
      select data from pgboss.job where name = ${removePhotoQueue}`;
    expect(jobs).toContainEqual({ data: { photo: key } });
    for (let run = 0; run < 2; run += 1) await removePhoto(site.deps, { photo: key });
    expect((await storedFiles(site)).filter((file) => file.startsWith(key))).toEqual([]);
    expect((await history(ana.id))[0]?.changes).toEqual([
      { field: "Has a photo", before: "Yes", after: "No", names: "profiles" },
    ]);
    for (const path of [page(), `/admin/profiles/${ana.id}`]) {
      expect((await admin.visitor.get(path)).$("[name=hasPhoto]")).toHaveLength(0);
      expect((await fillForm(admin.visitor, path, { bio: "No photo" })).status).toBe(303);
    }
  });

  test("shows its numbers, which no form can set", async () => {
    const { $ } = await admin.visitor.get(page());
    expect($("[data-field=secondFactor] dd").text()).toBe("Off");
    expect($("[data-field=joined] dd").text()).toMatch(/^\d+ \w+ \d{4}, \d\d:\d\d UTC$/);
    for (const name of ["joined", "lastSignIn", "pictures", "followers", "following"]) {
      expect($(`[data-field=${name}] dd`).text()).not.toBe("");
      expect($(`[name=${name}]`)).toHaveLength(0);
    }
  });
});

describe("a new account", () => {
  const fields = () => {
    const { username, email } = newPerson();
    return { username, email, password: "herons-in-the-reeds" };
  };

  test("is one as if they had joined, and is asked for its address", async () => {
    const filled = { ...fields(), firstName: "Bo", bio: "New here." };
    const answer = await fillForm(admin.visitor, "/admin/users/new", filled);
    expect([answer.status, answer.errors]).toEqual([303, {}]);
    const person = await site.deps.database.user.findUniqueOrThrow({
      where: { username: filled.username },
      include: { profile: true, actions: true },
    });
    expect(person).toMatchObject({ firstName: "Bo", isActive: true, isStaff: false });
    expect(person.profile).toMatchObject({ bio: "New here." });
    expect(person.actions).toMatchObject([{ verb: "user_joined", targetId: person.id }]);
    expect(await mailsFor(person.id)).toHaveLength(1);
    expect((await signIn(filled.username, filled.password)).status).toBe(303);
    expect(await history(person.id)).toMatchObject([{ kind: "added", actorId: admin.id }]);
  });

  test("needs a password and a free name", async () => {
    for (const [field, wrong] of [
      ["password", { password: "" }],
      ["username", { username: ana.username }],
    ] as const) {
      const answer = await fillForm(admin.visitor, "/admin/users/new", { ...fields(), ...wrong });
      expect([answer.status, Object.keys(answer.errors)]).toEqual([422, [field]]);
      expect(answer.text).not.toContain("herons-in-the-reeds");
    }
  });

  test("of one name, asked for many times at once, is one", async () => {
    const filled = fields();
    const csrf = await admin.visitor.csrf("/admin/users/new");
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        admin.visitor.post(
          "/admin/users/new",
          { ...filled, email: `${index}${filled.email}` },
          { csrf },
        ),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([303, ...Array(7).fill(422)]);
  });
});

test("a profile is changed by itself", async () => {
  const path = `/admin/profiles/${ana.id}`;
  expect((await fillForm(admin.visitor, path, { bio: "Reeds." })).status).toBe(303);
  expect((await row()).profile).toMatchObject({ bio: "Reeds." });
  const wrong = await fillForm(admin.visitor, path, { dateOfBirth: "1990-02-31" });
  expect([wrong.status, Object.keys(wrong.errors)]).toEqual([422, ["dateOfBirth"]]);
  for (const address of ["/admin/profiles/new", `${path}/delete`]) {
    expect((await admin.visitor.get(address)).status).toBe(404);
  }
});
