import { type Request, Router } from "express";
import { confirmPassword, getIdentity } from "#features/account/confirm-password.ts";
import { readPhoto } from "#features/account/keep-photo.ts";
import { getOwnProfile, type OwnProfile } from "#features/account/settings.queries.ts";
import {
  isSameAddress,
  type ProfileInput,
  profileSchema,
} from "#features/account/settings.schemas.ts";
import { profileFormOf } from "#features/account/settings.view-data.ts";
import { type UpdateProfileDeps, updateProfile } from "#features/account/update-profile.ts";
import { Invalid } from "#lib/errors.ts";
import { binarySize } from "#lib/text.ts";
import type { SquaredImage } from "#platform/image-processor.ts";
import type { RateLimits } from "#platform/rate-limits.ts";
import type { Sql } from "#platform/sql.ts";
import { requireCsrf } from "#web/csrf.ts";
import { addFlash } from "#web/flash.ts";
import { fieldErrors } from "#web/form-errors.ts";
import { requireSignIn, viewerOf } from "#web/guards.ts";
import { parseInput } from "#web/input.ts";
import { receivedFile, receiveFile } from "#web/uploads.ts";

export interface ProfileSettingsDeps extends UpdateProfileDeps {
  sql: Sql;
  limits: RateLimits;
  maxImageBytes: number;
}

const chooseAgain = "Nothing is saved yet: choose the photo once more.";
const formFields = ["firstName", "lastName", "email", "dateOfBirth", "bio"] as const;

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
      let limitField = "currentPassword";
      try {
        const input = await checkedInput(deps, req, profile);
        limitField = "photo";
        const { isAddressAsked } = await saveProfile(deps, req, input);
        addFlash(
          req,
          isAddressAsked
            ? `Your changes are saved. Follow the link that was sent to ${input.email}; until then your address stays ${profile.email}.`
            : "Your changes are saved.",
        );
        res.redirect(303, "/settings/profile");
      } catch (error) {
        const errors = fieldErrors(error, { req, res, limitField });
        const identity = await getIdentity(deps, viewerOf(req));
        res.render("account/settings-profile", {
          ...profileFormOf(profile, identity, typedIn(req)),
          // No browser lets a page put a chosen file back into its form.
          errors: receivedFile(req) ? { photo: chooseAgain, ...errors } : errors,
        });
      }
    });

  return router;
}

/** A program that sends some of the fields leaves the others as they are. */
async function checkedInput(
  deps: ProfileSettingsDeps,
  req: Request,
  profile: OwnProfile,
): Promise<ProfileInput> {
  const input = parseInput(profileSchema(deps.clock(), profile), { ...profile, ...req.body });
  if (!isSameAddress(input.email, profile.email)) {
    await confirmPassword(deps, {
      actor: viewerOf(req),
      password: input.currentPassword,
      address: req.ip ?? "",
      field: "currentPassword",
    });
  }
  return input;
}

async function saveProfile(deps: ProfileSettingsDeps, req: Request, checked: ProfileInput) {
  const { currentPassword: _, removePhoto, ...input } = checked;
  const sent = await sentPhoto(deps, req);
  const photo = sent ?? (removePhoto ? null : undefined);
  return updateProfile(deps, { actor: viewerOf(req), input, photo });
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
  const body = (req.body ?? {}) as Record<string, string>;
  const entries = formFields.map((name) => [name, body[name]] as const);
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [(typeof formFields)[number], string] => entry[1] !== undefined,
    ),
  );
}
