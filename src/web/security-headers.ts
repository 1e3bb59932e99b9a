import type { RequestHandler } from "express";
import helmet from "helmet";

// Protects against injected scripts and styles, framing, sniffing and leaks to other sites,
// on every answer: pages, redirects and errors alike.

/**
 * Pages that another window hands a picture to must keep their opener, and so must every page and
 * redirect on the way there, with a second step, a passkey or a provider.
 */
const openedByBookmarklet = /^\/(images\/new|(login|register)(\/[a-z/-]+)?)\/?$/;

export function securityHeaders({ https }: { https: boolean }): RequestHandler {
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        imgSrc: ["'self'", "blob:"],
        manifestSrc: ["'self'"],
        objectSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        // People run Magpie on plain-HTTP home networks; there this would break every link.
        ...(https ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    crossOriginOpenerPolicy: false,
    // The form's own POST must carry its origin, other sites learn nothing.
    referrerPolicy: { policy: "same-origin" },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    xPoweredBy: true,
  });
  return (req, res, next) => {
    if (!openedByBookmarklet.test(req.path)) res.set("Cross-Origin-Opener-Policy", "same-origin");
    headers(req, res, next);
  };
}

/**
 * Stands before pages whose address holds a token: no request of theirs tells it. Not `no-referrer`,
 * under which browsers send a form's POST with `Origin: null`, and over plain HTTP nothing else
 * (https://fetch.spec.whatwg.org/#append-a-request-origin-header).
 */
export const hideAddress: RequestHandler = (_req, res, next) => {
  res.set({ "Referrer-Policy": "strict-origin", "Cache-Control": "no-store" });
  next();
};
