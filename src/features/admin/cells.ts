import type { Cell } from "#features/admin/model-admin.ts";
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
});

export const imageCell = ({ id, title }: { id: number; title: string }): Cell => ({
  kind: "link",
  text: title,
  href: `/admin/images/${id}`,
});

/** Their photo, or nothing where they have none. */
export function photoCell(person: Named & { photo: string | null }): Cell {
  const { photo } = avatarOf(person);
  return photo ? { kind: "picture", src: photo.src, alt: "" } : textCell("");
}
