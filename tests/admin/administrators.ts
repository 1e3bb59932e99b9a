import type { Grant } from "#features/admin/rights.ts";
import { createGroup } from "#tests/admin/callers.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import type { TestApp } from "#tests/support/test-app.ts";
import type { Visitor } from "#tests/support/visitor.ts";

export interface Administrator {
  id: number;
  username: string;
  visitor: Visitor;
}

export const superuserOf = (site: TestApp): Promise<Administrator> =>
  signedInPerson(site, { isStaff: true, isSuperuser: true });

/** A browser of staff in a group that may do these things. */
export async function staffOf(site: TestApp, grants: readonly Grant[]): Promise<Administrator> {
  const staff = await signedInPerson(site, { isStaff: true });
  if (grants.length > 0) await createGroup(site.deps.database, grants, [staff.id]);
  return staff;
}
