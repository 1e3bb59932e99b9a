import { findBackgrounds } from "./find-backgrounds.ts";
import { findDeclared } from "./find-declared.ts";
import { absoluteUrl, candidate, type Sighting, sighting } from "./picture.ts";
import { readSrcset } from "./read-srcset.ts";

// The names that lazy-loading scripts use: data-src, data-srcset, data-original, data-lazy-src ...
const LAZY = /^data-([\w-]+-)?(src|original|lazy|large|full|zoom|hires|image|img)$/;
const LAZY_SRCSET = /^data-([\w-]+-)?srcset$/;

const size = (text: string | null): number => (/^\d+$/.test(text ?? "") ? Number(text) : 0);

/** Every place in the page, its open shadow roots and same-origin frames that shows a picture. */
export function findPictures(): Sighting[] {
  const sightings: Sighting[] = [];
  if (/^image\//.test(document.contentType)) {
    sightings.push(sighting([candidate(absoluteUrl(location.href, location.href))]));
  }
  walk(document, sightings);
  return sightings.filter((seen) => seen.candidates.length > 0);
}

function walk(root: Document | ShadowRoot, sightings: Sighting[]): void {
  sightings.push(...findDeclared(root));
  for (const element of root.querySelectorAll("*")) {
    try {
      const seen = look(element);
      if (seen) sightings.push(seen);
      sightings.push(...findBackgrounds(element));
      const shadow = element.shadowRoot;
      if (shadow?.mode === "open") walk(shadow, sightings);
      if (/^(iframe|frame|object)$/.test(element.localName)) {
        const inner = (element as HTMLIFrameElement).contentDocument; // null across origins
        if (inner) walk(inner, sightings);
      }
    } catch {
      // A form whose fields are named "getAttribute" or "shadowRoot" answers with the field; one
      // such element must not cost all the others.
    }
  }
}

function look(element: Element): Sighting | null {
  const base = element.baseURI;
  switch (element.localName) {
    case "img":
      return lookAtImage(element as HTMLImageElement);
    case "video":
      return sighting([candidate(absoluteUrl(element.getAttribute("poster"), base))], element);
    case "image": // inside inline SVG
      return sighting(
        [
          candidate(
            absoluteUrl(element.getAttribute("href") ?? element.getAttribute("xlink:href"), base),
          ),
        ],
        element,
      );
    case "input":
      return element.getAttribute("type") === "image"
        ? sighting([candidate(absoluteUrl(element.getAttribute("src"), base))], element)
        : null;
    default:
      return null;
  }
}

function lookAtImage(image: HTMLImageElement): Sighting {
  const base = image.baseURI;
  const attributeWidth = size(image.getAttribute("width"));
  const attributeHeight = size(image.getAttribute("height"));
  const seen = sighting([], image);

  const current = candidate(absoluteUrl(image.currentSrc || image.getAttribute("src"), base));
  current.width = attributeWidth;
  current.height = attributeHeight;
  const parent = image.parentElement;
  const sources = parent?.localName === "picture" ? [...parent.children].filter(isSource) : [];
  if (image.complete && image.naturalWidth > 0) {
    seen.source = image;
    // With srcset the browser divides naturalWidth by the density it chose, so then it is no
    // measure of the file.
    if (!image.hasAttribute("srcset") && sources.length === 0) {
      current.width = image.naturalWidth;
      current.height = image.naturalHeight;
      current.measured = true;
    }
  }
  if (current.url) seen.candidates.push(current);

  for (const element of [image, ...sources]) {
    for (const { name, value } of element.attributes) {
      if (name === "srcset" || LAZY_SRCSET.test(name)) {
        for (const [index, entry] of readSrcset(value).entries()) {
          const url = absoluteUrl(entry.url, base);
          if (!url) continue;
          // Only the largest of each set is worth a request.
          if (index > 0) {
            seen.siblings.push(url);
            continue;
          }
          const width = entry.width || Math.round(attributeWidth * entry.density);
          const ratio = attributeWidth ? attributeHeight / attributeWidth : 0;
          seen.candidates.push({ url, width, height: Math.round(width * ratio), measured: false });
        }
      } else if (name === "src" || (LAZY.test(name) && /^[^\s{[]*[./][^\s]*$/.test(value))) {
        const url = absoluteUrl(value, base);
        if (url && url !== current.url) seen.candidates.push(candidate(url));
      }
    }
  }
  return seen;
}

const isSource = (element: Element): boolean => element.localName === "source";
