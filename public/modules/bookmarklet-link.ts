/** On this site the button is there to be dragged; clicking it here would only be refused. */
export function setUpBookmarkletLink(link: HTMLAnchorElement): void {
  const hint = document.querySelector<HTMLElement>("[data-drag-hint]");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    if (hint) hint.textContent = "Drag it to your bookmarks bar, then click it on another page.";
  });
}
