import { html, mount } from "./dom.ts";
import { findPictures } from "./find-pictures.ts";
import { measurePictures } from "./measure-pictures.ts";
import panelStyles from "./panel.css";
import { showPanel } from "./panel.ts";
import tileStyles from "./panel-tile.css";

const HOST = "magpie-bookmarklet";
const AGAIN = "magpie:again";
const LONGEST_WAIT = 2000;

// The panel opens only when sizes are known: it must not reorder itself under the person's
// fingers. Most pages need a few milliseconds; after 300 a line says what is going on.
const PATIENCE = 300;

run();

async function run(): Promise<void> {
  // A second click starts anew. The element is the only mark left on the page: no global.
  const before = document.querySelector(`[id="${HOST}"]`);
  before?.dispatchEvent(new Event(AGAIN));
  before?.remove(); // a page saved with the panel open has one that hears nothing

  const host = html("div", { id: HOST });
  // The page may say `div { display: none !important }`.
  host.style.setProperty("all", "initial", "important");
  host.style.setProperty("position", "fixed", "important");
  const root = host.attachShadow({ __proto__: null, mode: "closed" } as unknown as ShadowRootInit);
  // style-src blocks <style> and style attributes, not constructed sheets.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(panelStyles + tileStyles);
  root.adoptedStyleSheets = [sheet];
  const mounted = mount(host);

  const end = () => {
    ended = true;
    mounted.remove();
  };
  let ended = false;
  let close = end;
  host.addEventListener(AGAIN, () => close());

  const hint = setTimeout(() => {
    root.append(html("p", { class: "busy", role: "status", lang: "en" }, "Looking for pictures…"));
  }, PATIENCE);
  try {
    const pictures = await measurePictures(findPictures(), LONGEST_WAIT);
    clearTimeout(hint);
    if (ended) return;
    root.replaceChildren();
    close = showPanel(host, root, pictures, end).close;
  } catch (error) {
    clearTimeout(hint);
    end();
    throw error;
  }
}
