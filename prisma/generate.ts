import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Generates the Prisma client unless the one that is there was made from this very schema. */
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

const fingerprint = createHash("sha256")
  .update(readFileSync(path("./schema.prisma")))
  .update(readFileSync(path("../node_modules/prisma/package.json")))
  .digest("hex");
const stamp = path("./generated/.fingerprint");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== fingerprint) {
  execFileSync(process.execPath, [path("../node_modules/prisma/build/index.js"), "generate"], {
    cwd: path(".."),
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      // Any existing file stops the command line from downloading an engine that generating never runs.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
  });
  writeFileSync(stamp, fingerprint);
}
