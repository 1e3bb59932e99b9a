import { z } from "zod";
import { UsernameSchema } from "#features/account/account.schemas.ts";
import { profileSchema } from "#features/account/settings.schemas.ts";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { changeMemberships } from "#features/admin/change-memberships.ts";
import { requireManaged } from "#features/admin/manage-person.ts";
import type { Form, Key, Values } from "#features/admin/model-admin.ts";
import { membershipsIn } from "#features/admin/models/memberships.form.ts";
import { profileChangeOf, profileRules } from "#features/admin/models/profile.form.ts";
import { usersSections } from "#features/admin/models/users.sections.ts";
import { readPerson } from "#features/admin/models/users.values.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import {
  addPerson,
  changePerson,
  changeProfile,
  findTaken,
} from "#features/users/change-person.ts";
import { changeStaff, changeSuperuser } from "#features/users/change-status.ts";
import { activatePerson, deactivatePerson } from "#features/users/deactivate-person.ts";
import { Conflict, Invalid } from "#lib/errors.ts";
import { refusalOfPassword } from "#lib/password-rules.ts";
import type { Transaction } from "#platform/database.ts";
import { hashPassword } from "#platform/passwords.ts";

type PersonInput = z.output<ReturnType<typeof personSchema>> & { passwordHash?: string };

export const usersForm: Form = {
  sections: usersSections,
  read: readPerson,
  schema: personSchema,
  prepare: async (_deps, input) => {
    const { password } = input as PersonInput;
    return password === "" ? {} : { passwordHash: await hashPassword(password) };
  },
  refused: (database, values, key) =>
    findTaken(
      database,
      { username: String(values["username"]), email: String(values["email"]) },
      key && personOf(key),
    ),
  add: async (tx, deps, { actor, input }) => {
    const wanted = input as PersonInput;
    const { passwordHash = "" } = wanted;
    const account = { ...accountOf(wanted), passwordHash };
    const person = await addPerson(tx, deps, { input: account, now: deps.clock() });
    await changeRest(tx, deps, { actor, person, wanted });
    return person;
  },
  change: async (tx, deps, { actor, key, input }) => {
    const person = personOf(key);
    const wanted = input as PersonInput;
    await requireManaged(tx, actor, person.id);
    const account = accountOf(wanted);
    await changePerson(tx, deps, { person, input: account, now: deps.clock() });
    await changeRest(tx, deps, { actor, person, wanted });
  },
};

const personOf = (key: Key) => key as { id: number };

function personSchema({ before, now }: { before: Values | null; now: Date }) {
  const { firstName, lastName, email } = profileSchema(now, {
    email: String(before?.["email"] ?? ""),
  }).shape;
  const box = z.boolean().default(false);
  return z
    .looseObject({
      username: UsernameSchema,
      ...{ firstName, lastName },
      // Who is new has none yet, which would let an empty one stand for the one they have.
      email: email.min(1, "Enter an e-mail address, such as ana@example.org."),
      password: z.string("Choose a password.").default(""),
      isEmailConfirmed: box,
      isActive: z.boolean().default(true),
      isStaff: box,
      isSuperuser: box,
      ...profileRules(now),
    })
    .check(({ value, issues }) => {
      if (value.password === "" && before !== null) return;
      const message = refusalOfPassword(value.password, value);
      if (message) issues.push({ code: "custom", path: ["password"], message, input: "" });
    });
}

const accountOf = ({ username, email, firstName, lastName, ...input }: PersonInput) => ({
  ...{ username, email, firstName, lastName },
  isEmailConfirmed: input.isEmailConfirmed,
  passwordHash: input.passwordHash,
});

async function changeRest(
  tx: Transaction,
  deps: AdminDeps,
  { actor, person, wanted }: { actor: AdminActor; person: { id: number }; wanted: PersonInput },
): Promise<void> {
  const change = wanted.isActive ? activatePerson : deactivatePerson;
  await besideField("isActive", change(tx, person));
  if (actor.isSuperuser) {
    await changeStaff(tx, person, wanted.isStaff);
    await besideField("isSuperuser", changeSuperuser(tx, person, wanted.isSuperuser));
  }
  await changeMemberships(tx, { actor, personId: person.id, wanted: membershipsIn(wanted) });
  if (actor.may("profiles", "change")) {
    await changeProfile(tx, deps, { person, input: profileChangeOf(wanted) });
  }
}

async function besideField(field: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    throw new Invalid({ [field]: error.message }, error.code);
  }
}
