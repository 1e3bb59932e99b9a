import { type Request, type Response, Router } from "express";
import { askPassword } from "#features/account/ask-password.routes.ts";
import { limitEmailChanges } from "#features/account/change-email.ts";
import { getIdentity } from "#features/account/confirm-password.ts";
import { discardPhoto, readPhoto } from "#features/account/keep-photo.ts";
import { getOwnProfile, type OwnProfile } from "#features/account/settings.queries.ts";
import { isSameAddress, profileSchema } from "#features/account/settings.schemas.ts";
import { profileFormOf } from "#features/account/settings.view-data.ts";
import { type UpdateProfileDeps, updateProfile } from "#features/account/update-profile.ts";
import { Invalid } from "#lib/errors.ts";
import { binarySize } from "#lib/text.ts";
import type { SquaredImage } from "#platform/image-processor.ts";
import type { RateLimits } from "#platform/rate-limits.ts";
import type { Sql } from "#platform/sql.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { collectErrors } from "#web/form-errors.ts";
import { requireSignIn, viewerOf } from "#web/guards.ts";
import { parseInput } from "#web/input.ts";
import { receivedFile, receiveFile } from "#web/uploads.ts";

export interface ProfileSettingsDeps extends UpdateProfileDeps {
  sql: Sql;
  limits: RateLimits;
  maxImageBytes: number;
}

const chooseAgain = "Nothing is saved yet: choose the photo once more.";
const formFields = ["firstName", "lastName", "email", "shownEmail", "dateOfBirth", "bio"] as const;

export function profileSettings(deps: ProfileSettingsDeps): Router {
  const router = Router();
  const receive = receiveFile("photo", {
    folder: deps.temporaryFolder,
    maxBytes: deps.maxImageBytes,
  });

  router
    .route("/settings/profile")
    .get(requireSignIn, async (req, res) => {
      const profile = await getOwnProfile(deps, viewerOf(req));
      const identity = await getIdentity(deps, viewerOf(req));
      res.render("account/settings-profile", { ...profileFormOf(profile, identity), errors: {} });
    })
    .post(requireSignIn, ...receive, requireCsrf, async (req, res) => {
      const profile = await getOwnProfile(deps, viewerOf(req));
      const { errors, isAddressAsked } = await saveProfile(deps, req, res, profile);
      if (Object.keys(errors).length > 0) {
        const identity = await getIdentity(deps, viewerOf(req));
        return res.render("account/settings-profile", {
          ...profileFormOf(profile, identity, typedIn(req)),
          // No browser lets a page put a chosen file back into its form.
          errors: receivedFile(req) ? { photo: chooseAgain, ...errors } : errors,
        });
      }
      addFlash(
        req,
        isAddressAsked
          ? `Your changes are saved. Follow the link that was sent to ${req.body.email.trim()}; until then your address stays ${profile.email}.`
          : "Your changes are saved.",
      );
      res.redirect(303, "/settings/profile");
    });

  return router;
}

/** Saves all or nothing; answers everything that is wrong, with the status of the answer set. */
async function saveProfile(
  deps: ProfileSettingsDeps,
  req: Request,
  res: Response,
  profile: OwnProfile,
): Promise<{ errors: Record<string, string>; isAddressAsked: boolean }> {
  const actor = viewerOf(req);
  const { errors, attempt, isAllRight } = collectErrors(req, res);

  // A program that sends some of the fields leaves the others as they are.
  const typed = { ...profile, ...req.body };
  const input = await attempt("email", () =>
    parseInput(profileSchema(deps.clock(), profile), typed),
  );
  // What the form showed, and nobody changed, is no wish: the address may have changed meanwhile.
  const isOtherAddress = ![profile.email, String(typed.shownEmail ?? "")].some((known) =>
    isSameAddress(String(typed.email).trim(), known),
  );
  if (isOtherAddress && !errors["email"]) {
    await attempt("currentPassword", () => askPassword(deps, req, "currentPassword"));
  }
  if (isOtherAddress && isAllRight()) {
    await attempt("email", () => limitEmailChanges(deps, { actor, address: req.ip ?? "" }));
  }
  const sent = await attempt("photo", () => sentPhoto(deps, req));
  try {
    if (!input || !isAllRight()) return { errors, isAddressAsked: false };
    const { currentPassword: _, removePhoto, ...fields } = input;
    const email = isOtherAddress ? fields.email : null;
    const photo = sent ?? (removePhoto ? null : undefined);
    return {
      errors,
      ...(await updateProfile(deps, { actor, input: { ...fields, email }, photo })),
    };
  } finally {
    if (sent) await discardPhoto(sent);
  }
}

async function sentPhoto(deps: ProfileSettingsDeps, req: Request): Promise<SquaredImage | null> {
  const file = receivedFile(req);
  if (!file) return null;
  if (file.tooLarge) {
    const photo = `This file is too large: at most ${binarySize(deps.maxImageBytes)}.`;
    throw new Invalid({ photo }, "too_large");
  }
  // What browsers send of a file field that was left empty has no name, and never gets here.
  if (file.bytes === 0) {
    throw new Invalid({ photo: "This file is empty. Choose another." }, "empty");
  }
  return readPhoto(deps, { actor: viewerOf(req), path: file.path });
}

function typedIn(req: Request): Record<string, string> {
  const body = req.body as Record<string, string>;
  const entries = formFields.map((name) => [name, body[name]] as const);
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [(typeof formFields)[number], string] => entry[1] !== undefined,
    ),
  );
}
