/**
 * Tells the browser of a passkey that was removed, so that neither it nor a password manager goes on
 * offering it. The page carries what the browser is told.
 */
export async function signalRemovedPasskey(): Promise<void> {
  const part = document.querySelector<HTMLElement>("[data-removed-passkey]");
  const { removedPasskey } = part?.dataset ?? {};
  if (!removedPasskey) return;
  try {
    // Not every browser knows this.
    await PublicKeyCredential.signalUnknownCredential?.(JSON.parse(removedPasskey));
  } catch {
    // A courtesy: a removed passkey that is offered all the same is refused in words.
  }
}
