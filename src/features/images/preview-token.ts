import { createHmac, timingSafeEqual } from "node:crypto";

/** Ties a preview's address to one session's form token, so that only our own form can have made it. */
export const previewToken = (formToken: string, url: string): string =>
  createHmac("sha256", formToken).update(`preview ${url}`).digest("base64url");

export function isPreviewToken(token: string | undefined, formToken: string, url: string): boolean {
  const given = Buffer.from(token ?? "");
  const right = Buffer.from(previewToken(formToken, url));
  return given.length === right.length && timingSafeEqual(given, right);
}
