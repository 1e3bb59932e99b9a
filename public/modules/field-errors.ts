/** What was wrong with a field is old as soon as it is typed in again: the sentence goes, with its marks. */
export function setUpFieldErrors(): void {
  document.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLElement) || !target.hasAttribute("aria-invalid")) return;
    // Browsers fill a refused sign-in in again by themselves, before anybody has read why.
    if (target.matches(":autofill")) return;
    target.removeAttribute("aria-invalid");
    target.closest(".field-wrong")?.classList.remove("field-wrong");
    const described = target.getAttribute("aria-describedby")?.split(" ") ?? [];
    const isError = (id: string) => id.endsWith("-error");
    for (const id of described.filter(isError)) document.getElementById(id)?.remove();
    const others = described.filter((id) => !isError(id));
    if (others.length > 0) target.setAttribute("aria-describedby", others.join(" "));
    else target.removeAttribute("aria-describedby");
  });
}
