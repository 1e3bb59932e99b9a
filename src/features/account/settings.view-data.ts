import type { Identity } from "#features/account/confirm-password.ts";
import type { OwnProfile, SessionRow } from "#features/account/settings.queries.ts";
import { avatarOf } from "#features/users/users.view-data.ts";
import { longDate, timeAgo } from "#lib/dates.ts";
import { deviceName } from "#lib/device-name.ts";

/** The form's fields as they are kept, or as they were typed. */
export const profileFormOf = (
  profile: OwnProfile,
  identity: Identity,
  typed: Record<string, string> = {},
) => ({
  person: avatarOf(profile),
  email: profile.email,
  waitingEmail: profile.waitingEmail,
  isEmailConfirmed: profile.isEmailConfirmed,
  identity,
  values: { ...profile, shownEmail: profile.email, ...typed },
});

/** @param viewer whose own session is marked */
export const sessionsOf = (
  rows: SessionRow[],
  { viewer, now }: { viewer: { sessionId: string }; now: Date },
) =>
  rows.map(({ id, userAgent, createdAt, lastSeenAt }) => ({
    id,
    device: deviceName(userAgent),
    isThis: id === viewer.sessionId,
    seen: timeAgo(lastSeenAt, now),
    since: longDate(createdAt),
  }));
