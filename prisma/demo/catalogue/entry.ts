import type { Drawing } from "../pictures/sheet.ts";

export type PictureFormat = "jpeg" | "png" | "webp" | "avif" | "gif";

/** What the lists beside this file say of a picture; collection.ts works out the rest. */
export interface Entry {
  key: string;
  draw: Drawing;
  size: readonly [width: number, height: number];
  /** JPEG where nothing is said. */
  format?: PictureFormat;
  /** More than one makes a moving picture. */
  frames?: number;
  savedBy: string;
  site: string;
  title: string;
  description?: string;
}

export function extension(format: PictureFormat): string {
  return format === "jpeg" ? "jpg" : format;
}
