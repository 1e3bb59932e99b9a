import { z } from "zod";
import { UsernameSchema } from "#features/account/account.schemas.ts";
import { isSameAddress, profileSchema } from "#features/account/settings.schemas.ts";
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
  change: async (tx, deps, { actor, key, input, before }) => {
    const person = personOf(key);
    const wanted = input as PersonInput;
    await requireManaged(tx, actor, person.id);
    if (person.id === actor.id) refuseForOneself(wanted, before);
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
  await changeProfile(tx, deps, { person, input: profileChangeOf(wanted) });
}

/** Whoever shuts themselves out has nobody to ask; a password and an address of one's own ask for the old one. */
function refuseForOneself(wanted: PersonInput, before: Values): void {
  const fields: Record<string, string> = {};
  const sentence = "This is your own account, so somebody else has to change that.";
  for (const name of ["isActive", "isStaff", "isSuperuser"] as const) {
    if (before[name] === true && !wanted[name]) fields[name] = sentence;
  }
  if (wanted.password !== "") {
    fields["password"] = "Change your own password in your settings, which ask for the old one.";
  }
  if (!isSameAddress(String(before["email"]), wanted.email)) {
    fields["email"] = "Change your own address in your settings, which ask for your password.";
  }
  if (before["isEmailConfirmed"] !== wanted.isEmailConfirmed) {
    fields["isEmailConfirmed"] = "Confirm your own address by the link that is mailed to it.";
  }
  if (Object.keys(fields).length > 0) throw new Invalid(fields, "own_account");
}

async function besideField(field: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    throw new Invalid({ [field]: error.message }, error.code);
  }
}
