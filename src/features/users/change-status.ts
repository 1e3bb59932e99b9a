import { refuseLastSuperuser } from "#features/account/refuse-last-superuser.ts";
import type { Transaction } from "#platform/database.ts";

/** Lets somebody into the administrators' pages, or not. Answers whether that changed. */
export async function changeStaff(
  tx: Transaction,
  { id }: { id: number },
  isStaff: boolean,
): Promise<boolean> {
  const { count } = await tx.user.updateMany({
    where: { id, isStaff: !isStaff },
    data: { isStaff },
  });
  return count === 1;
}

/** Lets somebody manage everything, or not. @throws Conflict for the last who may */
export async function changeSuperuser(
  tx: Transaction,
  { id }: { id: number },
  isSuperuser: boolean,
): Promise<void> {
  if (!isSuperuser) await refuseLastSuperuser(tx, id);
  await tx.user.update({ where: { id }, data: { isSuperuser } });
}
