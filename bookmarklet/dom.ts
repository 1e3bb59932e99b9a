const XHTML = "http://www.w3.org/1999/xhtml";
const SVG = "http://www.w3.org/2000/svg";

/** Builds an HTML element in any kind of document (XML and SVG ones too). */
export function html<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  // Nodes and text only: `innerHTML` is refused under `require-trusted-types-for 'script'`.
  const element = document.createElementNS(XHTML, tag) as HTMLElementTagNameMap[K];
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Puts the host where it is rendered; returns what has to be removed at the end. */
export function mount(host: HTMLElement): Element {
  const root = document.documentElement;
  let mounted: Element = host;
  if (root.namespaceURI === SVG) {
    // HTML directly inside <svg> is never drawn.
    mounted = document.createElementNS(SVG, "foreignObject");
    mounted.setAttribute("width", "100%");
    mounted.setAttribute("height", "100%");
    mounted.append(host);
  }
  // Never into the body: it may be a frameset, inert, or transformed.
  root.append(mounted);
  return mounted;
}

/** The focused element, looked up through open shadow roots. */
export function deepActiveElement(): Element | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}
