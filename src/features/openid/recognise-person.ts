import { labelOf } from "#features/openid/openid.schemas.ts";
import { displayName } from "#lib/text.ts";
import type { Database } from "#platform/database.ts";
import { OpenidError } from "#platform/openid-error.ts";
import type { OpenidIdentity } from "#platform/openid-identity.ts";

/**
 * The person this identity is connected to, or null; never found by an e-mail address, which a
 * provider may hand to somebody else.
 * @throws OpenidError for somebody deactivated, who learns no more than that it failed
 */
export async function recognisePerson(
  { database, clock }: { database: Database; clock: () => Date },
  { identity }: { identity: OpenidIdentity },
) {
  const { issuer, subject } = identity;
  const found = await database.oidcIdentity.findUnique({
    where: { issuer_subject: { issuer, subject } },
    select: {
      user: {
        select: {
          id: true,
          username: true,
          firstName: true,
          lastName: true,
          isActive: true,
          isStaff: true,
          isSuperuser: true,
        },
      },
    },
  });
  if (!found) return null;
  const { isActive, firstName, lastName, ...person } = found.user;
  if (!isActive) throw new OpenidError("refused", "deactivated");
  await database.oidcIdentity.updateMany({
    where: { issuer, subject },
    data: { lastUsedAt: clock(), label: labelOf(identity) },
  });
  return { ...person, name: displayName({ ...person, firstName, lastName }) };
}
