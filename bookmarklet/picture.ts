/** One address that an element offers; sizes are in pixels of the file, 0 when unknown. */
export interface Candidate {
  url: string;
  width: number;
  height: number;
  /** False: the size is only what the page claims (a descriptor, an attribute). */
  measured: boolean;
}

/** One place on the page where a picture was seen. */
export interface Sighting {
  candidates: Candidate[];
  /** Smaller versions of the same picture, so that they are not offered again. */
  siblings: string[];
  /** The page's own element, to draw from when the address cannot be loaded again. */
  source: CanvasImageSource | null;
  alt: string;
  caption: string;
}

/** What the panel offers. */
export interface Picture {
  url: string;
  width: number;
  height: number;
  /** The page's own element, to draw from when the address cannot be loaded again. */
  source: CanvasImageSource | null;
  /** The element that measured it: shown as it is, perhaps still loading. */
  image: HTMLImageElement | null;
  alt: string;
  caption: string;
}

export function candidate(url: string): Candidate {
  return { url, width: 0, height: 0, measured: false };
}

export function sighting(candidates: Candidate[], element?: Element): Sighting {
  return {
    candidates: candidates.filter((one) => one.url),
    siblings: [],
    source: null,
    alt:
      element?.getAttribute("alt") ||
      element?.getAttribute("aria-label") ||
      element?.getAttribute("title") ||
      "",
    caption: element?.closest("figure")?.querySelector("figcaption")?.textContent ?? "",
  };
}

export const isInline = (url: string): boolean => /^(data|blob):/i.test(url);

/** An absolute http(s), data: or blob: address without its fragment, or "". */
export function absoluteUrl(value: string | null | undefined, base: string): string {
  const text = value?.trim();
  if (!text) return "";
  try {
    const url = new URL(text, base);
    url.hash = "";
    // Magpie cannot fetch a drawing; one inside the page is handed over as PNG.
    if (/^https?:/.test(url.href) && /\.svgz?$/i.test(url.pathname)) return "";
    return /^(https?:|blob:|data:image\/)/i.test(url.href) ? url.href : "";
  } catch {
    return "";
  }
}

// A file name, or a word that templates put everywhere, says less than the page's title.
const POOR =
  /^[!-~]*$|\.(jpe?g|png|gif|webp|avif|heic)$|^(image|photo|picture|img) (of|from|by)?$/i;

const tidy = (text: string): string => text.replace(/\s+/g, " ").trim();

/** The title to save under: what the page says of this picture, else the page's own title. */
export function pictureTitle(picture: Picture): string {
  const texts = [picture.alt, picture.caption].map(tidy);
  // Scripts without spaces say much in few characters.
  const enough = (text: string) => text.length >= (/[^ -~]/.test(text) ? 4 : 8);
  const said = texts.find((text) => enough(text) && !POOR.test(text));
  // A form or image named "title" shadows document.title with an element.
  const own = typeof document.title === "string" ? tidy(document.title) : "";
  const pageTitle = /^image\//.test(document.contentType)
    ? own.replace(/ \(\d+\D\d+\)$/, "") // browsers add "(1600×900)" to a lone picture's title
    : own;
  const title = said || pageTitle || texts.find((text) => text) || "";
  // Lone surrogates, from the page or from this cut, would make encodeURIComponent throw.
  return title
    .slice(0, 200)
    .replace(/\p{Surrogate}/gu, "")
    .trim();
}

/** A short name for the tile. */
export function pictureName(picture: Picture): string {
  const said = tidy(picture.alt) || tidy(picture.caption);
  if (said) return said;
  if (isInline(picture.url)) return "Picture inside the page";
  const { hostname, pathname } = new URL(picture.url);
  const file = pathname.split("/").pop() || hostname;
  try {
    return decodeURIComponent(file);
  } catch {
    return file;
  }
}

export function sizeText({ width, height }: { width: number; height: number }): string {
  if (width && height) return `${width} x ${height}`;
  return width ? `${width} wide` : "size unknown";
}
