import type { ErrorRequestHandler, Request, RequestHandler, Response, Router } from "express";
import {
  BadRequest,
  Conflict,
  DomainError,
  Forbidden,
  Invalid,
  NotFound,
  TooManyRequests,
  Unavailable,
} from "#lib/errors.ts";
import { wantsJson } from "#web/negotiation.ts";

/** What a person is told about an answer that is not a page; the only place that knows status codes. */
interface Problem {
  status: number;
  code: string;
  title: string;
  message: string;
}

const titles: Record<number, string> = {
  400: "That did not work",
  403: "Not allowed",
  404: "Nothing here",
  405: "Not that way",
  409: "Someone was quicker",
  413: "Too large",
  415: "Not a form",
  422: "Please check this",
  429: "One moment, please",
  500: "Something went wrong",
  503: "Back in a moment",
};

/** What express and its parsers throw, in our words. */
const parserProblems: Record<number, [code: string, message: string]> = {
  400: ["bad_request", "Something in this request cannot be read."],
  404: ["not_found", "There is nothing at this address."],
  413: ["too_large", "That is more than Magpie takes at once. Send something smaller."],
  415: ["unsupported_type", "Magpie reads plain forms only."],
};

export class MethodNotAllowed extends DomainError {
  readonly allow: string[];

  constructor(allow: string[]) {
    super(
      "method_not_allowed",
      "This address does not answer to that. Go back and use the page's own buttons.",
    );
    this.allow = allow;
  }
}

export class UnsupportedType extends DomainError {
  constructor() {
    super("unsupported_type", "Magpie reads plain forms only.");
  }
}

function statusOf(error: DomainError): number {
  if (error instanceof BadRequest) return 400;
  if (error instanceof Forbidden) return 403;
  if (error instanceof NotFound) return 404;
  if (error instanceof MethodNotAllowed) return 405;
  if (error instanceof Conflict) return 409;
  if (error instanceof UnsupportedType) return 415;
  if (error instanceof Invalid) return 422;
  if (error instanceof TooManyRequests) return 429;
  if (error instanceof Unavailable) return 503;
  return 500;
}

/** @param isUnavailable tells a dependency that is away from a fault of ours. */
export function handleErrors(isUnavailable: (error: unknown) => boolean): ErrorRequestHandler {
  return (thrown: unknown, req, res, _next) => {
    if (res.headersSent) {
      // A session that could not be stored at the very end: the answer is whole, so let it arrive.
      if (res.writableEnded) return req.log?.error({ err: thrown }, "after the answer");
      req.log?.error({ err: thrown }, "the answer broke off");
      // Half of it must not look whole.
      res.destroy();
      return;
    }
    const error =
      !(thrown instanceof DomainError) && isUnavailable(thrown)
        ? new Unavailable(undefined, { cause: thrown })
        : thrown;
    const problem = problemOf(error);
    if (problem.status >= 500) req.log?.error({ err: thrown }, problem.title);
    else if (error instanceof Error && error.cause) req.log?.info({ err: error }, problem.title);

    if (error instanceof TooManyRequests) res.set("Retry-After", String(error.retryAfter));
    if (error instanceof Unavailable) res.set("Retry-After", "10");
    if (error instanceof MethodNotAllowed) res.set("Allow", error.allow.join(", "));
    res.status(problem.status);
    res.set("Cache-Control", "no-store");
    sendProblem(req, res, problem);
  };
}

function problemOf(error: unknown): Problem {
  if (error instanceof DomainError) {
    const status = statusOf(error);
    return { status, code: error.code, title: titles[status] ?? "", message: error.message };
  }
  const { status } = (error ?? {}) as { status?: unknown };
  if (typeof status === "number" && status >= 400 && status < 500) {
    const known = status in parserProblems ? status : 400;
    const [code = "", message = ""] = parserProblems[known] ?? [];
    return { status: known, code, title: titles[known] ?? "", message };
  }
  return {
    status: 500,
    code: "internal",
    title: titles[500] ?? "",
    message:
      "This is Magpie's fault, not yours. Try again; if it happens again, tell whoever runs this site.",
  };
}

function sendProblem(req: Request, res: Response, problem: Problem): void {
  const { status, code, message } = problem;
  if (wantsJson(req)) {
    res.json({ status: "error", code, message });
    return;
  }
  // A part of the site may have a page of its own for whoever got into it.
  const { problemPage = "errors/show" } = res.locals;
  res.render(problemPage, { problem }, (failure, html) => {
    if (!failure) return res.send(html);
    // The page itself failed: say it without a template.
    req.log?.error({ err: failure }, "the error page failed");
    res.type("text/plain").send(`${status} ${problem.title}\n${message}\n`);
  });
}

/** Everything no route answered: 405 where another method would have, else 404. */
export function nothingHere(...routers: Router[]): RequestHandler {
  return (req, _res, next) => {
    const allow = methodsOf(
      routers.flatMap((router) => router.stack as unknown as Layer[]),
      req.path,
    );
    next(allow.size > 0 ? new MethodNotAllowed([...allow].sort()) : new NotFound());
  };
}

interface Layer {
  match(path: string): boolean;
  route?: { methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
}

function methodsOf(layers: Layer[], path: string, found = new Set<string>()): Set<string> {
  for (const layer of layers) {
    if (layer.route && layer.match(path)) {
      for (const method of Object.keys(layer.route.methods)) {
        // Handlers of any method stand before those that answer.
        if (method !== "_all") found.add(method.toUpperCase());
      }
      if (found.has("GET")) found.add("HEAD");
    } else if (!layer.route && layer.handle.stack) {
      methodsOf(layer.handle.stack, path, found);
    }
  }
  return found;
}
