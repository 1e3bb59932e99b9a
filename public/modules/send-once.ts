/** Longer than its answer takes: somebody may have stopped the browser meanwhile. */
const patienceMilliseconds = 15_000;

/** What takes its time says that it is under way, and is not asked for again meanwhile. */
export function setUpSendOnce(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  if (!button) return;
  const label = button.textContent;
  let isSent = false;
  const letGo = () => {
    isSent = false;
    button.textContent = label;
  };
  form.addEventListener("submit", (event) => {
    if (isSent) return event.preventDefault();
    isSent = true;
    button.textContent = "Working…";
    setTimeout(letGo, patienceMilliseconds);
  });
  // Kept by the browser as it was left.
  addEventListener("pageshow", letGo);
}
