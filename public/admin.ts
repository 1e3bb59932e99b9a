import { setUpListFilters, setUpListRows } from "./modules/admin-list.ts";
import { setUpPickers } from "./modules/admin-picker.ts";
import { setUpSendOnce } from "./modules/send-once.ts";

// The administrators' pages work without this file; it only saves reloads and clicks.
const filters = document.querySelector<HTMLFormElement>("[data-list-filters]");
if (filters) setUpListFilters(filters);
const rows = document.querySelector<HTMLFormElement>("[data-list-rows]");
if (rows) setUpListRows(rows);
setUpPickers();
const slow = document.querySelector<HTMLFormElement>("[data-send-once]");
if (slow) setUpSendOnce(slow);
