/**
 * Writes a ZIP archive while it is sent: nothing is kept but the list of names that ends it. Sizes
 * and checksums follow each file, so that nothing is read twice; the archive may be of any length
 * and hold any number of files (ZIP64), each of less than 4 GiB.
 * PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
import { pipeline } from "node:stream/promises";
import { crc32, createDeflateRaw } from "node:zlib";

export interface ZipEntry {
  /** A path inside the archive, with slashes. */
  name: string;
  modifiedAt: Date;
  content: AsyncIterable<Buffer>;
  /** False for what is compressed already: a picture. */
  compress: boolean;
}

interface Written {
  name: Buffer;
  time: number;
  crc: number;
  packed: number;
  size: number;
  offset: number;
}

const version = 45;
/** Sizes follow the data, and names are in UTF-8. */
const flags = 0x0808;
const deflated = 8;
const most32 = 0xffffffff;
const most16 = 0xffff;

/** @param start where the archive begins in its file, which ZIP lets follow something else */
export async function* zip(
  entries: AsyncIterable<ZipEntry>,
  { start = 0 } = {},
): AsyncGenerator<Buffer> {
  const written: Written[] = [];
  let offset = start;
  for await (const entry of entries) {
    const file = { name: Buffer.from(entry.name), time: dosTime(entry.modifiedAt), offset };
    const header = localHeader(file);
    yield header;
    const sums = { crc: 0, packed: 0, size: 0 };
    for await (const chunk of deflate(entry, sums)) yield chunk;
    if (sums.packed >= most32 || sums.size >= most32) {
      throw new RangeError(`Too large for an archive: ${entry.name}`);
    }
    const descriptor = numbers(
      ["u32", 0x08074b50],
      ["u32", sums.crc],
      ["u32", sums.packed],
      ["u32", sums.size],
    );
    yield descriptor;
    offset += header.length + sums.packed + descriptor.length;
    written.push({ ...file, ...sums });
  }
  let length = 0;
  for (const file of written) {
    const header = centralHeader(file);
    length += header.length;
    yield header;
  }
  yield endOf({ count: written.length, length, offset });
}

async function* deflate(
  { content, compress }: ZipEntry,
  sums: { crc: number; packed: number; size: number },
): AsyncGenerator<Buffer> {
  const packer = createDeflateRaw({ level: compress ? 6 : 0, chunkSize: 65_536 });
  async function* counted() {
    for await (const chunk of content) {
      sums.crc = crc32(chunk, sums.crc);
      sums.size += chunk.length;
      yield chunk;
    }
  }
  const feeding = pipeline(counted, packer);
  // Reading the packer fails with it, too; this only keeps the same error from being nobody's.
  feeding.catch(() => {});
  for await (const chunk of packer as AsyncIterable<Buffer>) {
    sums.packed += chunk.length;
    yield chunk;
  }
  await feeding;
}

type Field = ["u16" | "u32", number] | ["u64", number];

function numbers(...fields: Field[]): Buffer {
  const widths = { u16: 2, u32: 4, u64: 8 };
  const buffer = Buffer.alloc(fields.reduce((sum, [width]) => sum + widths[width], 0));
  let at = 0;
  for (const [width, value] of fields) {
    if (width === "u64") buffer.writeBigUInt64LE(BigInt(value), at);
    else buffer.writeUIntLE(value, at, widths[width]);
    at += widths[width];
  }
  return buffer;
}

const localHeader = ({ name, time }: Pick<Written, "name" | "time">): Buffer =>
  Buffer.concat([
    numbers(["u32", 0x04034b50], ["u16", version], ["u16", flags], ["u16", deflated]),
    numbers(["u32", time], ["u32", 0], ["u32", 0], ["u32", 0]),
    numbers(["u16", name.length], ["u16", 0]),
    name,
  ]);

function centralHeader({ name, time, crc, packed, size, offset }: Written): Buffer {
  const far = offset >= most32;
  const extra = far ? numbers(["u16", 1], ["u16", 8], ["u64", offset]) : Buffer.alloc(0);
  return Buffer.concat([
    // Made on Unix, so that the mode below (a plain file, rw-r--r--) counts.
    numbers(["u32", 0x02014b50], ["u16", (3 << 8) | version], ["u16", version]),
    numbers(["u16", flags], ["u16", deflated], ["u32", time], ["u32", crc]),
    numbers(["u32", packed], ["u32", size], ["u16", name.length], ["u16", extra.length]),
    numbers(["u16", 0], ["u16", 0], ["u16", 0], ["u32", 0o100644 * 0x10000]),
    numbers(["u32", far ? most32 : offset]),
    name,
    extra,
  ]);
}

function endOf({ count, length, offset }: Record<"count" | "length" | "offset", number>): Buffer {
  const end = numbers(
    ...([
      ["u32", 0x06054b50],
      ["u16", 0],
      ["u16", 0],
    ] as Field[]),
    ...([
      ["u16", Math.min(count, most16)],
      ["u16", Math.min(count, most16)],
    ] as Field[]),
    ...([
      ["u32", Math.min(length, most32)],
      ["u32", Math.min(offset, most32)],
    ] as Field[]),
    ["u16", 0],
  );
  if (count < most16 && length < most32 && offset < most32) return end;
  return Buffer.concat([
    numbers(["u32", 0x06064b50], ["u64", 44], ["u16", (3 << 8) | version], ["u16", version]),
    numbers(["u32", 0], ["u32", 0], ["u64", count], ["u64", count], ["u64", length]),
    numbers(["u64", offset]),
    numbers(["u32", 0x07064b50], ["u32", 0], ["u64", offset + length], ["u32", 1]),
    end,
  ]);
}

/** MS-DOS time and date in UTC: two seconds are the smallest step, 1980 is the first year. */
function dosTime(date: Date): number {
  const day =
    ((Math.max(date.getUTCFullYear(), 1980) - 1980) << 9) |
    ((date.getUTCMonth() + 1) << 5) |
    date.getUTCDate();
  const time =
    (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return day * 0x10000 + time;
}
