/**
 * `bad_address`: the text itself can never be fetched. `unreachable`: blocked, refused, closed, DNS
 * or TLS failure, too many redirects. `refused_by_host`: it answered, but with nothing usable.
 * `cannot_store`: our own disk. `aborted`: by the caller's signal or by `close()`.
 */
export type FetchFailure =
  | "bad_address"
  | "unreachable"
  | "refused_by_host"
  | "too_large"
  | "too_slow"
  | "busy"
  | "cannot_store"
  | "aborted";

// One sentence for blocked, refused and closed alike: nobody may learn from it what exists
// inside this server's network.
const UNREACHABLE = "Nothing could be fetched from this address.";

const SENTENCES: Record<FetchFailure, string> = {
  bad_address: UNREACHABLE,
  unreachable: UNREACHABLE,
  refused_by_host: "The site at this address did not hand out a file.",
  too_large: "The file at this address is too large.",
  too_slow: "The site at this address took too long to answer.",
  busy: "Many images are being fetched just now. Wait a moment, then try again.",
  cannot_store: "Magpie cannot store files just now. Try again in a minute.",
  aborted: "The fetch was stopped before it finished.",
};

/** `message` is a sentence that is safe to show; `cause` and `status` are for the log only. */
export class FetchError extends Error {
  readonly failure: FetchFailure;
  /** What the host answered, when it answered. */
  readonly status: number | undefined;
  /** In whole seconds, with `busy`. */
  readonly retryAfter: number | undefined;

  constructor(
    failure: FetchFailure,
    details: { cause?: unknown; status?: number; retryAfter?: number } = {},
  ) {
    super(SENTENCES[failure], { cause: details.cause });
    this.name = "FetchError";
    this.failure = failure;
    this.status = details.status;
    this.retryAfter = details.retryAfter;
  }
}
