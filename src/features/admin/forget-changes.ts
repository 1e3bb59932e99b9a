import type { Transaction } from "#platform/database.ts";

/** Fields of a person that hold no more than a word, or say no more than yes, and are still their own. */
const personal = [
  "Username",
  "First name",
  "Last name",
  "About them",
  "The address is confirmed",
  "Has a photo",
];

/**
 * Who is gone leaves no old address, birthday or text in the history, and none of their pictures. That
 * there was a change stays, and so does what was given or taken: status and groups, whose names nobody
 * knows beforehand, are the boxes that are left.
 */
export async function forgetChangesOf(
  tx: Transaction,
  { personId, imageIds }: { personId: number; imageIds: readonly number[] },
): Promise<void> {
  await tx.$executeRaw`
    update admin_changes c set changes = array_to_json(array(
      select change from jsonb_array_elements(c.changes) with ordinality as each (change, place)
      where change->>'before' in ('Yes', 'No', '') and change->>'after' in ('Yes', 'No', '')
        and change->>'field' <> all(${personal})
      order by place
    ))::jsonb
    where model = 'users' and object_id = ${String(personId)}`;
  await tx.adminChange.updateMany({
    where: { model: "profiles", objectId: String(personId) },
    data: { changes: [] },
  });
  // In one list: Prisma would send as many parameters as there are pictures.
  await tx.$executeRaw`
    update admin_changes set changes = '[]'
    where model = 'images' and object_id = any(${imageIds.map(String)})`;
}
