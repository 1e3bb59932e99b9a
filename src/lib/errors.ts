/** What abilities throw. `message` is a sentence that is safe to show; `cause` is for the log only. */
export class DomainError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

export class NotFound extends DomainError {
  constructor(message = "There is nothing at this address.", options?: ErrorOptions) {
    super("not_found", message, options);
  }
}

export class Forbidden extends DomainError {
  constructor(code = "forbidden", message = "This is not yours to change.") {
    super(code, message);
  }
}

/** A request no form or script of ours would send. */
export class BadRequest extends DomainError {
  constructor(message = "Something in this request cannot be read.", options?: ErrorOptions) {
    super("bad_request", message, options);
  }
}

/** Input that cannot be used; `fields` maps a form field to the sentence shown beside it. */
export class Invalid extends DomainError {
  readonly fields: Readonly<Record<string, string>>;

  constructor(fields: Record<string, string>, code = "invalid", options?: ErrorOptions) {
    super(code, Object.values(fields).join(" "), options);
    this.fields = fields;
  }
}

/** Someone else was quicker, or the thing is in a state that does not allow this. */
export class Conflict extends DomainError {}

/** `retryAfter` in seconds; the sentence says how long, unless it has one of its own. */
export class TooManyRequests extends DomainError {
  readonly retryAfter: number;

  constructor(
    retryAfter: number,
    message = `That was a lot at once. Try again ${waitOf(retryAfter)}.`,
  ) {
    super("too_many_requests", message);
    this.retryAfter = Math.max(1, Math.ceil(retryAfter));
  }
}

function waitOf(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return minutes <= 1 ? "in a minute" : `in ${minutes} minutes`;
}

/** Something Magpie depends on does not answer just now. */
export class Unavailable extends DomainError {
  constructor(
    message = "Magpie cannot answer just now. Try again in a minute.",
    options?: ErrorOptions,
  ) {
    super("unavailable", message, options);
  }
}
