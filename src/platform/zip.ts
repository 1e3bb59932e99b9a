import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { ZipFile } from "yazl";

export interface ZipEntry {
  /** A path inside the archive, with slashes. */
  name: string;
  modifiedAt: Date;
  /** Destroyed when the archive is. */
  content: Readable;
  /** False for what is compressed already: a picture. */
  compress: boolean;
}

/**
 * An archive that is written while it is read: of the content nothing is kept, and the next entry is
 * asked for when one has been read. Whoever stops reading ends that, too.
 */
export function zip(entries: AsyncIterable<ZipEntry>): Readable {
  const archive = new ZipFile();
  const output = archive.outputStream as Readable;
  let current: Readable;
  // The archive keeps each entry's function to the end: it names no content of its own.
  const open = (done: (error: null, stream: Readable) => void) => done(null, current);
  const feed = async () => {
    for await (const { name, modifiedAt, compress, content } of entries) {
      const stop = () => content.destroy();
      if (output.destroyed) return stop();
      output.once("close", stop);
      current = content;
      archive.addReadStreamLazy(name, { mtime: modifiedAt, compress }, open);
      await finished(content, { writable: false });
      output.off("close", stop);
    }
    archive.end();
  };
  archive.on("error", (error) => output.destroy(error));
  feed().catch((error) => output.destroy(error));
  return output;
}
