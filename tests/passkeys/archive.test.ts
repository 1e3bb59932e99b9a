import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { personWithPasskey } from "./passkey-people.ts";

let site: TestApp;
let folder: string;

beforeAll(async () => {
  site = await startTestApp();
  folder = mkdtempSync(join(tmpdir(), "magpie-archive-"));
});
afterAll(async () => {
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the archive tells what passkeys are called and when they were used, and nothing else", async () => {
  const { visitor } = await personWithPasskey(site);
  await personWithPasskey(site);
  const { bytes } = await visitor.post("/settings/data/download", {}, { binary: true });
  const archive = join(folder, "archive.zip");
  writeFileSync(archive, bytes);
  const passkeys = JSON.parse(execFileSync("unzip", ["-p", archive, "passkeys.json"]).toString());
  expect(passkeys).toEqual([
    { name: "An unknown device", createdAt: expect.any(String), lastUsedAt: null },
  ]);
});
