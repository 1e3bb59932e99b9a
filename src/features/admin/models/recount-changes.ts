import type { FieldChange } from "#features/admin/record-change.ts";
import type { Difference } from "#platform/recount.ts";

const names: Readonly<Record<string, string>> = {
  ...{ images: "Pictures", followers: "Followers", following: "Following" },
  ...{ likes: "Likes", views: "Views" },
};

/** What a recount put right, as the history tells it. */
export const changesOfRecount = (differences: readonly Difference[]): FieldChange[] =>
  differences.map(({ counter, was, is }) => ({
    field: names[counter] ?? counter,
    before: String(was),
    after: String(is),
  }));
