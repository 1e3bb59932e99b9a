/** What takes its time says that it is under way, and is not asked for again meanwhile. */
export function setUpSendOnce(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  if (!button) return;
  const label = button.textContent;
  let isSent = false;
  form.addEventListener("submit", (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
    button.textContent = "Working…";
  });
  // Kept by the browser as it was left.
  addEventListener("pageshow", () => {
    isSent = false;
    button.textContent = label;
  });
}
