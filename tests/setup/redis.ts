import { spawnSync } from "node:child_process";
import type { TestProject } from "vitest/node";

/** Finds a Redis for the whole run; suites that need one are skipped without, and fail in CI. */
export default function setUp(project: TestProject): void {
  const found = ["redis-server", "valkey-server"].find(
    (name) => spawnSync(name, ["--version"]).status === 0,
  );
  if (!found) process.stderr.write("No redis-server was found: what needs one is skipped.\n");
  project.provide("redisBinary", found ?? null);
}
