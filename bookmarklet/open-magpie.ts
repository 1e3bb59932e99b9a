import { readInline } from "./inline-data.ts";
import { isInline, type Picture, pictureTitle } from "./picture.ts";

/*
 * Handing a picture to Magpie
 * ---------------------------
 * A picture with an http(s) address: a new tab without an opener at
 *
 *   BASE_URL/images/new?url=<address>&title=<at most 200 characters>&page=<location.href>
 *
 * A picture inside the page (data: or blob:) has no address that a server could fetch. Its bytes
 * go from window to window:
 *
 *   1. The bookmarklet opens BASE_URL/images/new?inline=1&title=&page= (no `url`), keeping the opener.
 *   2. The opened page, when its form is ready (after a sign-in, if one was needed), posts
 *      { type: "magpie:ready" } to window.opener with target origin "*": it holds no secret, and
 *      the page's origin cannot be known (it may be opaque).
 *   3. The bookmarklet checks that event.source is the tab it opened and event.origin is
 *      BASE_URL's origin, and answers to that origin only, once:
 *      { type: "magpie:picture", blob: Blob, name: string }
 *      blob.type is image/jpeg, png, webp, gif or avif; name is "picture.<ext>".
 *   4. The opened page takes the first such message whose event.source is window.opener, checks
 *      that blob is a Blob of an acceptable size, puts it into the form's file field, and never
 *      submits by itself: any page could open this address and answer.
 *
 * The opener survives only when every answer on the way (/images/new, /login and the redirects
 * between them) has Cross-Origin-Opener-Policy: unsafe-none, or none at all.
 */

const LONGEST_ADDRESS = 2048;

/** What the panel says, and the address it offers to open by hand. */
export interface Notice {
  text: string;
  link?: { text: string; href: string };
}

export interface Handover {
  /** Something to say while the panel stays open; null: all done, the panel may close. */
  say(notice: Notice | null): void;
  /** Ends waiting for the other tab. */
  signal: AbortSignal;
}

export function openMagpie(picture: Picture, handover: Handover): void {
  const inline = isInline(picture.url);
  if (!inline && picture.url.length > LONGEST_ADDRESS) {
    handover.say({
      text: "This picture’s address is too long for Magpie. Save the picture to your device, then add the file in Magpie.",
      link: { text: "Open Magpie", href: saveAddress("", picture) },
    });
    return;
  }
  const href = saveAddress(inline ? "" : picture.url, picture);
  const tab = openTab(href);
  // With the "noopener" feature the browser answers null always, so a blocked tab could not be told.
  if (tab && !inline) tab.opener = null;
  if (inline) sendPicture(picture, tab, handover);
  if (!tab) {
    handover.say({
      text: "The browser did not open a new tab.",
      link: { text: "Open Magpie in a new tab", href },
    });
  } else if (!inline) handover.say(null);
}

function saveAddress(url: string, picture: Picture): string {
  // Only an http(s) page can be credited; a very long address is better without its query.
  let page = /^https?:/.test(location.href) ? location.href : "";
  if (page.length > LONGEST_ADDRESS) page = location.origin + location.pathname;
  if (page.length > LONGEST_ADDRESS) page = location.origin;
  // The form then says what to do should the picture not arrive.
  const query = [url ? `url=${encodeURIComponent(url)}` : "inline=1"];
  query.push(`title=${encodeURIComponent(pictureTitle(picture))}`);
  query.push(`page=${encodeURIComponent(page)}`);
  return `${BASE_URL}/images/new?${query.join("&")}`;
}

function openTab(href: string): Window | null {
  try {
    const tab = window.open(href, "_blank");
    return tab && !tab.closed ? tab : null;
  } catch {
    return null; // a page's own window.open
  }
}

function sendPicture(picture: Picture, tab: Window | null, { say, signal }: Handover): void {
  const origin = new URL(BASE_URL).origin;
  const bytes = readInline(picture.url, picture.image ?? picture.source);
  const stop = () => {
    window.removeEventListener("message", onMessage, true);
    clearInterval(watch);
  };
  const onMessage = async (event: MessageEvent) => {
    // Without a handle (the tab was opened by the panel's link) the origin alone decides.
    if (event.origin !== origin || (tab && event.source !== tab)) return;
    if (event.data?.type !== "magpie:ready") return;
    event.stopImmediatePropagation();
    stop();
    const blob = await bytes;
    if (!blob) {
      say({
        text: "This picture cannot be read from the page. Save it to your device, then add the file in Magpie.",
      });
      return;
    }
    const name = `picture.${blob.type.slice("image/".length).replace("jpeg", "jpg")}`;
    (event.source as Window).postMessage({ type: "magpie:picture", blob, name }, origin);
    say(null);
  };
  const watch = setInterval(() => {
    // A page or Magpie with Cross-Origin-Opener-Policy cuts the tie: the tab then looks closed.
    if (!tab?.closed) return;
    stop();
    say({
      text: "The other tab was closed, or this page may not send it a picture. Save the picture to your device, then add the file in Magpie.",
      link: { text: "Open Magpie", href: saveAddress("", picture) },
    });
  }, 500);
  window.addEventListener("message", onMessage, true);
  signal.addEventListener("abort", stop);
  if (tab)
    say({ text: "Sending the picture to the other tab. Keep this page open until it is there." });
}
