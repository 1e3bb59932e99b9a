import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPerson } from "#features/account/register-person.ts";
import { newPerson } from "#tests/factories/people.ts";
import { claimsOf, flashAfter, joined, journey, setOut, withSite } from "#tests/openid/journeys.ts";
import { deliverMails } from "#tests/support/mails.ts";
import { type OpenidProvider, startOpenidProvider } from "#tests/support/openid-provider.ts";
import { createVisitor } from "#tests/support/visitor.ts";

let provider: OpenidProvider;
beforeAll(async () => {
  provider = await startOpenidProvider();
});
afterAll(() => provider.close());

const failed =
  "That did not work with Rookery. Try again; if it fails again, tell whoever runs this site.";

describe("the site's own rules hold", () => {
  test("a second factor is asked for still, and a deactivated person stays out", () =>
    withSite(provider, {}, async (site) => {
      const { id } = await joined(site, provider, "dan");
      const { database } = site.deps;
      await database.authenticator.create({
        data: { userId: id, secret: "JBSWY3DP", lastStep: 0 },
      });
      const visitor = createVisitor(site.app);
      const fields = { next: "/ranking" };
      const answer = await journey(visitor, provider, "dan", { fields });
      expect(answer).toMatchObject({ status: 303, location: "/login/second-factor" });
      expect((await visitor.get("/login/second-factor")).status).toBe(200);
      expect((await visitor.get("/settings")).location).toMatch(/^\/login/);

      await database.user.update({ where: { id }, data: { isActive: false } });
      const out = await journey(visitor, provider, "dan");
      expect(out.location).toBe("/login?next=%2F");
      expect(await flashAfter(visitor, out)).toBe(failed);
      expect(await database.session.count({ where: { userId: id } })).toBe(1);
    }));

  test("a site for members lets people join and sign in by it", () =>
    withSite(provider, { BROWSING: "members" }, async (site) => {
      const { visitor } = await joined(site, provider, "meg");
      expect((await visitor.get("/images")).status).toBe(200);
      const stranger = createVisitor(site.app);
      const answer = await journey(stranger, provider, "no-name-yet");
      expect(answer.location).toBe("/register/openid");
      expect((await stranger.get("/register/openid")).status).toBe(200);
    }));
});

describe("where addresses must be confirmed", () => {
  const required = { EMAIL_CONFIRMATION: "required" };

  test("one the provider does not vouch for is, one it does is not", () =>
    withSite(provider, required, async (site) => {
      await joined(site, provider, "vera");
      provider.accounts.set("ivo", { ...claimsOf("ivo"), email_verified: false });
      const visitor = createVisitor(site.app);
      expect((await journey(visitor, provider, "ivo")).location).toBe("/register/openid");
      const form = await visitor.get("/register/openid");
      const fields = Object.fromEntries(
        ["username", "firstName", "lastName", "email"].map((name) => [
          name,
          String(form.$(`#${name}`).val()),
        ]),
      );
      expect(fields).toMatchObject({ username: "ivo", email: "ivo@rookery.example" });
      const sent = await visitor.post("/register/openid", fields, { from: "/register/openid" });
      expect(sent.location).toBe("/confirm-email");
      expect((await journey(visitor, provider, "ivo")).location).toBe("/confirm-email");
      expect((await visitor.get("/settings")).location).toMatch(/^\/login/);
      const [mail, ...others] = await deliverMails(site);
      expect(others).toEqual([]);
      await visitor.post(mail?.path ?? "");
      expect((await journey(visitor, provider, "ivo")).location).toBe("/");
    }));

  test("nobody learns who has one, but whoever has it", () =>
    withSite(provider, required, async (site) => {
      const person = newPerson();
      await createPerson(site.deps, person);
      const claims = { ...claimsOf("nosy"), email: person.email, email_verified: false };
      provider.accounts.set("nosy", claims);
      const visitor = createVisitor(site.app);
      const path = "/register/openid";
      const join = (email: string) =>
        visitor.post(path, { username: "nosy", email }, { from: path });
      expect((await journey(visitor, provider, "nosy")).location).toBe(path);
      const answer = await join(person.email);
      expect(answer).toMatchObject({ status: 303, location: "/confirm-email" });
      expect(await flashAfter(visitor, answer)).toBe(`A mail is on its way to ${person.email}.`);
      const [mail] = await deliverMails(site);
      expect(mail?.headers).toMatchObject({
        to: person.email,
        subject: expect.stringContaining("You_have_an_account_already"),
      });

      expect(await site.deps.database.user.count()).toBe(1);
      // Whoever waits for a mail in vain comes back, and may type an address that is theirs.
      expect((await journey(visitor, provider, "nosy")).location).toBe(path);
      const free = await join("nosy@rookery.example");
      expect(free).toMatchObject({ status: 303, location: "/confirm-email" });
      expect(await flashAfter(visitor, free)).toBe("A mail is on its way to nosy@rookery.example.");
      const [own] = await deliverMails(site);
      expect(own?.headers["to"]).toBe("nosy@rookery.example");
      await visitor.post(own?.path ?? "");
      expect((await journey(visitor, provider, "nosy")).location).toBe("/");
      // To whom the provider vouches for, it is no secret.
      provider.accounts.set("owner", { ...claimsOf("owner"), email: person.email });
      const owner = createVisitor(site.app);
      const told = await journey(owner, provider, "owner");
      expect(await flashAfter(owner, told)).toContain("sign in to it and connect it");
    }));
});

test("who comes back too often from one address waits", () =>
  withSite(provider, {}, async (site) => {
    const visitor = createVisitor(site.app);
    let last = "";
    for (let round = 0; round < 101; round += 1) {
      const state = new URL(await setOut(visitor)).searchParams.get("state");
      last = await flashAfter(
        visitor,
        await visitor.get(`/login/openid/callback?state=${state}&error=x`),
      );
    }
    expect(last).toContain("That was a lot at once");
  }));
