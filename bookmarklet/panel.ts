import { deepActiveElement, html } from "./dom.ts";
import { type Notice, openMagpie } from "./open-magpie.ts";
import { listen } from "./panel-events.ts";
import { tile } from "./panel-tile.ts";
import type { Picture } from "./picture.ts";

const MOST_TILES = 200;

/** Shows the panel over everything; `closed` is called once it has put the page back. */
export function showPanel(
  host: HTMLElement,
  root: ShadowRoot,
  pictures: Picture[],
  closed: () => void,
): { close(): void } {
  const shown = pictures.slice(0, MOST_TILES);
  const tiles = shown.map(tile);
  const closeButton = html("button", { type: "button", class: "close" }, "Close");
  const status = html("div", { class: "status", role: "status" });
  const dialog = html(
    "dialog",
    // The page's language and direction are not the panel's.
    { lang: "en", dir: "ltr", "aria-modal": "true", "aria-labelledby": "heading" },
    html(
      "div",
      { class: "sheet" },
      html(
        "header",
        {},
        html(
          "div",
          {},
          html("h2", { id: "heading" }, "Save to Magpie"),
          html("p", {}, tiles.length > 0 ? "Choose a picture" : "No picture to choose"),
        ),
        closeButton,
      ),
      status,
      html("div", { class: "scroll" }, ...(tiles.length > 0 ? [grid(tiles)] : noPictures())),
      html("footer", {}, footnote(pictures.length)),
    ),
  );
  if (tiles.length === 0) dialog.setAttribute("aria-describedby", "none");

  const waiting = new AbortController();
  const focusBefore = deepActiveElement();
  const scrollBefore = [scrollX, scrollY] as const;
  // showModal() closes the page's open popovers, so they are opened again at the end.
  const popovers = [...document.querySelectorAll<HTMLElement>(":popover-open")];

  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    waiting.abort();
    stopListening();
    if (dialog.open) dialog.close();
    closed();
    for (const popover of popovers) {
      if (popover.isConnected && !popover.matches(":popover-open")) popover.showPopover();
    }
    if (focusBefore !== deepActiveElement()) {
      (focusBefore as HTMLElement | null)?.focus?.({ preventScroll: true });
    }
    const [left, top] = scrollBefore;
    if (scrollX !== left || scrollY !== top) scrollTo({ left, top, behavior: "instant" });
  };

  const say = (notice: Notice | null, inline: boolean) => {
    if (!notice) {
      close();
      return;
    }
    status.replaceChildren(html("p", {}, notice.text));
    if (notice.link) {
      const link = html(
        "a",
        // The tab that receives bytes must know who opened it.
        { href: notice.link.href, target: "_blank", rel: inline ? "opener" : "noopener" },
        notice.link.text,
      );
      status.append(link);
      link.focus();
    }
  };
  const press = (target: Element) => {
    const button = target.closest("button");
    const picture = shown[tiles.indexOf(button as HTMLButtonElement)];
    if (button === closeButton || target === dialog) close();
    else if (picture) {
      const inline = !/^http/.test(picture.url);
      openMagpie(picture, { say: (notice) => say(notice, inline), signal: waiting.signal });
    }
  };
  const focusables = () => [closeButton, ...status.querySelectorAll<HTMLElement>("a"), ...tiles];
  const move = (key: string) => {
    const all = focusables();
    const focused = root.activeElement as HTMLElement | null;
    const at = focused ? all.indexOf(focused) : -1;
    const tileAt = tiles.indexOf(focused as HTMLButtonElement);
    let next: HTMLElement | undefined;
    if (key === "Tab") next = all[(at + 1) % all.length];
    else if (key === "BackTab") next = all.at(at <= 0 ? -1 : at - 1);
    else if (key === "Home") next = tiles[0];
    else if (key === "End") next = tiles.at(-1);
    else if (tileAt < 0) next = tiles[0];
    else if (key === "ArrowLeft") next = tiles[tileAt - 1];
    else if (key === "ArrowRight") next = tiles[tileAt + 1];
    else next = nearest(tiles, tileAt, key === "ArrowDown" ? 1 : -1);
    next?.focus();
  };

  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  dialog.addEventListener("close", close);
  const stopListening = listen({ host, root, press, move, close });
  root.append(dialog);
  dialog.showModal();
  (tiles[0] ?? closeButton).focus({ preventScroll: true });
  return { close };
}

const grid = (tiles: HTMLElement[]) =>
  html("ul", { role: "list" }, ...tiles.map((button) => html("li", {}, button)));

const noPictures = () => [
  html(
    "div",
    { id: "none", class: "none" },
    html("p", {}, "No pictures of at least 100 × 100 were found on this page."),
    html("p", {}, "Open the picture itself in a tab of its own, then try again."),
  ),
];

function footnote(count: number): string {
  if (count > MOST_TILES) return `The ${MOST_TILES} largest of ${count} pictures are shown.`;
  return count > 0 ? "Arrow keys move, Enter chooses, Esc closes." : "Esc closes.";
}

/** The tile in the row above or below whose middle is closest to the current one's. */
function nearest(tiles: HTMLElement[], at: number, direction: 1 | -1): HTMLElement | undefined {
  const boxes = tiles.map((one) => one.getBoundingClientRect());
  const from = boxes[at];
  if (!from) return undefined;
  const middle = (box: DOMRect) => box.left + box.width / 2;
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, box] of boxes.entries()) {
    const down = direction > 0 ? box.top - from.bottom : from.top - box.bottom;
    if (down < -1) continue;
    const distance = down * 1000 + Math.abs(middle(box) - middle(from));
    if (distance < least) {
      least = distance;
      best = index;
    }
  }
  return best === undefined ? undefined : tiles[best];
}
