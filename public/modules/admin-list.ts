/** Leaves out of a list's address what is not asked. */
export function setUpListFilters(form: HTMLFormElement): void {
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
  });
}

/** Chooses all rows of the page with one box, says how many are chosen, and waits for one. */
export function setUpListRows(form: HTMLFormElement): void {
  const place = form.querySelector("[data-choose-all]");
  const output = form.querySelector<HTMLOutputElement>("[data-chosen]");
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  /** Where there are more pages: all rows of these, too. */
  const list = form.querySelector<HTMLInputElement>("[data-choose-list]");
  const boxes = [...form.querySelectorAll<HTMLInputElement>("input[name^=row-]")];
  if (!place || !output || !button) return;

  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", "Choose all on this page");
  const label = document.createElement("label");
  label.append(all);
  place.append(label);

  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    if (list && !all.checked) list.checked = false;
    button.disabled = chosen === 0;
    const number = list?.checked ? list.dataset["chooseList"] : chosen;
    output.value = chosen > 0 ? `${number} chosen` : "";
  };
  for (const each of [all, list]) {
    each?.addEventListener("change", () => {
      for (const box of boxes) box.checked = each.checked;
      show();
    });
  }
  for (const box of boxes) box.addEventListener("change", show);
  // Browsers tick again what was ticked when somebody comes back.
  addEventListener("pageshow", show);
  show();
}
