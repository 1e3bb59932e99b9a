import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { demoPictures } from "./collection.ts";
import { renderPicture } from "./render.ts";

// Run as `node prisma/demo/draw.ts <folder>`, in a process of its own: the
// server forbids libvips to load SVG, for every thread of its process.

const folder = process.argv[2];
if (!folder) throw new Error("Say which folder to draw into: node prisma/demo/draw.ts <folder>");
await mkdir(folder, { recursive: true });

// Several pictures at once, one thread each, beats one picture on many threads.
sharp.concurrency(1);
sharp.cache(false);
const waiting = [...demoPictures];

async function drawNext(): Promise<void> {
  for (let picture = waiting.shift(); picture; picture = waiting.shift()) {
    const file = join(String(folder), picture.fileName);
    await writeFile(`${file}.part`, await renderPicture(picture));
    await rename(`${file}.part`, file);
  }
}

await Promise.all([drawNext(), drawNext(), drawNext()]);
