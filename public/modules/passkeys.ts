import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
} from "@simplewebauthn/browser";
import { signalRemovedPasskey } from "./passkey-signals.ts";

/**
 * Parts of pages that ask the browser for a passkey and send its answer with their form. They stay
 * hidden in browsers that know none, and on a network without https, where none does.
 */
for (const part of document.querySelectorAll<HTMLElement>("[data-passkey]")) {
  if (browserSupportsWebAuthn()) setUpPasskey(part);
  else part.remove();
}
if (browserSupportsWebAuthn()) void signalRemovedPasskey();

type Options = Parameters<typeof startAuthentication>[0]["optionsJSON"] &
  Parameters<typeof startRegistration>[0]["optionsJSON"];

function setUpPasskey(part: HTMLElement): void {
  const button = part.querySelector("button");
  const form = button?.form;
  const answer = part.querySelector<HTMLInputElement>("input[name=credential]");
  const { passkey: kind, passkeyOptions: path = "", passkeyOrigin: origin } = part.dataset;
  part.hidden = false;
  if (!button || !form || !answer) return;
  let isAsking = false;
  let isSent = false;

  const ask = async (useBrowserAutofill: boolean) => {
    const optionsJSON = await fetchOptions(path, form);
    const credential =
      kind === "add"
        ? await startRegistration({ optionsJSON })
        : await startAuthentication({ optionsJSON, useBrowserAutofill });
    answer.value = JSON.stringify(credential);
    form.requestSubmit(button);
  };

  const askNow = async () => {
    if (isAsking) return;
    clear(part);
    if (location.origin !== origin) return say(part, `Passkeys work at ${origin} only. Open that.`);
    isAsking = true;
    const problem = await ask(false).then(() => null, sentenceOf);
    isAsking = false;
    if (problem === null) return;
    say(part, problem);
    // The prompt ended what the browser was offering.
    if (kind === "autofill") void offer();
  };

  /** Has the browser offer passkeys where the name is typed; whoever chooses none notices nothing. */
  const offer = async () => {
    if (isAsking || location.origin !== origin) return;
    if (await browserSupportsWebAuthnAutofill()) await ask(true).catch(() => {});
  };

  form.addEventListener("submit", (event) => {
    if (event.submitter !== button) return;
    if (answer.value && !isSent) {
      isSent = true;
      return;
    }
    event.preventDefault();
    // Sent twice it is refused, and that page would take the place of the first one's answer.
    if (!isSent) void askNow();
  });
  // Going back, browsers show the form as it was sent, and nobody takes an answer twice.
  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    answer.value = "";
    isSent = false;
  });
  if (kind !== "autofill") return;
  void offer();
  // What it asks with is good for five minutes.
  setInterval(() => void offer(), 4 * 60_000);
}

class Refused extends Error {}

async function fetchOptions(path: string, form: HTMLFormElement): Promise<Options> {
  const token = form.querySelector<HTMLInputElement>("input[name=_csrf]")?.value ?? "";
  const response = await fetch(path, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRF-Token": token },
  });
  const body = await response.json();
  if (response.ok) return body;
  // A page that stood open for long: first they say again who they are, or sign in.
  if (body.code === "confirmation_required") {
    location.assign(`/confirm?next=${encodeURIComponent(location.pathname)}`);
  } else if (/_required$/.test(body.code)) location.reload();
  throw new Refused(body.message);
}

function sentenceOf(error: unknown): string {
  if (error instanceof Refused) return error.message;
  const name = error instanceof Error ? error.name : "";
  if (name === "InvalidStateError") return "This device holds a passkey for your account already.";
  if (["NotAllowedError", "AbortError", "ConstraintError"].includes(name)) {
    return "No passkey came. Try once more, on a device that asks for a PIN, a finger or a face.";
  }
  return "That did not work. Try again, or use another way.";
}

function say(part: HTMLElement, sentence: string): void {
  const problem = document.createElement("p");
  problem.className = "field-error";
  problem.role = "alert";
  problem.textContent = sentence;
  part.after(problem);
}

function clear(part: HTMLElement): void {
  const next = part.nextElementSibling;
  if (next?.classList.contains("field-error")) next.remove();
}
