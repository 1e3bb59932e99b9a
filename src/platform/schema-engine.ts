import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import type * as Engine from "@prisma/schema-engine-wasm";
import pg from "pg";

// Prisma's official schema engine as WebAssembly: its command line would download a native one.

type EngineModule = typeof Engine & { __wbg_set_wasm(exports: object): void };

// TypeScript describes WebAssembly for browsers only.
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: WasmExports } }>;
};
type WasmExports = { __wbindgen_start(): void };

const entry = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
const file = (name: string) => pathToFileURL(join(dirname(entry), name));

let loaded: Promise<EngineModule> | undefined;

function loadEngine(): Promise<EngineModule> {
  loaded ??= (async () => {
    // The package's entry imports the .wasm as a module, which Node does not do without a flag.
    const engine: EngineModule = await import(file("schema_engine_bg.js").href);
    const bytes = await readFile(file("schema_engine_bg.wasm"));
    const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": engine });
    engine.__wbg_set_wasm(instance.exports);
    instance.exports.__wbindgen_start();
    return engine;
  })();
  return loaded;
}

const filters: Engine.SchemaFilter = { externalTables: [], externalEnums: [] };

async function withEngine<T>(
  databaseUrl: string,
  use: (engine: Engine.SchemaEngine) => Promise<T>,
) {
  const { SchemaEngine } = await loadEngine();
  // The engine does not close its connections; a pool of our own can be ended.
  const pool = new pg.Pool({ connectionString: databaseUrl });
  const factory = bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool));
  const engine = await SchemaEngine.new({ datamodels: undefined }, () => {}, factory);
  try {
    return await use(engine);
  } finally {
    engine.free();
    await pool.end();
  }
}

/** Applies what `_prisma_migrations` lacks, as `prisma migrate deploy` does, and names it. */
export async function applyMigrations(databaseUrl: string, migrations: Engine.MigrationList) {
  const { appliedMigrationNames } = await withEngine(databaseUrl, (engine) =>
    engine.applyMigrations({ migrationsList: migrations, filters }),
  );
  return appliedMigrationNames;
}

/** The SQL that leads from one schema.prisma to another; `from` null is an empty one. The database is only connected to. */
export async function diffSchemas(
  databaseUrl: string,
  from: string | null,
  to: string,
): Promise<string> {
  const datamodel = (content: string): Engine.DiffTarget => ({
    tag: "schemaDatamodel",
    files: [{ path: "schema.prisma", content }],
  });
  const { stdout } = await withEngine(databaseUrl, (engine) =>
    engine.diff({
      from: from === null ? { tag: "empty" } : datamodel(from),
      to: datamodel(to),
      script: true,
      exitCode: null,
      filters,
    }),
  );
  return stdout ?? "";
}
