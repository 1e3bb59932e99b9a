import { expect } from "vitest";
import { goodPassword, signedInPerson } from "#tests/factories/people.ts";
import {
  createSoftwareAuthenticator,
  type SoftwareAuthenticator,
  type Wrongs,
} from "#tests/support/software-authenticator.ts";
import type { TestApp } from "#tests/support/test-app.ts";
import { type Answer, createVisitor, type Visitor } from "#tests/support/visitor.ts";

export interface PasskeyPerson {
  id: number;
  username: string;
  visitor: Visitor;
  authenticator: SoftwareAuthenticator;
}

export const newAuthenticator = ({ deps }: TestApp) =>
  createSoftwareAuthenticator(deps.config.baseUrl);

const asJson = { headers: { Accept: "application/json" } };

/** What the site answers to a script that asks for options. */
export const optionsAt = (visitor: Visitor, path: string): Promise<Answer> =>
  visitor.post(`${path}/options`, {}, asJson);

/** Adds a passkey by the settings page's own requests. */
export async function addPasskey(
  visitor: Visitor,
  authenticator: SoftwareAuthenticator,
  wrongs: Wrongs = {},
): Promise<Answer> {
  const { body } = await optionsAt(visitor, "/settings/passkeys");
  const credential = authenticator.create(body as never, wrongs);
  return visitor.post("/settings/passkeys", { credential });
}

/** Answers a page's challenge with a passkey: at /login/passkey, in the second step, at /confirm. */
export async function usePasskey(
  visitor: Visitor,
  authenticator: SoftwareAuthenticator,
  { path = "/login/passkey", fields = {}, ...wrongs }: Wrongs & UseOptions = {},
): Promise<Answer> {
  const { body } = await optionsAt(visitor, path);
  const credential = authenticator.get(body as never, wrongs);
  return visitor.post(path, { credential, ...fields });
}

interface UseOptions {
  path?: string;
  fields?: Record<string, string>;
}

export async function personWithPasskey(site: TestApp): Promise<PasskeyPerson> {
  const person = await signedInPerson(site);
  const authenticator = newAuthenticator(site);
  expect((await addPasskey(person.visitor, authenticator)).status).toBe(303);
  return { ...person, authenticator };
}

/** Somebody elsewhere who knows the password, at the second step. */
export async function afterPassword(site: TestApp, username: string): Promise<Visitor> {
  const visitor = createVisitor(site.app);
  const answer = await visitor.post("/login", { username, password: goodPassword });
  expect([answer.status, answer.location]).toEqual([303, "/login/second-factor"]);
  return visitor;
}

export const isSignedIn = async (visitor: Visitor): Promise<boolean> =>
  (await visitor.get("/")).$('form[action="/logout"]').length === 1;
