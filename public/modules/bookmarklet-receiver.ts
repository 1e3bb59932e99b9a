/**
 * The bookmarklet hands over pictures that have no address (data: and blob:). This page says it is
 * ready to the window that opened it; bookmarklet/open-magpie.ts describes the messages.
 */
export function receiveFromBookmarklet(take: (picture: File) => void): void {
  const { opener } = window;
  if (!opener) return;
  window.addEventListener("message", (event: MessageEvent) => {
    const message = event.data as { type?: unknown; blob?: unknown; name?: unknown } | null;
    if (event.source !== opener || message?.type !== "magpie:picture") return;
    if (!(message.blob instanceof Blob)) return;
    const name = typeof message.name === "string" ? message.name : "";
    take(new File([message.blob], name, { type: message.blob.type }));
  });
  // Any page may have opened this one; that it is open is no secret, and only pictures come back.
  opener.postMessage({ type: "magpie:ready" }, "*");
}
