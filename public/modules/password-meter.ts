type StrengthModule = typeof import("./password-strength.ts");

const pauseMilliseconds = 250;

/**
 * Says while somebody types how hard the new password is to guess. What that takes is many times as
 * large as everything else here, so it is fetched when the field is first used; nothing typed leaves
 * the browser.
 */
export function setUpPasswordMeter(meter: HTMLElement): void {
  const input = meter.closest(".field")?.querySelector("input");
  const words = meter.querySelector("[role=status]");
  const form = input?.form;
  if (!input || !words || !form) return;
  // Where browsers do not know this, the styles show no meter.
  if (!matchMedia("(scripting: enabled)").matches) return;
  const before = [...words.childNodes];
  let strength: Promise<StrengthModule> | null = null;
  const load = () => {
    strength ??= import(meter.dataset.passwordMeter ?? "").catch((error) => {
      strength = null;
      throw error;
    });
    return strength;
  };

  const show = async () => {
    // Without it, and when it cannot be fetched, the hint above the field has to do.
    const { strengthOf } = await load();
    if (input.value === "") {
      delete meter.dataset.step;
      return words.replaceChildren(...before);
    }
    const typed = (name: string) =>
      form.querySelector<HTMLInputElement>(`input[name=${name}]`)?.value.trim();
    const owner = { username: typed("username"), email: typed("email") };
    const { step, word, advice } = strengthOf(input.value, owner);
    meter.dataset.step = String(step);
    // Said again only when there is something else to say.
    if (words.textContent === `${word}. ${advice}`) return;
    const strong = document.createElement("strong");
    strong.textContent = `${word}.`;
    words.replaceChildren(strong, ` ${advice}`);
  };

  let pause = 0;
  const showSoon = () => {
    clearTimeout(pause);
    pause = window.setTimeout(() => show().catch(() => {}), pauseMilliseconds);
  };
  input.addEventListener("focus", () => load().catch(() => {}), { once: true });
  form.addEventListener("input", ({ target }) => {
    const isName = target instanceof HTMLInputElement && /^(username|email)$/.test(target.name);
    if (target === input || (isName && input.value !== "")) showSoon();
  });
  // autofocus comes before this file.
  if (document.activeElement === input) load().catch(() => {});
}
