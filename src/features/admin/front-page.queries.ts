import { readFileSync } from "node:fs";
import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { countRows, type RowCount } from "#features/admin/count-rows.ts";
import type { RegisteredModel } from "#features/admin/model-admin.ts";
import { registry } from "#features/admin/registry.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { diskSpaceOf } from "#platform/disk-space.ts";
import { Prisma } from "#prisma/generated/client.ts";

export const day = 86_400_000;
/** How many days the charts show, the present one included. */
export const chartDays = 30;

/** How many rows there are of what this administrator may see. */
export function countVisible(
  deps: AdminDeps,
  actor: AdminActor,
): Promise<{ model: RegisteredModel; count: RowCount }[]> {
  const visible = registry.filter(({ name }) => actor.may(name, "view"));
  const where = Prisma.sql`true`;
  return Promise.all(
    visible.map(async (model) => ({ model, count: await countRows(deps, { model, where }) })),
  );
}

/** Of each day, by its number since 1970 in UTC; days without any are missing. */
export type DailyCounts = ReadonlyMap<number, number>;

interface DayRow {
  day: number;
  count: number;
}

const countsOf = (rows: DayRow[]): DailyCounts => new Map(rows.map((row) => [row.day, row.count]));

/** People who joined from one moment to before another. */
export async function countSignUps({ sql }: Pick<AdminDeps, "sql">, from: Date, to: Date) {
  return countsOf(
    await sql<DayRow>`
      select floor(extract(epoch from joined_at) / 86400)::int as day, count(*)::int as count
      from users where joined_at >= ${from} and joined_at < ${to} group by 1`,
  );
}

/** Pictures saved from one moment to before another. */
export async function countSaves({ sql }: Pick<AdminDeps, "sql">, from: Date, to: Date) {
  return countsOf(
    await sql<DayRow>`
      select floor(extract(epoch from created_at) / 86400)::int as day, count(*)::int as count
      from images where created_at >= ${from} and created_at < ${to} group by 1`,
  );
}

export interface DiskUse {
  /** Bytes of the originals, each counted once however many people saved it. */
  originals: number;
  database: number;
  free: number;
  total: number;
}

/** Reads every picture's row, so it is measured rarely. */
export async function measureDisk({ sql, storage }: AdminDeps): Promise<DiskUse> {
  const [[pictures], [database], space] = await Promise.all([
    sql<{ bytes: number }>`
      select coalesce(sum(bytes), 0)::float8 as bytes
      from (select max(bytes) as bytes from images group by sha256) files`,
    sql<{ bytes: number }>`select pg_database_size(current_database())::float8 as bytes`,
    diskSpaceOf(storage.temporaryFolder),
  ]);
  return { originals: pictures?.bytes ?? 0, database: database?.bytes ?? 0, ...space };
}

export interface Versions {
  magpie: string;
  node: string;
  postgres: string;
  /** Null where there is none. */
  redis: string | null;
}

const { version: magpie } = JSON.parse(
  readFileSync(new URL("../../../package.json", import.meta.url), "utf8"),
) as { version: string };

export async function readVersions({ sql, redis }: AdminDeps): Promise<Versions> {
  const [row] = await sql<{ version: string }>`
    select split_part(current_setting('server_version'), ' ', 1) as version`;
  // One that is away is no reason to say nothing of the rest.
  const info = (await redis?.info("server").catch(() => "does not answer")) ?? "";
  const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1];
  return {
    magpie,
    node: process.versions.node,
    postgres: row?.version ?? "",
    redis:
      redis && (valkey ? `Valkey ${valkey}` : (/^redis_version:(\S+)/m.exec(info)?.[1] ?? info)),
  };
}
