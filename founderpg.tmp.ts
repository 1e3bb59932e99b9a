import { writeFileSync } from "node:fs";
import { startEmbeddedPostgres } from "#platform/embedded-postgres.ts";
import { migrate } from "#platform/migrations.ts";
const pgs = await startEmbeddedPostgres({ folder: "/tmp/founder/big/postgres", password: "x" });
await migrate(pgs.url);
writeFileSync("/tmp/founder/big/url", pgs.url);
console.log("up", process.pid);
process.on("SIGTERM", async () => { await pgs.stop(); process.exit(0); });
setInterval(() => {}, 1e6);
