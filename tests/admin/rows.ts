import { randomBytes, randomUUID } from "node:crypto";
import { keyText } from "#features/admin/object-keys.ts";
import { modelNamed } from "#features/admin/registry.ts";
import type { Database } from "#platform/database.ts";
import { createGroup } from "#tests/admin/callers.ts";
import { createImageRows } from "#tests/factories/images.ts";

/** A new row of each registered model, by the name it is registered by. */
const makers: Record<string, (database: Database) => Promise<Record<string, unknown>>> = {
  users: createUser,
  profiles: async (database) => ({ userId: (await createUser(database)).id }),
  images: createImage,
  likes: async (database) => {
    const [user, image] = [await createUser(database), await createImage(database)];
    return database.like.create({ data: { userId: user.id, imageId: image.id } });
  },
  contacts: async (database) => {
    const [from, to] = [await createUser(database), await createUser(database)];
    return database.contact.create({ data: { fromId: from.id, toId: to.id } });
  },
  actions: async (database) => {
    const { id } = await createUser(database);
    return database.action.create({
      data: { userId: id, verb: "user_joined", targetType: "user", targetId: id },
    });
  },
  sessions: async (database) => {
    const { id } = await createUser(database);
    return database.session.create({ data: { id: randomUUID(), userId: id } });
  },
  groups: (database) => createGroup(database, []),
};

/** Makes a row and answers its key as addresses have it. */
export async function createRow(database: Database, model: string): Promise<string> {
  const make = makers[model];
  if (!make) throw new Error(`Say here how a row of ${model} is made.`);
  return keyText(modelNamed(model), (await make(database)) as never);
}

/** Nobody signs in as them, so no password is hashed. */
function createUser(database: Database) {
  // As long as any may be, so that pages show what they do with it.
  const username = `row_${randomBytes(6).toString("hex")}_${"w".repeat(33)}`;
  return database.user.create({
    data: { username, email: `${username}@example.org`, profile: { create: {} } },
  });
}

async function createImage(database: Database) {
  const owner = await createUser(database);
  const [id = 0] = await createImageRows(database, owner.id, 1);
  return { id };
}
