import "htmx.org";
import { setUpBookmarkletLink } from "./modules/bookmarklet-link.ts";
import { setUpCopyCodes } from "./modules/copy-codes.ts";
import { setUpFieldErrors } from "./modules/field-errors.ts";
import { setUpMenus } from "./modules/menu.ts";
import { setUpPasswordMeter } from "./modules/password-meter.ts";
import { setUpPhotoPreview } from "./modules/photo-preview.ts";
import { setUpSaveForm } from "./modules/save-form.ts";
import { setUpSignInAgain } from "./modules/sign-in-again.ts";

// Every page works without this file; it only saves reloads and clicks.
setUpMenus();
setUpSignInAgain();
setUpFieldErrors();
const saveForm = document.querySelector<HTMLFormElement>("[data-save-form]");
if (saveForm) setUpSaveForm(saveForm);
const bookmarklet = document.querySelector<HTMLAnchorElement>("[data-bookmarklet]");
if (bookmarklet) setUpBookmarkletLink(bookmarklet);
const photo = document.querySelector<HTMLElement>("[data-photo]");
if (photo) setUpPhotoPreview(photo);
const copyCodes = document.querySelector<HTMLElement>("[data-copy-codes]");
if (copyCodes) setUpCopyCodes(copyCodes);
const meter = document.querySelector<HTMLElement>("[data-password-meter]");
if (meter) setUpPasswordMeter(meter);
