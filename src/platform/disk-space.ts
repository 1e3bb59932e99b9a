import { statfs } from "node:fs/promises";

/** Of the disk a folder is on, in bytes: what this process may still write, and what there is in all. */
export async function diskSpaceOf(folder: string): Promise<{ free: number; total: number }> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, total: blocks * bsize };
}
