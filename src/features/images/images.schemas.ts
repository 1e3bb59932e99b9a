import { z } from "zod";

const title = z
  .string("Give the picture a title.")
  .trim()
  .min(1, "Give the picture a title.")
  .max(200, "Use at most 200 characters.");
const description = z.string().trim().max(5000, "Use at most 5,000 characters.").default("");

export const isWebAddress = (text: string): boolean => {
  const url = URL.parse(text);
  return (url?.protocol === "http:" || url?.protocol === "https:") && text.length <= 2048;
};

const webAddress = z
  .string()
  .trim()
  .refine(
    isWebAddress,
    "Enter an address that begins with https:// or http://, of at most 2,048 characters.",
  )
  .or(z.literal(""))
  .default("")
  // As browsers write it: what is kept becomes an href.
  .transform((text) => (text === "" ? null : new URL(text).href))
  .refine((text) => text === null || text.length <= 2048, "Use at most 2,048 characters.");

export const SaveImageSchema = z.object({
  url: webAddress,
  /** A file received before, kept for ten minutes so that it is not sent twice. */
  upload: z.string().default(""),
  title,
  description,
  page: webAddress,
});

export const EditImageSchema = z.object({ title, description });

/** An administrator may also put right where it comes from. */
export const CorrectImageSchema = EditImageSchema.extend({
  pageUrl: webAddress,
  sourceUrl: webAddress,
});

/** What the form is opened with: shown as it came, checked when it is sent. */
export interface ImageDraft {
  url: string;
  title: string;
  description: string;
  page: string;
  upload: string;
}

export function draftOf(values: Record<string, unknown> | undefined): ImageDraft {
  const text = (name: string) => {
    const value = values?.[name];
    return typeof value === "string" ? value : "";
  };
  return {
    url: text("url"),
    title: text("title"),
    description: text("description"),
    page: text("page"),
    upload: text("upload"),
  };
}
