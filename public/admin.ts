import { setUpListFilters, setUpListRows } from "./modules/admin-list.ts";
import { setUpPickers } from "./modules/admin-picker.ts";

// The administrators' pages work without this file; it only saves reloads and clicks.
const filters = document.querySelector<HTMLFormElement>("[data-list-filters]");
if (filters) setUpListFilters(filters);
const rows = document.querySelector<HTMLFormElement>("[data-list-rows]");
if (rows) setUpListRows(rows);
setUpPickers();
// On a narrow screen the ways on stand in one line, longer than the screen. Scrolled into view by the
// browser, the link would also be where the Tab key starts from.
const nav = document.querySelector<HTMLElement>(".admin-nav");
const here = nav?.querySelector<HTMLElement>("[aria-current]");
if (nav && here) {
  nav.scrollLeft = here.offsetLeft - nav.offsetLeft - (nav.clientWidth - here.offsetWidth) / 2;
}
