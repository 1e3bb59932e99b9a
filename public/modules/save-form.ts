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
    const waiting = document.createElement("p");
    waiting.className = "notice";
    waiting.dataset.waiting = "";
    waiting.textContent = "Looking at it";
    form.querySelector("#preview")?.replaceChildren(waiting);
    // Not of the form itself: htmx would first insist on a title, and keep a later address waiting.
    await htmx.ajax("POST", "/images/preview", {
      source: "#preview",
      target: "#preview",
      swap: "outerMorph",
    });
    // An answer puts something else in its place, or makes this element into something else.
    if (waiting.isConnected && "waiting" in waiting.dataset) {
      waiting.textContent = "Magpie could not look at it just now. Try again in a moment.";
    }
    // The server has it now; sending it again with the form would only cost time.
    if (form.querySelector<HTMLInputElement>("[name=upload]")?.value) file.value = "";
  };

  // A title that nobody typed makes way for the next one.
  let suggested = "";
  const suggest = (text: string) => {
    if (title.value !== "" && title.value !== suggested) return;
    suggested = text;
    title.value = text;
  };

  const take = (picture: File) => {
    const transfer = new DataTransfer();
    transfer.items.add(picture);
    file.files = transfer.files;
    url.value = "";
    form.querySelector("[data-handover]")?.remove();
    suggest(titleFrom(picture.name));
    void preview();
  };

  file.addEventListener("change", () => {
    const chosen = file.files?.[0];
    if (chosen) take(chosen);
  });
  url.addEventListener("change", () => {
    const upload = form.querySelector<HTMLInputElement>("[name=upload]");
    if (upload) upload.value = "";
    // Or the server would look at a file that was refused before, rather than at the address.
    if (url.value) {
      file.value = "";
      suggest("");
    }
    if (url.value && url.checkValidity()) void preview();
  });
  const takeAddress = (address: string) => {
    url.value = address;
    url.dispatchEvent(new Event("change"));
  };
  acceptDrops(form, { take, takeAddress });
  hideUselessChoices(form);
  document.addEventListener("paste", (event) => {
    const picture = pictureIn(event.clipboardData);
    if (!picture) return;
    event.preventDefault();
    take(picture);
  });
  receiveFromBookmarklet(take);
}

/** Trackers and pictures that cannot be fetched are no choice. */
function hideUselessChoices(form: HTMLFormElement): void {
  const judge = ({ target, type }: Event) => {
    if (!(target instanceof HTMLImageElement) || !target.closest(".choices")) return;
    const isTiny = target.naturalWidth < 100 && target.naturalHeight < 100;
    if (type === "error" || isTiny) target.closest("li")?.remove();
  };
  // Loading does not bubble, but it can be heard on the way down.
  form.addEventListener("load", judge, true);
  form.addEventListener("error", judge, true);
}

interface Drop {
  take(picture: File): void;
  takeAddress(address: string): void;
}

function acceptDrops(form: HTMLFormElement, { take, takeAddress }: Drop): void {
  const mark = (dragging: boolean) => form.classList.toggle("is-dragging", dragging);
  document.addEventListener("dragover", (event) => {
    const types = event.dataTransfer?.types ?? [];
    if (!types.includes("Files") && !types.includes("text/uri-list")) return;
    // Into a field, an address is dropped as text.
    if (!types.includes("Files") && event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) mark(false);
  });
  document.addEventListener("drop", (event) => {
    mark(false);
    const picture = pictureIn(event.dataTransfer) ?? event.dataTransfer?.files[0];
    const address = event.dataTransfer?.getData("text/uri-list").split("\n")[0]?.trim();
    if (!picture && (!address || event.target instanceof HTMLInputElement)) return;
    // The browser would leave the form and show the file, whatever it is.
    event.preventDefault();
    if (picture) take(picture);
    else if (address) takeAddress(address);
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
