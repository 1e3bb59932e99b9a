import type { ConnectionRow } from "#features/openid/openid.queries.ts";
import { isAt } from "#features/openid/ways-in.ts";
import { longDate, timeAgo } from "#lib/dates.ts";

/**
 * @param provider this site's own; a connection to one it had before says which that was
 * @param hasOther whether they have a way in besides
 */
export function connectionsOf(
  rows: ConnectionRow[],
  {
    provider,
    hasOther,
    now,
  }: { provider: { name: string; issuer: string }; hasOther: boolean; now: Date },
) {
  const isConnected = rows.some((row) => isAt(provider, row));
  return {
    connections: rows.map((row) => {
      const { issuer, label, createdAt, lastUsedAt } = row;
      const signsIn = isAt(provider, row);
      return {
        issuer,
        label,
        signsIn,
        name: signsIn ? provider.name : new URL(issuer).host,
        canEnd: hasOther || (isConnected && !signsIn),
        since: longDate(createdAt),
        used: lastUsedAt ? timeAgo(lastUsedAt, now) : null,
      };
    }),
    canConnect: !isConnected,
  };
}
