import { absoluteUrl, candidate, type Sighting, sighting } from "./picture.ts";

/** Pictures from an element's computed style, its ::before and ::after, and lazy backgrounds. */
export function findBackgrounds(element: Element): Sighting[] {
  // A frame's elements need the frame's own window.
  const view = element.ownerDocument.defaultView;
  if (!view) return [];
  const found: Sighting[] = [];
  const styles = view.getComputedStyle(element);
  read(styles.backgroundImage, element, found);
  read(styles.borderImageSource, element, found);
  for (const pseudo of ["::before", "::after"]) {
    const { content, backgroundImage } = view.getComputedStyle(element, pseudo);
    if (content === "none" || content === "normal") continue; // not generated
    read(backgroundImage, element, found);
    read(content, element, found);
  }
  for (const name of ["data-bg", "data-background", "data-background-image"]) {
    const value = element.getAttribute(name)?.trim() ?? "";
    if (value.includes("url(")) read(value, element, found);
    else if (/^[^\s{[]*[./][^\s]*$/.test(value)) {
      found.push(sighting([candidate(absoluteUrl(value, element.baseURI))], element));
    }
  }
  return found;
}

function read(value: string, element: Element, found: Sighting[]): void {
  if (!value.includes("url(")) return;
  const layers = [
    // Unrolled, since a data: address of megabytes overflows (?:[^"\\]|\\.)*
    ...value.matchAll(/url\(\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"|'([^']*)'|([^"')]+))\s*\)/g),
  ].map((match) =>
    candidate(
      absoluteUrl(
        (match[1] ?? match[2] ?? match[3] ?? "").replace(/\\(.)/g, "$1"),
        element.baseURI,
      ),
    ),
  );
  // image-set() offers one picture in several sizes; a plain list is several pictures.
  if (value.includes("image-set(")) found.push(sighting(layers, element));
  else for (const layer of layers) found.push(sighting([layer], element));
}
