import htmx from "htmx.org";
import { receiveFromBookmarklet } from "./bookmarklet-receiver.ts";

/**
 * A file that is dropped, pasted, chosen or handed over by the bookmarklet is sent once, for the
 * preview; the form then names what the server keeps. An address is looked at when it changes.
 */
export function setUpSaveForm(form: HTMLFormElement): void {
  const file = form.querySelector<HTMLInputElement>("#file");
  const url = form.querySelector<HTMLInputElement>("#url");
  const title = form.querySelector<HTMLInputElement>("#title");
  if (!file || !url || !title) return;
  for (const hint of form.querySelectorAll<HTMLElement>("[data-with-script]")) hint.hidden = false;

  const preview = async () => {
    // Not of the form itself: htmx would first insist on a title, and keep a later address waiting.
    await htmx.ajax("POST", "/images/preview", {
      source: "#preview",
      target: "#preview",
      swap: "outerHTML",
    });
    // The server has it now; sending it again with the form would only cost time.
    if (form.querySelector<HTMLInputElement>("[name=upload]")?.value) file.value = "";
  };

  const take = (picture: File) => {
    const transfer = new DataTransfer();
    transfer.items.add(picture);
    file.files = transfer.files;
    url.value = "";
    if (!title.value) title.value = titleFrom(picture.name);
    void preview();
  };

  file.addEventListener("change", () => {
    const chosen = file.files?.[0];
    if (chosen) take(chosen);
  });
  url.addEventListener("change", () => {
    const upload = form.querySelector<HTMLInputElement>("[name=upload]");
    if (upload) upload.value = "";
    if (url.value && url.checkValidity()) void preview();
  });
  acceptDrops(form, take);
  document.addEventListener("paste", (event) => {
    const picture = pictureIn(event.clipboardData);
    if (!picture) return;
    event.preventDefault();
    take(picture);
  });
  receiveFromBookmarklet(take);
}

function acceptDrops(form: HTMLFormElement, take: (picture: File) => void): void {
  const mark = (dragging: boolean) => form.classList.toggle("is-dragging", dragging);
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) mark(false);
  });
  document.addEventListener("drop", (event) => {
    mark(false);
    const picture = pictureIn(event.dataTransfer);
    if (!picture) return;
    event.preventDefault();
    take(picture);
  });
}

const pictureIn = (data: DataTransfer | null): File | undefined =>
  [...(data?.files ?? [])].find((file) => file.type.startsWith("image/"));

/** "evening-sky_02.jpg" becomes "evening sky 02"; what browsers call every pasted picture says nothing. */
function titleFrom(fileName: string): string {
  const name = fileName
    .replace(/\.[^.]*$/, "")
    .replace(/[-_]+/g, " ")
    .trim();
  return /^(image|picture|blob)?$/i.test(name) ? "" : name.slice(0, 200);
}
