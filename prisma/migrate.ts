import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runCommand, say } from "#command";
import { readConfig } from "#config";
import { openDatabaseUrl } from "#platform/database.ts";
import { migrate } from "#platform/migrations.ts";
import { diffSchemas } from "#platform/schema-engine.ts";

/** `npm run migrate` applies what is pending; `npm run migrate -- new <name>` writes the next one. */
const folder = fileURLToPath(new URL("./migrations", import.meta.url));

/** Diffs against the schema kept beside the last migration: no database, no shadow database. */
async function writeMigration(name: string): Promise<void> {
  const schema = readFileSync(new URL("./schema.prisma", import.meta.url), "utf8");
  const last = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .at(-1);
  const before = last ? readFileSync(`${folder}/${last}/schema.prisma`, "utf8") : null;
  const sql = await withDatabase((url) => diffSchemas(url, before, schema));
  if (/^\s*(-- This is an empty migration\.)?\s*$/.test(sql)) {
    return say("schema.prisma has not changed since the last migration; nothing was written.");
  }
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const target = `${folder}/${stamp}_${name}`;
  mkdirSync(target);
  writeFileSync(`${target}/migration.sql`, sql);
  writeFileSync(`${target}/schema.prisma`, schema);
  say(
    `Wrote ${target}/migration.sql. Read it, add what only SQL can say, then run npm run migrate.`,
  );
}

async function applyPending(): Promise<void> {
  const applied = await withDatabase(migrate);
  say(applied.length > 0 ? `Applied ${applied.join(", ")}.` : "The database is up to date.");
}

async function withDatabase<T>(use: (url: string) => Promise<T>): Promise<T> {
  const database = await openDatabaseUrl(readConfig(), { share: true });
  try {
    return await use(database.url);
  } finally {
    await database.close();
  }
}

const [command, name, ...rest] = process.argv.slice(2);
if (command === undefined) {
  await runCommand(applyPending);
} else if (
  command === "new" &&
  name !== undefined &&
  /^[a-z0-9_]+$/.test(name) &&
  rest.length === 0
) {
  await runCommand(() => writeMigration(name));
} else {
  say("Usage: npm run migrate            apply pending migrations");
  say("       npm run migrate -- new add_things    write the next one (a-z, 0-9 and _)");
  process.exitCode = 2;
}
