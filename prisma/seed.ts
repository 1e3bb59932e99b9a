import { randomBytes } from "node:crypto";
import type { Config } from "#config";
import { createPerson } from "#features/account/register-person.ts";
import type { Database } from "#platform/database.ts";
import { type DemoDeps, forgetDemo, seedDemo } from "#prisma/demo/seed-demo.ts";

type SeedDeps = DemoDeps & { config: Config; database: Database };

/** Fills an empty database: the administrator always, the demo where the settings ask for it. */
export async function seed(deps: SeedDeps, say: (line: string) => void): Promise<void> {
  // Two processes may find the same database empty.
  await deps.lock("seed", () => seedWhenEmpty(deps, say));
}

/** What was cut off is made up for by the next start: the demo is begun anew until it is whole. */
async function seedWhenEmpty(deps: SeedDeps, say: (line: string) => void): Promise<void> {
  const { config, database } = deps;
  const { seededAt } = await database.site.findFirstOrThrow();
  if (seededAt !== null) return;
  if ((await database.user.findFirst({ select: { id: true } })) === null) {
    const password = config.admin.password ?? randomBytes(12).toString("base64url");
    const { username, email } = config.admin;
    await createPerson(deps, { username, email, password, isStaff: true, isSuperuser: true });
    // Said before the demo is drawn: whatever happens to that, the password is known.
    say(
      `Administrator: ${username}, password: ${config.admin.password ? "as set in ADMIN_PASSWORD" : password}`,
    );
  }
  if (config.seedDemo) {
    try {
      await forgetDemo(deps);
      await seedDemo(deps);
    } catch (error) {
      return say(`The demo is not finished; the next start begins it anew. (${error})`);
    }
  }
  await database.site.updateMany({ data: { seededAt: deps.clock() } });
}
