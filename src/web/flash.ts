import type { Request } from "express";
import type { FlashMessage } from "#web/types.ts";

/** Keeps a message for the next page this visitor sees. */
export function addFlash(req: Request, text: string, kind: FlashMessage["kind"] = "success"): void {
  req.session.flash = [...(req.session.flash ?? []), { kind, text }];
}

/** The waiting messages, once. */
export function takeFlash(req: Request): FlashMessage[] {
  const messages = req.session?.flash ?? [];
  if (messages.length > 0) delete req.session.flash;
  return messages;
}
