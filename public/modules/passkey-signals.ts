/**
 * Tells the browser which passkeys this site takes, so that neither it nor a password manager goes on
 * offering one that was removed. The page carries what the browser is told.
 */
export async function signalPasskeys(): Promise<void> {
  const part = document.querySelector<HTMLElement>(
    "[data-accepted-passkeys], [data-removed-passkey]",
  );
  const { acceptedPasskeys: accepted, removedPasskey: removed } = part?.dataset ?? {};
  try {
    // Not every browser knows these.
    if (accepted) await PublicKeyCredential.signalAllAcceptedCredentials?.(JSON.parse(accepted));
    if (removed) await PublicKeyCredential.signalUnknownCredential?.(JSON.parse(removed));
  } catch {
    // A courtesy: a removed passkey that is offered all the same is refused in words.
  }
}
