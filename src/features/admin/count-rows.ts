import { tableOf } from "#features/admin/list-columns.ts";
import type { RowScope } from "#features/admin/list-rows.queries.ts";
import type { RegisteredModel } from "#features/admin/model-admin.ts";
import type { Database } from "#platform/database.ts";
import { Prisma } from "#prisma/generated/client.ts";

export interface RowCount {
  count: number;
  isEstimate: boolean;
}

/** Beyond this nobody needs the last digit, and to know it would be to read every row. */
export const mostCounted = 10_000;

/**
 * In the planner's unit, a page read in order: about a second's work. To count what no index finds in a
 * table of millions takes longer.
 */
const mostCost = 100_000;

/** Exact up to 10,000 where that is soon done, else what the planner expects. */
export async function countRows(
  { database }: { database: Database },
  { model, where }: Pick<RowScope, "model" | "where">,
): Promise<RowCount> {
  const some = Prisma.sql`
    select 1 from ${tableOf(database, model)} where ${where} limit ${mostCounted + 1}`;
  const [explained] = await database.$queryRaw<[{ "QUERY PLAN": [{ Plan: LimitPlan }] }]>`
    explain (format json) ${some}`;
  const { "Total Cost": cost, Plans } = explained["QUERY PLAN"][0].Plan;
  const expected = Plans[0]["Plan Rows"];
  if (cost > mostCost) return { count: expected, isEstimate: true };
  const [{ count }] = await database.$queryRaw<[{ count: number }]>`
    select count(*)::int as count from (${some}) as some_of_them`;
  return count <= mostCounted
    ? { count, isEstimate: false }
    : { count: Math.max(expected, mostCounted), isEstimate: true };
}

/** An estimate as people are told it: its further digits mean nothing. */
export const rounded = (estimate: number): number => Number(estimate.toPrecision(2));

/** "12", "about 200,000" */
export const numberWords = ({ count, isEstimate }: RowCount): string =>
  isEstimate ? `about ${rounded(count).toLocaleString("en-GB")}` : count.toLocaleString("en-GB");

/** "12 pictures", "about 200,000 pictures" */
export const countWords = (
  { one, many }: Pick<RegisteredModel, "one" | "many">,
  count: RowCount,
): string => `${numberWords(count)} ${count.count === 1 ? one : many}`;

interface LimitPlan {
  "Total Cost": number;
  /** What there would be without the limit. */
  Plans: [{ "Plan Rows": number }];
}
