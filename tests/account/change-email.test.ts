import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requestEmailChange } from "#features/account/change-email.ts";
import { changePassword } from "#features/account/change-password.ts";
import { joinByForm } from "#tests/account/newcomers.ts";
import { goodPassword, newPerson, signedInPerson } from "#tests/factories/people.ts";
import { deliverMails, waitingMails } from "#tests/support/mails.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
const other = "quince-and-medlar";

beforeAll(async () => {
  site = await startTestApp();
});
afterAll(() => site.close());

const newcomer = () => joinByForm(site);
const findUser = (email: string) => site.deps.database.user.findUniqueOrThrow({ where: { email } });
const confirmedAt = async (email: string) => (await findUser(email)).emailConfirmedAt;
const follow = (path: string, visitor: Visitor = createVisitor(site.app)) => visitor.post(path);
const change = (id: number, email: string) =>
  site.deps.database.$transaction((tx) =>
    requestEmailChange(tx, site.deps, { person: { id }, email, now: site.deps.clock() }),
  );

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
    expect(await site.deps.database.accountToken.count({ where: { userId: id } })).toBe(0);
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
