import { absoluteUrl, candidate, type Sighting, sighting } from "./picture.ts";

const IMAGE = /^(og:image(:(secure_)?url)?|twitter:image(:src)?|image)$/;

/** The pictures a page names for others in its head: og:image, twitter:image, image_src. */
export function findDeclared(root: Document | ShadowRoot): Sighting[] {
  const found: Sighting[] = [];
  // og:image:width, :height and :alt describe the og:image before them.
  let latest: Sighting | undefined;
  for (const meta of root.querySelectorAll("meta[content]")) {
    const name =
      meta.getAttribute("property") ||
      meta.getAttribute("name") ||
      meta.getAttribute("itemprop") ||
      "";
    const content = meta.getAttribute("content") ?? "";
    if (IMAGE.test(name)) {
      latest = sighting([candidate(absoluteUrl(content, meta.baseURI))]);
      found.push(latest);
    } else if (name === "og:image:alt" || name === "twitter:image:alt") {
      if (latest) latest.alt = content;
    } else if (/^og:image:(width|height)$/.test(name)) {
      const declared = latest?.candidates[0];
      if (declared)
        declared[name.slice(9) as "width" | "height"] = Number.parseInt(content, 10) || 0;
    }
  }
  for (const link of root.querySelectorAll('link[rel~="image_src" i], link[itemprop="image"]')) {
    found.push(sighting([candidate(absoluteUrl(link.getAttribute("href"), link.baseURI))]));
  }
  return found;
}
