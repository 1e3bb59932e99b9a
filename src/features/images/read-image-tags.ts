export interface PageImage {
  url: string;
  alt: string;
  /** As the page declares it, in CSS pixels or as `srcset` says. */
  width?: number;
  height?: number;
}

export interface Found extends PageImage {
  /** A page names the picture it is about in its head; what is in the body comes after. */
  rank: number;
}

interface Source {
  address: string;
  /** From a `w` descriptor. */
  width?: number | undefined;
  density?: number | undefined;
}

export type Attributes = Readonly<Record<string, string>>;

export interface PageTag {
  readonly name: string;
  readonly attributes: Attributes;
}

export const RANKS = { openGraph: 0, twitter: 1, link: 2, body: 3 };
const MAX_TEXT_LENGTH = 300;
const SMALLEST_SIDE = 100;
// The best first: what galleries and lazy loaders call the full picture.
const FULL_ATTRIBUTES = ["data-orig-file", "data-large-file", "data-full-src", "data-original"];
const LAZY_ATTRIBUTES = ["data-src", "data-lazy-src", "data-lazy", "data-image", "src"];
const SRCSET_ATTRIBUTES = ["srcset", "data-srcset", "data-lazy-srcset"];

export function readBody(tags: readonly PageTag[]): Found[] {
  const found: Found[] = [];
  // The sources of a <picture> stand before its <img>, and all of them are one picture.
  let sources: Source[] = [];
  for (const { name, attributes } of tags) {
    if (name === "source" && !/svg/i.test(attributes.type ?? "")) {
      sources.push(...readSrcsets(attributes));
    } else if (name === "img") {
      found.push(readImage(attributes, sources));
      sources = [];
    }
  }
  return found;
}

function readImage(attributes: Attributes, sources: Source[]): Found {
  const alt = clean(attributes.alt ?? "");
  const image: Found = { url: "", alt, rank: RANKS.body };
  const declared = { width: pixels(attributes.width), height: pixels(attributes.height) };
  setSize(image, declared);
  const full = firstAddress(attributes, FULL_ATTRIBUTES);
  const best = largest([...readSrcsets(attributes), ...sources]);
  image.url = full ?? best?.address ?? firstAddress(attributes, LAZY_ATTRIBUTES) ?? "";
  // A small declared size means a small picture on the page, however large its file.
  if (full || !best?.width || isSmall(declared.width) || isSmall(declared.height)) return image;
  const { width, height } = declared;
  delete image.height;
  setSize(image, {
    width: best.width,
    height: width && height ? Math.round((best.width * height) / width) : undefined,
  });
  return image;
}

function firstAddress(attributes: Attributes, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = attributes[name]?.trim();
    // Some scripts keep numbers and flags in attributes of these names.
    if (value && /[./]/.test(value) && !/^data:/i.test(value)) return value;
  }
  return undefined;
}

function readSrcsets(attributes: Attributes): Source[] {
  return SRCSET_ATTRIBUTES.flatMap((name) => parseSrcset(attributes[name] ?? ""));
}

/** After the HTML standard (4.8.4.2.1): an address may hold commas, and ends at white space. */
export function parseSrcset(srcset: string): Source[] {
  const sources: Source[] = [];
  const candidate = /[\s,]*(\S+)([^,]*)/y;
  for (let found = candidate.exec(srcset); found; found = candidate.exec(srcset)) {
    let [, address = "", descriptors = ""] = found;
    if (address.endsWith(",")) {
      candidate.lastIndex -= descriptors.length;
      address = address.replace(/,+$/, "");
      descriptors = "";
    }
    const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)([wx])/.exec(descriptors) ?? [];
    if (/^data:/i.test(address) || address === "") continue;
    sources.push({
      address,
      width: unit === "w" ? Math.min(Number(amount), 100_000) : undefined,
      density: unit === "x" ? Number(amount) : undefined,
    });
  }
  return sources;
}

/** The first of equals, which is the <img>'s own and not another format of it. */
function largest(sources: Source[]): Source | undefined {
  const weigh = ({ width, density }: Source) => width ?? (density ?? 1) / 1000;
  return sources.reduce<Source | undefined>(
    (best, source) => (best && weigh(best) >= weigh(source) ? best : source),
    undefined,
  );
}

export function pixels(value: string | undefined): number | undefined {
  const [, digits] = /^\s*(\d{1,5})(?:\.\d{1,9})?\s*(?:px)?\s*$/i.exec(value ?? "") ?? [];
  return digits === undefined ? undefined : Number(digits);
}

export function setSize(
  image: Found,
  size: { width?: number | undefined; height?: number | undefined },
): void {
  if (size.width !== undefined) image.width = size.width;
  if (size.height !== undefined) image.height = size.height;
}

export function isSmall(side: number | undefined): boolean {
  return side !== undefined && side < SMALLEST_SIDE;
}

export function clean(text: string): string {
  // PostgreSQL takes no NUL, and nothing takes half a surrogate pair.
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim();
  return [...line.slice(0, 2 * MAX_TEXT_LENGTH)].slice(0, MAX_TEXT_LENGTH).join("").toWellFormed();
}
