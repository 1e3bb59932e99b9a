import { removePerson } from "#features/account/remove-person.ts";
import { refuseOwnAccount, requireManaged } from "#features/admin/manage-person.ts";
import type { Key, Removal } from "#features/admin/model-admin.ts";
import { counted } from "#lib/text.ts";

const idOf = (key: Key) => (key as { id: number }).id;

export const usersRemoval: Removal = {
  isForgotten: true,
  summary: async ({ database }, keys) => {
    const ids = keys.map((key) => idOf(key));
    const [counts] = await database.$queryRaw<Record<string, number>[]>`
      select
        (select count(*) from images where owner_id = any(${ids}::int[]))::int as pictures,
        (select count(*) from likes where user_id = any(${ids}::int[]))::int as given,
        (select count(*) from likes l join images i on i.id = l.image_id
          where i.owner_id = any(${ids}::int[]))::int as received,
        (select count(*) from contacts where to_id = any(${ids}::int[]))::int as followers,
        (select count(*) from contacts where from_id = any(${ids}::int[]))::int as following,
        (select count(*) from actions where user_id = any(${ids}::int[]))::int as actions,
        (select count(*) from profiles
          where user_id = any(${ids}::int[]) and photo is not null)::int as photos,
        (select count(*) from sessions where user_id = any(${ids}::int[]))::int as sessions`;
    const named: [count: number | undefined, one: string, many: string][] = [
      [counts?.["pictures"], "picture, with its files", "pictures, with their files"],
      [counts?.["given"], "like they gave", "likes they gave"],
      [counts?.["received"], "like of their pictures", "likes of their pictures"],
      [counts?.["followers"], "follower", "followers"],
      [counts?.["following"], "person they follow", "people they follow"],
      [counts?.["actions"], "action in feeds", "actions in feeds"],
      [counts?.["photos"], "photo", "photos"],
      [counts?.["sessions"], "session", "sessions"],
    ];
    return named.flatMap(([count = 0, one, many]) => (count ? [counted(count, one, many)] : []));
  },
  instead: (actor, key) =>
    actor.id === idOf(key)
      ? {
          text: "This is your own account.",
          href: "/settings/delete",
          label: "Delete it in your settings",
        }
      : null,
  run: async (deps, { actor, key, alongside }) => {
    const id = idOf(key);
    refuseOwnAccount(actor, id, "Delete it in your settings.");
    // Before anything else is said about them, and once more when nothing changes that any more.
    await requireManaged(deps.database, actor, id);
    await removePerson(deps, {
      person: { id },
      actor,
      alongside: async (tx) => {
        await requireManaged(tx, actor, id);
        await alongside(tx);
      },
    });
  },
};
