import { expect } from "vitest";
import { newPerson } from "#tests/factories/people.ts";
import { deliverMails } from "#tests/support/mails.ts";
import type { TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

/** Somebody who has just joined by the form, signed in, and the mail that asks whose the address is. */
export async function joinByForm(site: TestApp) {
  const visitor = createVisitor(site.app);
  const { username, email, password } = newPerson();
  const form = { username, email, password, password2: password };
  const answer = await visitor.post("/register", form, { from: "/register" });
  expect(answer).toMatchObject({ status: 303, location: "/" });
  const [mail] = await deliverMails(site);
  const { id } = await site.deps.database.user.findUniqueOrThrow({ where: { email } });
  return { visitor, username, email, id, path: mail?.path ?? "", mail };
}
