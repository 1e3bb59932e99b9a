import { load } from "cheerio/slim";
import { decodePage } from "./decode-page.ts";
import {
  clean,
  type Found,
  isSmall,
  type PageImage,
  type PageTag,
  pixels,
  RANKS,
  readBody,
  setSize,
} from "./read-image-tags.ts";
import { readPageTags } from "./read-page-tags.ts";

const MAX_IMAGES = 40;
const MAX_ADDRESS_LENGTH = 2048;
// Most pages declare no size for their main pictures, so unknown must not sort as tiny.
const ASSUMED_SIDE = 400;

const NOT_A_PICTURE = /\.(?:svgz?|ico|cur)$/i;
const TRACKER =
  /[/._-](?:pixel|spacer|blank|transparent|1x1|tracking|beacon)\.(?:gif|png)$|facebook\.com\/tr\/?$/i;
const TRACKING_HOST =
  /(?:^|\.)(?:doubleclick\.net|google-analytics\.com|googletagmanager\.com|scorecardresearch\.com|quantserve\.com|pixel\.wp\.com|stats\.wp\.com|bat\.bing\.com|analytics\.twitter\.com)$/;

/**
 * The pictures a page shows, the most promising first, and what it calls itself. Pure, and linear
 * in the size of the page, of which only the first 2 MiB are read; never throws for what is in it.
 * `contentType` is the header the page came with.
 */
export function findPageImages(
  html: Uint8Array | string,
  pageUrl: string,
  contentType?: string,
): { title: string | null; images: PageImage[] } {
  const text = typeof html === "string" ? html.slice(0, 2 ** 21) : decodePage(html, contentType);
  const $ = load(readPageTags(text), { xml: { xmlMode: false, decodeEntities: true } });
  const tags = $.root()
    .children()
    .toArray()
    .map((element): PageTag => ({ name: element.name, attributes: element.attribs }));

  const base = tags.find(({ name, attributes }) => name === "base" && attributes.href)?.attributes;
  const resolve = createResolver(pageUrl, base?.href);
  const meta = readMeta(tags.filter(({ name }) => name === "meta"));
  const found = [
    ...meta.images.map((image) => ({ ...image, alt: clean(image.alt) })),
    ...tags.flatMap(({ name, attributes }) =>
      name === "link" && /(?:^|\s)image_src(?:\s|$)/i.test(attributes.rel ?? "")
        ? [{ url: attributes.href ?? "", alt: "", rank: RANKS.link }]
        : [],
    ),
    ...readBody(tags),
  ];
  return {
    title: clean(meta.title) || clean($("title").first().text()) || null,
    images: choose(found, resolve),
  };
}

function choose(found: Found[], resolve: (address: string) => string | null): PageImage[] {
  const images = new Map<string, PageImage & { rank: number }>();
  for (const image of found) {
    if (isSmall(image.width) || isSmall(image.height)) continue;
    const url = resolve(image.url);
    if (url === null) continue;
    const known = images.get(url);
    // The page often says more about the same picture further down.
    if (known) images.set(url, { ...image, ...known, alt: known.alt || image.alt });
    else images.set(url, { ...image, url });
  }
  return [...images.values()]
    .sort((a, b) => a.rank - b.rank || areaOf(b) - areaOf(a))
    .slice(0, MAX_IMAGES)
    .map(({ rank: _, ...image }) => image);
}

function createResolver(pageUrl: string, baseHref: string | undefined) {
  const page = URL.parse(pageUrl) ?? undefined;
  const named = URL.parse(baseHref ?? "", page?.href);
  // A data: or javascript: base counts as none (HTML standard 4.2.3).
  const base = named && isHttp(named) ? named : page;
  return (address: string): string | null => {
    const trimmed = address.trim();
    if (trimmed === "" || trimmed.length > MAX_ADDRESS_LENGTH) return null;
    const url = URL.parse(trimmed, base?.href);
    if (!url || !isHttp(url)) return null;
    if (url.username !== "" || url.password !== "") return null;
    if (NOT_A_PICTURE.test(url.pathname)) return null;
    if (TRACKER.test(url.hostname + url.pathname) || TRACKING_HOST.test(url.hostname)) return null;
    url.hash = "";
    return url.href.length <= MAX_ADDRESS_LENGTH ? url.href : null;
  };
}

function isHttp(url: URL): boolean {
  return url.protocol === "http:" || url.protocol === "https:";
}

/** Open Graph is structured (ogp.me): what follows an og:image belongs to it until the next. */
function readMeta(tags: readonly PageTag[]): { title: string; images: Found[] } {
  const images: Found[] = [];
  let title = "";
  let current: Found | undefined;
  for (const { attributes } of tags) {
    const content = attributes.content?.trim() ?? "";
    const property = (attributes.property ?? attributes.name ?? "").trim().toLowerCase();
    if (content === "") continue;
    const [, part] = /^og:image:(\w+)$/.exec(property) ?? [];
    if (property === "og:title") title ||= content;
    else if (property === "og:image" || (part?.endsWith("url") && !current)) {
      current = { url: content, alt: "", rank: RANKS.openGraph };
      images.push(current);
    } else if (property === "twitter:image" || property === "twitter:image:src") {
      images.push({ url: content, alt: "", rank: RANKS.twitter });
    } else if (current && (part === "secure_url" || part === "url")) current.url = content;
    else if (current && part === "alt") current.alt = content;
    else if (current && part === "width") setSize(current, { width: pixels(content) });
    else if (current && part === "height") setSize(current, { height: pixels(content) });
  }
  return { title, images };
}

function areaOf({ width, height }: PageImage): number {
  return (width ?? height ?? ASSUMED_SIDE) * (height ?? width ?? ASSUMED_SIDE);
}
