import { cellFor } from "#features/admin/cells.ts";
import type { Cell, Column, RegisteredModel } from "#features/admin/model-admin.ts";
import { keyOf, keyText } from "#features/admin/object-keys.ts";
import type { ObjectRow } from "#features/admin/object-rows.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { fileSize } from "#lib/text.ts";

/** The rows of a page: what stands in each column, and the way to the row's own page. */
export function shownTableOf(
  model: RegisteredModel,
  rows: readonly ObjectRow[],
  actor: AdminActor,
) {
  const isShownAs = (row: ObjectRow, { cell }: Column<never>) => cell(row as never);
  const labelColumn = model.columns.findIndex(({ label }) => label !== "");
  const linksElsewhere = rows.some(
    (row) => isShownAs(row, model.columns[labelColumn] as Column<never>).kind !== "text",
  );
  return {
    /** Where the first column leads to another model's page, the row's own has one more. */
    opensAtEnd: linksElsewhere,
    rows: rows.map((row) => {
      const key = keyText(model, keyOf(model, row));
      const label = model.label(row);
      const note = model.note?.(row, actor) ?? null;
      return {
        key,
        label,
        href: `/admin/${model.name}/${key}`,
        cells: model.columns.map((column, index) => ({
          heading: column.label,
          isLabel: index === labelColumn && !linksElsewhere,
          note: index === labelColumn ? note : null,
          needsRoom: column.needsRoom ?? null,
          ...cellOf(cellFor(actor, isShownAs(row, column))),
        })),
      };
    }),
  };
}

function cellOf(cell: Cell) {
  if (cell.kind === "number") return { ...cell, text: cell.number.toLocaleString("en-GB") };
  if (cell.kind === "size") return { ...cell, text: fileSize(cell.bytes) };
  if (cell.kind === "yes") return { ...cell, text: cell.yes ? "Yes" : "No" };
  if (cell.kind !== "time") return cell;
  if (!cell.time) return { kind: "text" as const, text: "never" };
  const [date, hour] = [day.format(cell.time), minute.format(cell.time)];
  return { ...cell, text: `${date}, ${hour}`, day: date, hour, iso: cell.time.toISOString() };
}

const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
const minute = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: "UTC" });
