import { endSessionsOf } from "#features/account/end-sessions.ts";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { refuseOwnAccount, requireManaged } from "#features/admin/manage-person.ts";
import type { BulkAction, RowRequest } from "#features/admin/model-admin.ts";
import { changesOfRecount } from "#features/admin/models/recount-changes.ts";
import type { FieldChange } from "#features/admin/record-change.ts";
import {
  type TurnedOff,
  turnOffSecondFactor,
} from "#features/second-factors/turn-off-second-factor.ts";
import { changeStaff } from "#features/users/change-status.ts";
import { activatePerson, deactivatePerson } from "#features/users/deactivate-person.ts";
import { recountPerson } from "#features/users/recount-counters.ts";
import { holdPerson } from "#features/users/users.access.ts";
import { NotFound } from "#lib/errors.ts";
import { counted } from "#lib/text.ts";
import type { Transaction } from "#platform/database.ts";

const idOf = ({ key }: Pick<RowRequest, "key">) => (key as { id: number }).id;

/** Does `work` to somebody this administrator may manage, and records it where something changed. */
const onPerson =
  (
    work: (tx: Transaction, person: { id: number }) => Promise<FieldChange[]>,
    { forOneself }: { forOneself?: string } = {},
  ) =>
  async ({ database }: AdminDeps, request: RowRequest): Promise<void> => {
    const person = { id: idOf(request) };
    if (forOneself) refuseOwnAccount(request.actor, person.id, forOneself);
    await database.$transaction(async (tx) => {
      if (!(await holdPerson(tx, person.id, request.actor)))
        throw new NotFound("This person is gone already.");
      await requireManaged(tx, request.actor, person.id);
      const changes = await work(tx, person);
      if (changes.length > 0) await request.alongside(tx, changes);
    });
  };

const wordsOf = ({ hadAuthenticator, passkeys }: TurnedOff): string =>
  [hadAuthenticator ? "App" : "", passkeys ? counted(passkeys, "passkey") : ""]
    .filter(Boolean)
    .join(", ");

const turned = (field: string, isOn: boolean, isChanged: boolean): FieldChange[] => {
  const [before, after] = isOn ? ["No", "Yes"] : ["Yes", "No"];
  return isChanged ? [{ field, before, after } as FieldChange] : [];
};

export const usersActions: readonly BulkAction[] = [
  {
    name: "deactivate",
    label: "Deactivate",
    right: "change",
    question: (people) => `Deactivate ${people}? They are signed out, and all of theirs is hidden.`,
    done: (people) => `${people} deactivated.`,
    unchanged: "Inactive already",
    run: onPerson(
      async (tx, person) => turned("Active", false, await deactivatePerson(tx, person)),
      { forOneself: "Somebody else has to deactivate it." },
    ),
  },
  {
    name: "activate",
    label: "Activate",
    right: "change",
    question: (people) => `Activate ${people}? What is theirs is back at once.`,
    done: (people) => `${people} activated.`,
    unchanged: "Active already",
    run: onPerson(async (tx, person) => turned("Active", true, await activatePerson(tx, person))),
  },
  {
    name: "make-staff",
    label: "Make staff",
    right: "change",
    isForSuperusers: true,
    question: (people) => `Let ${people} in here, to do what their groups may?`,
    done: (people) => `${people} made staff.`,
    unchanged: "Staff already",
    run: onPerson(async (tx, person) => turned("Staff", true, await changeStaff(tx, person, true))),
  },
  {
    name: "remove-staff",
    label: "Remove from staff",
    right: "change",
    isForSuperusers: true,
    question: (people) => `Let ${people} in here no more, unless they are superusers?`,
    done: (people) => `${people} removed from staff.`,
    unchanged: "Not staff anyway",
    run: onPerson(
      async (tx, person) => turned("Staff", false, await changeStaff(tx, person, false)),
      { forOneself: "Somebody else has to remove you from staff." },
    ),
  },
  {
    name: "end-sessions",
    label: "Sign out everywhere",
    right: "change",
    question: (people) => `Sign ${people} out on every device?`,
    done: (people) => `${people} signed out.`,
    unchanged: "Signed in nowhere",
    run: onPerson(
      async (tx, person) => {
        const ended = await endSessionsOf(tx, person);
        return ended > 0 ? [{ field: "Sessions", before: String(ended), after: "0" }] : [];
      },
      { forOneself: "Sign your own devices out in Settings, under Sessions." },
    ),
  },
  {
    name: "turn-off-second-factor",
    label: "Turn off second factor",
    right: "change",
    isForSuperusers: true,
    question: (people) =>
      `Take the authenticator app, passkeys and recovery codes of ${people} away? Be sure of who asked you to: their password alone opens their account then.`,
    done: (people) => `Second factor of ${people} turned off.`,
    unchanged: "No second factor to turn off",
    run: (deps, request) =>
      onPerson(
        async (tx, person) => {
          const before = await turnOffSecondFactor(tx, deps, { person });
          return before ? [{ field: "Second factor", before: wordsOf(before), after: "None" }] : [];
        },
        { forOneself: "Turn your own off in Settings, under Two-step sign-in." },
      )(deps, request),
  },
  {
    name: "recount",
    label: "Recount",
    right: "change",
    question: (people) => `Recount the pictures, followers and following of ${people}?`,
    done: (people) => `Numbers of ${people} put right.`,
    unchanged: "Numbers right already",
    run: (deps, { key, alongside }) =>
      recountPerson(deps, {
        person: { id: idOf({ key }) },
        alongside: (tx, differences) => alongside(tx, changesOfRecount(differences)),
      }),
  },
];
