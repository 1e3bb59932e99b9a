import { mkdir, rmdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

let executablePath: Promise<string> | undefined;

/** Starts a headless Chromium of its own; the caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  executablePath ??= unpack();
  return playwright.launch({
    executablePath: await executablePath,
    headless: true,
    args: [
      // Containers and CI run as root, where Chromium's sandbox refuses to start.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-default-apps",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}

/**
 * The package unpacks its binary into the temporary folder at first use and takes a file that is
 * there for complete. Test files run in several processes, so one unpacks while the others wait.
 */
async function unpack(): Promise<string> {
  const lock = join(tmpdir(), "magpie-chromium.lock");
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch {
      const since = (await stat(lock).catch(() => null))?.mtimeMs ?? Date.now();
      if (Date.now() - since > 60_000) await rmdir(lock).catch(() => undefined); // left by a killed process
      await pause(100);
    }
  }
  try {
    return await chromium.executablePath();
  } finally {
    await rmdir(lock).catch(() => undefined);
  }
}
