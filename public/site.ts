import "htmx.org";
import { setUpMenus } from "./modules/menu.ts";
import { setUpSaveForm } from "./modules/save-form.ts";
import { setUpSignInAgain } from "./modules/sign-in-again.ts";

// Every page works without this file; it only saves reloads and clicks.
setUpMenus();
setUpSignInAgain();
const saveForm = document.querySelector<HTMLFormElement>("[data-save-form]");
if (saveForm) setUpSaveForm(saveForm);
