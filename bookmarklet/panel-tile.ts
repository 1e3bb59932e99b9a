import { html } from "./dom.ts";
import { draw } from "./inline-data.ts";
import { type Picture, pictureName, sizeText } from "./picture.ts";

const THUMBNAIL = 640;

/** One picture as a button: thumbnail, name, size in words. */
export function tile(picture: Picture): HTMLButtonElement {
  const name = pictureName(picture);
  const frame = html("span", { class: "frame" });
  const size = html("span", { class: "size" });
  const button = html(
    "button",
    { type: "button", class: "tile" },
    frame,
    html("span", { class: "words" }, html("span", { class: "name" }, name), " ", size),
  );
  const label = () => {
    size.textContent = sizeText(picture);
    button.setAttribute("aria-label", `${name}, ${sizeText(picture)}`);
  };
  label();

  const fallBack = () => {
    // drawImage only shows the page's own element, which no img-src and no origin forbids.
    const canvas = picture.source && draw(picture.source, THUMBNAIL);
    if (canvas) {
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", name);
      frame.replaceChildren(canvas);
    } else {
      frame.replaceChildren(html("span", { class: "blank" }));
    }
  };
  if ("close" in (picture.source ?? {})) {
    fallBack(); // bytes decoded because img-src blocks them
    return button;
  }
  const image = picture.image ?? html("img");
  image.alt = name;
  image.onerror = fallBack;
  image.onload = () => {
    // One that came after the panel opened: its place stays, its size is now known.
    picture.width = image.naturalWidth || picture.width;
    picture.height = image.naturalHeight || picture.height;
    label();
  };
  if (!picture.image) image.src = picture.url;
  frame.append(image);
  return button;
}
