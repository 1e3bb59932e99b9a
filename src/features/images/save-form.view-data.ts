import type { Fetched } from "#features/images/fetch-picture.ts";
import type { ImageDraft } from "#features/images/images.schemas.ts";
import { imageHref } from "#features/images/images.view-data.ts";
import { mediaUrl, thumbnailKey } from "#features/images/storage-keys.ts";
import { monthOf } from "#lib/dates.ts";
import { fileSize } from "#lib/text.ts";

/** The address of a preview carries a mark of this session: no other page can make us fetch. */
export type PreviewHref = (request: { url: string; page: string }) => string;

export interface Alike {
  title: string;
  slug: string;
  id: number;
  sha256: string;
  createdAt: Date;
}

const most = 12;

/** What is known about the address or file in the form. */
export function previewOf(
  fetched: Fetched,
  {
    draft,
    alike,
    now,
    previewHref,
  }: {
    draft: ImageDraft;
    alike: Alike[];
    now: Date;
    previewHref: PreviewHref;
  },
) {
  if (fetched.kind === "page")
    return { kind: "page" as const, ...choicesOf(fetched, draft, previewHref) };
  const { image, id, sourceUrl } = fetched.picture;
  return {
    kind: "picture" as const,
    src:
      sourceUrl === null
        ? `/images/preview?upload=${id}`
        : previewHref({ url: draft.url, page: draft.page }),
    upload: sourceUrl === null ? id : "",
    width: image.width,
    height: image.height,
    words: `${image.width} × ${image.height}, ${image.format.toUpperCase()}, ${fileSize(image.bytes)}${image.frames > 1 ? ", moving" : ""}`,
    alike: alike.map((own) => ({
      id: own.id,
      title: own.title,
      href: imageHref(own),
      thumbnail: mediaUrl(thumbnailKey(own.sha256, 320)),
      saved: monthOf(own.createdAt, now),
      isSame: own.sha256 === image.sha256,
    })),
  };
}

function choicesOf(
  fetched: Extract<Fetched, { kind: "page" }>,
  draft: ImageDraft,
  previewHref: PreviewHref,
) {
  const page = draft.page || fetched.url;
  return {
    choices: fetched.page.images.slice(0, most).map((image) => {
      const title = (draft.title || image.alt || fetched.page.title || "").slice(0, 200);
      // What was typed goes along; an address holds only so much of it.
      const description = draft.description.slice(0, 1000);
      return {
        href: `/images/new?${new URLSearchParams({ url: image.url, title, description, page })}`,
        src: previewHref({ url: image.url, page }),
        name: image.alt || new URL(image.url).pathname.split("/").at(-1) || image.url,
      };
    }),
  };
}
