import type { Cell, Column, RegisteredModel } from "#features/admin/model-admin.ts";
import { keyOf, keyText } from "#features/admin/object-keys.ts";
import type { ObjectRow } from "#features/admin/object-rows.ts";

/** The rows of a page: what stands in each column, and the way to the row's own page. */
export function tableOf(model: RegisteredModel, rows: readonly ObjectRow[]) {
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
      return {
        key,
        label,
        href: `/admin/${model.name}/${key}`,
        cells: model.columns.map((column, index) => ({
          heading: column.label,
          isLabel: index === labelColumn && !linksElsewhere,
          ...cellOf(isShownAs(row, column)),
        })),
      };
    }),
  };
}

function cellOf(cell: Cell) {
  if (cell.kind === "number") return { ...cell, text: cell.number.toLocaleString("en-GB") };
  if (cell.kind === "yes") return { ...cell, text: cell.yes ? "Yes" : "No" };
  if (cell.kind !== "time") return cell;
  if (!cell.time) return { kind: "text" as const, text: "never" };
  return { ...cell, text: minute.format(cell.time), iso: cell.time.toISOString() };
}

const minute = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});
