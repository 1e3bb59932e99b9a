import { signedInPerson } from "#tests/factories/people.ts";
import type { OpenidProvider } from "#tests/support/openid-provider.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { type Answer, createVisitor, type Visitor } from "#tests/support/visitor.ts";

export interface Outset {
  path?: string;
  fields?: Record<string, string>;
}

/** Sends the form that leads to the provider; answers the address its page leads on to. */
export async function setOut(
  visitor: Visitor,
  { path = "/login/openid", fields = {} }: Outset = {},
): Promise<string> {
  const page = await visitor.post(path, fields);
  const url = page.$("main a.button").attr("href") ?? "";
  if (
    page.status !== 200 ||
    page.$("meta[http-equiv=refresh]").attr("content") !== `0;url=${url}`
  ) {
    throw new Error(`Setting out answered ${page.status}: ${page.text}`);
  }
  return url;
}

/** There and back. */
export const journey = async (
  visitor: Visitor,
  provider: OpenidProvider,
  login: string,
  outset: Outset = {},
): Promise<Answer> => visitor.get(await provider.signIn(await setOut(visitor, outset), login));

/** Somebody who joined by the provider, and their browser. */
export async function joined(
  site: TestApp,
  provider: OpenidProvider,
  login: string,
): Promise<{ id: number; visitor: Visitor }> {
  provider.accounts.set(login, claimsOf(login));
  const visitor = createVisitor(site.app);
  const answer = await journey(visitor, provider, login);
  if (answer.location !== "/") throw new Error(`Joining led to ${answer.location}`);
  const { id } = await site.deps.database.user.findUniqueOrThrow({ where: { username: login } });
  return { id, visitor };
}

/** A member with a password who connected an account of this login. */
export async function connected(
  site: TestApp,
  provider: OpenidProvider,
  login: string,
): Promise<{ id: number; username: string; visitor: Visitor }> {
  provider.accounts.set(login, claimsOf(login));
  const member = await signedInPerson(site);
  const path = "/settings/connections/link";
  const { location } = await journey(member.visitor, provider, login, { path });
  if (location !== "/settings/connections") throw new Error(`Connecting led to ${location}`);
  return member;
}

/** A site of its own at this provider, for as long as the work takes. */
export async function withSite<T>(
  provider: OpenidProvider,
  settings: Record<string, string>,
  work: (site: TestApp) => Promise<T>,
): Promise<T> {
  const site = await startTestApp({ ...provider.settings, ...settings });
  try {
    return await work(site);
  } finally {
    await site.close();
  }
}

export const claimsOf = (login: string) => ({
  preferred_username: login,
  given_name: "Ana",
  family_name: "Rook",
  email: `${login}@rookery.example`,
  email_verified: true,
});

/** What the page after a redirect says on top. */
export const flashAfter = async (visitor: Visitor, answer: Answer): Promise<string> => {
  const page = await visitor.get(answer.location ?? "");
  const { location } = page;
  return (location ? await visitor.get(location) : page).$(".flash").text();
};
