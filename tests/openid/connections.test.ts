import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { signedInPerson } from "#tests/factories/people.ts";
import {
  claimsOf,
  connected,
  flashAfter,
  joined,
  journey,
  setOut,
} from "#tests/openid/journeys.ts";
import { addPasskey, newAuthenticator } from "#tests/passkeys/passkey-people.ts";
import { deliverMails } from "#tests/support/mails.ts";
import { type OpenidProvider, startOpenidProvider } from "#tests/support/openid-provider.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let provider: OpenidProvider;
let site: TestApp;
let waited = 0;
const page = "/settings/connections";
const link = { path: `${page}/link` };

beforeAll(async () => {
  provider = await startOpenidProvider();
  site = await startTestApp(provider.settings, { clock: () => new Date(Date.now() + waited) });
});
afterAll(() => Promise.all([site.close(), provider.close()]));
beforeEach(async () => {
  waited = 0;
  await deliverMails(site);
});

const identitiesOf = (userId: number) =>
  site.deps.database.oidcIdentity.findMany({ where: { userId } });
const words = async (visitor: Visitor) => (await visitor.get(page)).$(".settings-page").text();

describe("a member", () => {
  test("connects an account, signs in by it, and is told by mail", async () => {
    const member = await signedInPerson(site);
    expect(await words(member.visitor)).toContain("Connect Rookery");
    expect(
      (await member.visitor.get("/settings/profile")).$(`.section-nav a[href="${page}"]`),
    ).toHaveLength(1);
    provider.accounts.set("con", claimsOf("con"));
    const answer = await journey(member.visitor, provider, "con", link);
    expect(answer).toMatchObject({ status: 303, location: page });
    const after = await member.visitor.get(page);
    expect(after.$(".flash").text()).toBe("You can sign in with Rookery from now on.");
    expect(after.$("h2").text()).toBe("Rookery");
    expect(after.$(".settings-page strong").text()).toBe("con");
    expect(after.$(`form[action="${link.path}"]`)).toHaveLength(0);

    const [mail, ...others] = await deliverMails(site);
    expect(others).toEqual([]);
    expect(mail?.headers).toMatchObject({
      to: `${member.username}@example.org`,
      subject: expect.stringContaining("Another_way_to_sign_in"),
    });
    expect([mail?.text, mail?.html]).toEqual([
      expect.stringContaining("Rookery"),
      expect.stringContaining("Rookery"),
    ]);
    expect(mail?.path).toBe(page);

    const again = createVisitor(site.app);
    expect((await journey(again, provider, "con")).location).toBe("/");
    const profile = await again.get("/settings/profile");
    expect(profile.$("#email").val()).toBe(`${member.username}@example.org`);
    // What the provider calls them changes nothing of what they are called here.
    expect(await site.deps.database.user.findUnique({ where: { id: member.id } })).toMatchObject({
      firstName: "",
      email: `${member.username}@example.org`,
    });
  });

  test("connects once: the same again is no news, another one is refused", async () => {
    const member = await connected(site, provider, "once");
    await deliverMails(site);
    const same = await journey(member.visitor, provider, "once", link);
    expect(same.location).toBe(page);
    expect(await deliverMails(site)).toEqual([]);
    const other = await journey(member.visitor, provider, "another", link);
    expect(await flashAfter(member.visitor, other)).toContain("Disconnect that first");
    expect(await identitiesOf(member.id)).toMatchObject([{ subject: "once" }]);
  });

  test("comes back once: the same way again leads nowhere", async () => {
    const member = await signedInPerson(site);
    const path = await provider.signIn(await setOut(member.visitor, link), "back");
    expect((await member.visitor.get(path)).location).toBe(page);
    expect(await flashAfter(member.visitor, { location: page } as never)).toContain("from now on");
    const again = await member.visitor.get(path);
    expect(again.location).toBe("/login");
    expect((await member.visitor.get(page)).$(".flash").text()).toBe(
      "That took too long, or was done already. Try again.",
    );
  });

  test("cannot take what signs somebody else in", async () => {
    const { id } = await joined(site, provider, "owner");
    const member = await signedInPerson(site);
    const answer = await journey(member.visitor, provider, "owner", link);
    expect(answer.location).toBe(page);
    expect(await flashAfter(member.visitor, answer)).toBe(
      "Another account here signs in by that one. If that is yours, too, disconnect it there first. Otherwise use another one.",
    );
    expect(await identitiesOf(id)).toHaveLength(1);
    expect(await identitiesOf(member.id)).toEqual([]);
  });

  test("wins alone when two connect the same at once", async () => {
    provider.accounts.set("race", claimsOf("race"));
    const members = [
      await signedInPerson(site),
      await signedInPerson(site),
      await signedInPerson(site),
    ];
    const paths: string[] = [];
    for (const { visitor } of members)
      paths.push(await provider.signIn(await setOut(visitor, link), "race"));
    const answers = await Promise.all(
      members.map(({ visitor }, index) => visitor.get(paths[index] ?? "")),
    );
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(await site.deps.database.oidcIdentity.count({ where: { subject: "race" } })).toBe(1);
    expect(await deliverMails(site)).toHaveLength(1);
  });

  test("connects nothing once signed out, or as somebody else", async () => {
    const member = await signedInPerson(site);
    const path = await provider.signIn(await setOut(member.visitor, link), "gone");
    await site.deps.database.session.deleteMany({ where: { userId: member.id } });
    expect((await member.visitor.get(path)).location).toBe(page);

    const [first, second] = [await signedInPerson(site), await signedInPerson(site)];
    const otherPath = await provider.signIn(await setOut(first.visitor, link), "gone");
    // Who is signed in is looked up by the session: as if it were another person's now.
    await site.deps.database.session.updateMany({
      where: { userId: first.id },
      data: { userId: second.id },
    });
    const answer = await first.visitor.get(otherPath);
    expect(await flashAfter(first.visitor, answer)).toContain("You are signed out.");
    expect(await site.deps.database.oidcIdentity.count({ where: { subject: "gone" } })).toBe(0);
  });

  test("disconnects, is told by mail, and signs in by it no more", async () => {
    const member = await connected(site, provider, "end");
    await deliverMails(site);
    const answer = await member.visitor.post(`${page}/unlink`, { issuer: provider.issuer });
    expect(await flashAfter(member.visitor, answer)).toBe("Your account is disconnected.");
    const [mail] = await deliverMails(site);
    expect(mail?.headers["subject"]).toContain("One_way_less_to_sign_in");
    expect(mail?.text).toContain("Rookery");
    const twice = await member.visitor.post(`${page}/unlink`, { issuer: provider.issuer });
    expect(await flashAfter(member.visitor, twice)).toBe("It was disconnected already.");
    expect(await deliverMails(site)).toEqual([]);
    const before = await site.deps.database.user.count();
    await journey(createVisitor(site.app), provider, "end");
    expect(await site.deps.database.user.count()).toBe(before + 1);
  });

  test("cannot end another's connection", async () => {
    const { id } = await connected(site, provider, "theirs");
    const member = await signedInPerson(site);
    await member.visitor.post(`${page}/unlink`, {
      issuer: provider.issuer,
      subject: "theirs",
      userId: String(id),
    });
    expect(await identitiesOf(id)).toHaveLength(1);
  });
});

describe("somebody whose only way in it is", () => {
  test("keeps it until there is another", async () => {
    const { id, visitor } = await joined(site, provider, "only");
    const before = await visitor.get(page);
    expect(before.$(`form[action="${page}/unlink"]`)).toHaveLength(0);
    expect(before.$(".notice").text()).toContain("This is the only way you sign in.");
    const refused = await visitor.post(`${page}/unlink`, { issuer: provider.issuer });
    expect(await flashAfter(visitor, refused)).toContain("Set a password first");
    expect(await identitiesOf(id)).toHaveLength(1);

    await site.deps.database.passkey.create({
      data: { id: "a-passkey", userId: id, name: "Key", publicKey: Buffer.from("k") },
    });
    expect((await visitor.get(page)).$(`form[action="${page}/unlink"]`)).toHaveLength(1);
    await visitor.post(`${page}/unlink`, { issuer: provider.issuer });
    expect(await identitiesOf(id)).toEqual([]);
  });

  test("may end what a provider before was for, and no more", async () => {
    const { id, visitor } = await joined(site, provider, "moved");
    const issuer = "https://old.example";
    await site.deps.database.oidcIdentity.create({ data: { issuer, subject: "m", userId: id } });
    const shown = await visitor.get(page);
    const forms = shown.$(`form[action="${page}/unlink"] input[name=issuer]`);
    expect(forms.map((_index, input) => shown.$(input).val()).get()).toEqual([issuer]);
    expect(shown.$(".settings-page").text()).toContain("This site does not use it any more.");
    await visitor.post(`${page}/unlink`, { issuer });
    expect(await identitiesOf(id)).toMatchObject([{ issuer: provider.issuer }]);
  });

  test("is not let out by one that signs nobody in any more", async () => {
    const { id, visitor } = await joined(site, provider, "stays");
    await site.deps.database.oidcIdentity.create({
      data: { issuer: "https://old.example", subject: "stays", userId: id },
    });
    const refused = await visitor.post(`${page}/unlink`, { issuer: provider.issuer });
    expect(await flashAfter(visitor, refused)).toContain("Set a password first");
    expect(await identitiesOf(id)).toHaveLength(2);
  });

  test("loses it to nobody who removes their last passkey at the same time", async () => {
    const { id, visitor } = await joined(site, provider, "both");
    await addPasskey(visitor, newAuthenticator(site));
    const { id: passkey } = await site.deps.database.passkey.findFirstOrThrow({
      where: { userId: id },
    });
    const csrf = await visitor.csrf(page);
    await Promise.all([
      visitor.post(`${page}/unlink`, { issuer: provider.issuer }, { csrf }),
      visitor.post(`/settings/passkeys/${passkey}/remove`, {}, { csrf }),
    ]);
    const passkeys = await site.deps.database.passkey.count({ where: { userId: id } });
    expect(passkeys + (await identitiesOf(id)).length).toBe(1);
  });
});

test("strangers are sent to sign in, and forms need their token", async () => {
  const stranger = createVisitor(site.app);
  expect((await stranger.get(page)).location).toBe(`/login?next=${encodeURIComponent(page)}`);
  const { visitor } = await signedInPerson(site);
  for (const path of [`${page}/link`, `${page}/unlink`, "/confirm/openid"]) {
    expect([path, (await stranger.post(path)).location]).toEqual([path, "/login?next=%2F"]);
    expect([path, (await visitor.post(path, {}, { csrf: "x" })).status]).toEqual([path, 403]);
  }
});

test("the page takes four queries, however many connections there are", async () => {
  const { id, visitor } = await connected(site, provider, "many");
  const count = async () => (await queriesOf(() => visitor.get(page))).length;
  await visitor.get(page);
  expect(await count()).toBe(4);
  await site.deps.database.oidcIdentity.createMany({
    data: [1, 2, 3, 4, 5].map((n) => ({
      issuer: `https://${n}.example`,
      subject: "s",
      userId: id,
    })),
  });
  expect(await count()).toBe(4);
  expect((await visitor.get(page)).$("h2").text()).toContain("5.example");
});

test("the archive says what is connected, and no more of it", async () => {
  const { visitor } = await connected(site, provider, "arch");
  const { bytes } = await visitor.post("/settings/data/download", {}, { binary: true });
  const file = join(site.dataFolder, "archive.zip");
  writeFileSync(file, bytes);
  const json = execFileSync("unzip", ["-p", file, "connections.json"]).toString();
  expect(JSON.parse(json)).toEqual([
    {
      issuer: provider.issuer,
      label: "arch",
      createdAt: expect.any(String),
      lastUsedAt: expect.any(String),
    },
  ]);
});
