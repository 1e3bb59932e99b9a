import type { Request } from "express";
import { type ConfirmPasswordDeps, confirmPassword } from "#features/account/confirm-password.ts";
import { viewerOf } from "#web/guards.ts";

/** Confirms the password that a form of the viewer's has in this field. @throws as confirmPassword does */
export const askPassword = (
  deps: ConfirmPasswordDeps,
  req: Request,
  field: string,
): Promise<void> =>
  confirmPassword(deps, {
    actor: viewerOf(req),
    // One more than any has, so that a longer one is none that was cut off.
    password: String(req.body[field] ?? "").slice(0, 1001),
    address: req.ip ?? "",
    field,
  });
