import type { Database } from "#platform/database.ts";

export const rights = ["view", "add", "change", "delete"] as const;
export type Right = (typeof rights)[number];

/** Somebody in the administrators' pages, with what they may do there. */
export interface AdminActor {
  id: number;
  username: string;
  isSuperuser: boolean;
  may(model: string, right: Right): boolean;
}

/** Superusers may do all, staff what their groups may, together. */
export async function loadActor(
  { database }: { database: Database },
  person: { id: number; username: string; isSuperuser: boolean },
): Promise<AdminActor> {
  const { id, username, isSuperuser } = person;
  if (isSuperuser) return { id, username, isSuperuser, may: () => true };
  const rows = await database.groupRight.findMany({
    where: { group: { members: { some: { userId: id } } } },
  });
  const granted = new Set(
    rows.flatMap((row) => [
      ...(row.canView ? [`${row.model} view`] : []),
      ...(row.canAdd ? [`${row.model} add`] : []),
      ...(row.canChange ? [`${row.model} change`] : []),
      ...(row.canDelete ? [`${row.model} delete`] : []),
    ]),
  );
  return { id, username, isSuperuser, may: (model, right) => granted.has(`${model} ${right}`) };
}
