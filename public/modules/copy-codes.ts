/** Copies the codes of its page, where the browser lets pages do so: over https and on this machine. */
export function setUpCopyCodes(part: HTMLElement): void {
  const button = part.querySelector("button");
  const words = document.querySelector("[data-copied]");
  if (!button || !words || !navigator.clipboard) return;
  part.hidden = false;
  button.addEventListener("click", async () => {
    const codes = [...document.querySelectorAll(".recovery-codes code")];
    const text = codes.map((code) => code.textContent).join("\n");
    words.textContent = await navigator.clipboard.writeText(text).then(
      () => "Copied.",
      () => "Your browser did not allow it. Save the file instead.",
    );
  });
}
