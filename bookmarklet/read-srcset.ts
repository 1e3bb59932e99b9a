export interface SrcsetEntry {
  url: string;
  /** Pixels of the file's width, 0 when the srcset names densities. */
  width: number;
  density: number;
}

/** Reads a srcset attribute, largest first. Addresses may contain commas (data:, image CDNs). */
export function readSrcset(text: string): SrcsetEntry[] {
  const entries: SrcsetEntry[] = [];
  for (const match of text.matchAll(/(?:^|,)[\s,]*(\S*[^\s,])(\s[^,]*)?(?=,|\s*$)/g)) {
    const descriptor = match[2] ?? "";
    entries.push({
      url: match[1] ?? "",
      width: Number(/(\d+)w/.exec(descriptor)?.[1] ?? 0),
      density: Number(/([\d.]+)x/.exec(descriptor)?.[1] ?? 1),
    });
  }
  return entries.sort((a, b) => b.width - a.width || b.density - a.density);
}
