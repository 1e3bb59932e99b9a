/**
 * Shows the photo as it will look before that is sent: the chosen one, the initial in place of one that
 * is to be removed, or what was there where the browser cannot read what was chosen.
 */
export function setUpPhotoPreview(field: HTMLElement): void {
  const file = field.querySelector<HTMLInputElement>("input[type=file]");
  const place = field.querySelector<HTMLElement>("[data-photo-preview]");
  const remove = field.querySelector<HTMLInputElement>("input[name=removePhoto]");
  const removed = field.querySelector<HTMLTemplateElement>("[data-photo-removed]");
  if (!file || !place) return;
  const before = [...place.childNodes];
  let address = "";

  const show = () => {
    URL.revokeObjectURL(address);
    const chosen = file.files?.[0];
    if (!chosen) {
      const initial = remove?.checked && removed?.content.cloneNode(true);
      return place.replaceChildren(...(initial ? [initial] : before));
    }
    address = URL.createObjectURL(chosen);
    const image = document.createElement("img");
    image.className = "avatar avatar-large";
    image.alt = "The photo you chose";
    image.addEventListener("error", () => place.replaceChildren(...before));
    image.src = address;
    place.replaceChildren(image);
    if (remove) remove.checked = false;
  };

  file.addEventListener("change", show);
  remove?.addEventListener("change", () => {
    if (remove.checked) file.value = "";
    show();
  });
  // Going back, browsers fill the form in again.
  show();
}
