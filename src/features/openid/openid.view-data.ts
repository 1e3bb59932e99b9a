import type { ConnectionRow } from "#features/openid/openid.queries.ts";
import { longDate, timeAgo } from "#lib/dates.ts";

/** @param provider this site's own; a connection to one it had before says which that was */
export const connectionsOf = (
  rows: ConnectionRow[],
  { provider, now }: { provider: { name: string; issuer: string }; now: Date },
) => ({
  connections: rows.map(({ issuer, label, createdAt, lastUsedAt }) => ({
    issuer,
    label,
    name: isSameIssuer(issuer, provider.issuer) ? provider.name : new URL(issuer).host,
    since: longDate(createdAt),
    used: lastUsedAt ? timeAgo(lastUsedAt, now) : null,
  })),
  canConnect: !rows.some(({ issuer }) => isSameIssuer(issuer, provider.issuer)),
});

/** As the provider writes itself, and as the operator wrote it: with or without a last slash. */
const isSameIssuer = (one: string, other: string): boolean =>
  new URL(one).href === new URL(other).href;
