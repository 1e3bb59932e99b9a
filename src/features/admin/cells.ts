import type { Cell } from "#features/admin/model-admin.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { mediaUrl, thumbnailKey } from "#features/images/storage-keys.ts";
import { avatarOf, type Named } from "#features/users/users.view-data.ts";

// Cells of the kinds that several lists have.

export const textCell = (text: string): Cell => ({ kind: "text", text });
export const numberCell = (number: number | bigint): Cell => ({ kind: "number", number });
export const yesCell = (yes: boolean): Cell => ({ kind: "yes", yes });
export const timeCell = (time: Date | null): Cell => ({ kind: "time", time });

export const personCell = ({ id, username }: { id: number; username: string }): Cell => ({
  kind: "link",
  text: username,
  href: `/admin/users/${id}`,
  to: "users",
});

export const imageCell = ({ id, title }: { id: number; title: string }): Cell => ({
  kind: "link",
  text: title,
  href: `/admin/images/${id}`,
  to: "images",
});

/** A picture's thumbnail, in lists of pictures and of what belongs to them. */
export const thumbnailCell = ({ sha256 }: { sha256: string }): Cell => ({
  kind: "picture",
  src: mediaUrl(thumbnailKey(sha256, 320)),
  alt: "",
  of: "images",
});

/** Their photo, or nothing where they have none. */
export function photoCell(person: Named & { photo: string | null }): Cell {
  const { photo } = avatarOf(person);
  return photo ? { kind: "picture", src: photo.src, alt: "", of: "profiles" } : textCell("");
}

/** What of a cell is for this administrator: rows name what they belong to, the rest is for its viewers. */
export function cellFor(actor: AdminActor, cell: Cell): Cell {
  if (cell.kind === "link" && !actor.may(cell.to, "view")) return textCell(cell.text);
  if (cell.kind === "picture" && cell.of && !actor.may(cell.of, "view")) return textCell("");
  return cell;
}
