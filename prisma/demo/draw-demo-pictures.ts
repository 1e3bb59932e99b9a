import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Draws every demo picture into a folder, as `<key>.<extension>`, in a child
 * process. Rejects with what the child wrote to stderr when it fails.
 */
export async function drawDemoPictures(outDir: string): Promise<void> {
  const program = fileURLToPath(new URL("./draw.ts", import.meta.url));
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, [program, outDir], (error, _stdout, stderr) => {
      if (error) reject(new Error(stderr.trim() || error.message));
      else resolve();
    });
  });
}
