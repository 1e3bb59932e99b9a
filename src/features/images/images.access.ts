import { Forbidden, NotFound } from "#lib/errors.ts";
import { parseId } from "#lib/pagination.ts";
import type { Database, Transaction } from "#platform/database.ts";

export const notHere = () => new NotFound("This picture is not here. It may have been deleted.");

/** An image anyone may see: its owner is active. @throws NotFound */
export async function getImage({ database }: { database: Database }, id: string | undefined) {
  const imageId = parseId(id);
  const image =
    imageId === null
      ? null
      : await database.image.findFirst({
          where: { id: imageId, owner: { isActive: true } },
          include: {
            owner: { select: { id: true, username: true, firstName: true, lastName: true } },
          },
        });
  if (!image) throw notHere();
  return image;
}

export type VisibleImage = Awaited<ReturnType<typeof getImage>>;

/** @throws NotFound, and Forbidden to everyone but its owner */
export async function getOwnImage(
  deps: { database: Database },
  actor: { id: number },
  id: string | undefined,
) {
  const image = await getImage(deps, id);
  if (image.ownerId !== actor.id) {
    throw new Forbidden("not_owner", "Only the person who saved this picture can change it.");
  }
  return image;
}

/** @throws NotFound, and Forbidden to everyone but its owner and administrators */
export async function getRemovableImage(
  deps: { database: Database },
  actor: { id: number; isSuperuser: boolean },
  id: string | undefined,
) {
  return actor.isSuperuser ? getImage(deps, id) : getOwnImage(deps, actor, id);
}

/** Nobody deletes the image before the transaction ends. @throws NotFound when somebody just did */
export async function holdImage(tx: Transaction, id: number): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`select 1 from images where id = ${id} for key share`;
  if (rows.length === 0) throw notHere();
}
