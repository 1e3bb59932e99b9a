import { createRandom } from "../load/random.ts";
import { drawPicture } from "../load/stored-pictures.ts";
import { serveForParent } from "./own-server.ts";

/** Somewhere to save pictures from: another address is another file, as a comment in it says. */
const random = createRandom(1, "image server");
const drawn = await Promise.all(Array.from({ length: 8 }, () => drawPicture(random, 900, 600)));

serveForParent(() => (req, res) => {
  const path = req.url ?? "/";
  const number = Number(/(\d+)\.jpg$/.exec(path)?.[1] ?? 0);
  const picture = drawn[number % drawn.length] as Buffer;
  const comment = Buffer.from(path);
  const segment = Buffer.from([0xff, 0xfe, 0, comment.length + 2]);
  // Right after the two bytes that every JPEG begins with.
  const parts = [picture.subarray(0, 2), segment, comment, picture.subarray(2)];
  res.writeHead(200, { "Content-Type": "image/jpeg" }).end(Buffer.concat(parts));
});
