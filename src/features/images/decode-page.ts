const MAX_PAGE_BYTES = 2 * 2 ** 20;
const SNIFFED_BYTES = 4096;

/**
 * The first 2 MiB of a page as text. The encoding is found as browsers do: byte order mark,
 * `Content-Type`, `<meta charset>`; else UTF-8 when the bytes are that, else windows-1252.
 */
export function decodePage(bytes: Uint8Array, contentType = ""): string {
  const page = bytes.subarray(0, MAX_PAGE_BYTES);
  const label = sniffMark(page) ?? charsetOf(contentType) ?? sniffMeta(page);
  if (label) {
    try {
      return new TextDecoder(label).decode(page);
    } catch {
      // A label that no browser knows either.
    }
  }
  // Cut at 2 MiB, or inside a character: `stream` forgives an unfinished last one.
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(page, { stream: true });
  } catch {
    return new TextDecoder("windows-1252").decode(page);
  }
}

function sniffMark(page: Uint8Array): string | null {
  const [first, second, third] = page;
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return null;
}

function sniffMeta(page: Uint8Array): string | null {
  const head = Buffer.from(page.subarray(0, SNIFFED_BYTES)).toString("latin1");
  const label = /<meta\s[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?([\w:.-]{1,40})/i.exec(head)?.[1];
  // HTML standard: a meta that could be read as ASCII cannot be telling the truth about UTF-16.
  return label && /^utf-?16/i.test(label) ? "utf-8" : (label ?? null);
}

function charsetOf(contentType: string): string | null {
  return /;\s*charset\s*=\s*"?([\w:.-]{1,40})/i.exec(contentType.slice(0, 200))?.[1] ?? null;
}
