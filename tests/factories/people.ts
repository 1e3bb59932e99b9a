import type { Express } from "express";
import { createPerson, type NewPerson } from "#features/account/register-person.ts";
import type { Database } from "#platform/database.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let count = 0;
export const goodPassword = "plum-tree-in-snow";

export function newPerson(values: Partial<NewPerson> = {}): NewPerson {
  count += 1;
  const username = `person${count}_${Math.random().toString(36).slice(2, 8)}`;
  return { username, email: `${username}@example.org`, password: goodPassword, ...values };
}

/** A person in the database and a visitor signed in as them. */
export async function signedInPerson(
  { app, deps }: { app: Express; deps: { database: Database; clock: () => Date } },
  values: Partial<NewPerson> = {},
): Promise<{ id: number; username: string; visitor: Visitor }> {
  const person = newPerson(values);
  const { id, username } = await createPerson(deps, person);
  const visitor = createVisitor(app);
  const answer = await visitor.post("/login", { username, password: person.password });
  if (answer.status !== 303)
    throw new Error(`Signing in answered ${answer.status}: ${answer.text}`);
  return { id, username, visitor };
}
