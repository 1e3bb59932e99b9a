/** Sentences that are safe to show; what the decoder said is in `cause`, for the log. */
const FAILURES = {
  not_an_image:
    "This is not a picture that Magpie can read. It takes JPEG, PNG, WebP, GIF and AVIF.",
  too_many_bytes: "This file is too large.",
  too_many_pixels: "This picture has too many pixels. Make it smaller, then try again.",
  too_many_frames: "This animation has too many frames.",
  heic: "This is a HEIC photo, which Magpie cannot read. Save it as JPEG, then try again.",
  damaged: "This picture is damaged or incomplete.",
  too_slow: "This picture takes too long to read. Make it smaller, then try again.",
  busy: "Magpie is busy with other pictures. Try again in a minute.",
} as const;

export type ImageFailure = keyof typeof FAILURES;

export class ImageError extends Error {
  readonly failure: ImageFailure;

  constructor(failure: ImageFailure, options?: ErrorOptions) {
    super(FAILURES[failure], options);
    this.name = "ImageError";
    this.failure = failure;
  }
}

/** Translates what sharp throws; an unknown complaint of a decoder means that the bytes are at fault. */
export function throwImageError(cause: unknown): never {
  const message = String(cause);
  if (message.includes("unsupported image format")) throw new ImageError("not_an_image", { cause });
  if (message.includes("exceeds pixel limit")) throw new ImageError("too_many_pixels", { cause });
  if (message.includes("timeout")) throw new ImageError("too_slow", { cause });
  throw new ImageError("damaged", { cause });
}
