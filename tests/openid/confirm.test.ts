import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { signedInPerson } from "#tests/factories/people.ts";
import { connected, flashAfter, joined, journey, setOut } from "#tests/openid/journeys.ts";
import { addPasskey, newAuthenticator } from "#tests/passkeys/passkey-people.ts";
import { type OpenidProvider, startOpenidProvider } from "#tests/support/openid-provider.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import type { Answer } from "#tests/support/visitor.ts";

let provider: OpenidProvider;
let site: TestApp;
let waited = 0;
const page = "/settings/connections";

beforeAll(async () => {
  provider = await startOpenidProvider();
  site = await startTestApp(provider.settings, { clock: () => new Date(Date.now() + waited) });
});
afterAll(() => Promise.all([site.close(), provider.close()]));
beforeEach(() => {
  waited = 0;
});

const identitiesOf = (userId: number) =>
  site.deps.database.oidcIdentity.findMany({ where: { userId } });

describe("whoever finds a session left open", () => {
  test("confirms first, before connecting and disconnecting", async () => {
    const member = await connected(site, provider, "open");
    waited = 601_000;
    for (const path of [`${page}/link`, `${page}/unlink`]) {
      const answer = await member.visitor.post(
        path,
        { issuer: provider.issuer },
        { headers: { Referer: `http://localhost${page}` } },
      );
      expect([path, answer.status]).toEqual([path, 303]);
      expect(answer.location).toMatch(/^\/confirm\?next=/);
    }
    expect(await identitiesOf(member.id)).toHaveLength(1);
  });

  test("may confirm by the provider, who asks them anew", async () => {
    const member = await connected(site, provider, "anew");
    await site.deps.database.session.updateMany({
      where: { userId: member.id },
      data: { confirmedAt: new Date(0) },
    });
    const confirm = { path: "/confirm/openid", fields: { next: page } };
    const form = await member.visitor.get(`/confirm?next=${encodeURIComponent(page)}`);
    expect(form.$(`form[action="${confirm.path}"] button`).text()).toBe("Confirm with Rookery");
    const url = await setOut(member.visitor, confirm);
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      prompt: "login",
      max_age: "0",
    });
    const answer = await member.visitor.get(await provider.signIn(url, "anew"));
    expect(answer).toMatchObject({ status: 303, location: page });
    const [session] = await site.deps.database.session.findMany({ where: { userId: member.id } });
    expect(session?.confirmedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  test("is not confirmed by another's account, nor by a provider that did not ask", async () => {
    const member = await connected(site, provider, "mine");
    await joined(site, provider, "other");
    const data = { confirmedAt: new Date(0) };
    await site.deps.database.session.updateMany({ where: { userId: member.id }, data });
    const confirm = { path: "/confirm/openid", fields: { next: page } };
    const other = await journey(member.visitor, provider, "other", confirm);
    expect(other.location).toBe(`/confirm?next=${encodeURIComponent(page)}`);
    expect(await flashAfter(member.visitor, other)).toBe(
      "That is not the account that yours is connected to.",
    );

    const notAsked = "You were not asked there who you are. Confirm it in another way.";
    const url = new URL(await setOut(member.visitor, confirm));
    for (const name of ["prompt", "max_age"]) url.searchParams.delete(name);
    const silent = await member.visitor.get(await provider.signIn(url.href, "mine"));
    expect(await flashAfter(member.visitor, silent)).toBe(notAsked);
    // It says when it asked: two minutes before they set out.
    waited = 120_000;
    const old = await journey(member.visitor, provider, "mine", confirm);
    expect(await flashAfter(member.visitor, old)).toBe(notAsked);
    const [session] = await site.deps.database.session.findMany({ where: { userId: member.id } });
    expect(session?.confirmedAt).toEqual(new Date(0));
  });

  const formOf = ({ $ }: Answer) => $('form[action="/confirm/openid"]').length;

  test("finds no such way where nothing is connected, or a provider before", async () => {
    const { id, visitor } = await signedInPerson(site);
    expect(formOf(await visitor.get("/confirm"))).toBe(0);
    await site.deps.database.oidcIdentity.create({
      data: { issuer: "https://old.example", subject: "before", userId: id },
    });
    expect(formOf(await visitor.get("/confirm"))).toBe(0);
  });

  test("still finds it once another way failed", async () => {
    const { visitor } = await connected(site, provider, "still");
    await addPasskey(visitor, newAuthenticator(site));
    expect(formOf(await visitor.get("/confirm"))).toBe(1);
    for (const path of ["/confirm", "/confirm/passkey"]) {
      const answer = await visitor.post(path, { password: "wrong", credential: "{}" });
      expect([path, answer.status, formOf(answer)]).toEqual([path, 422, 1]);
    }
  });
});
