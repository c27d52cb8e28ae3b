import pc from "picocolors";
import type { SeenRow } from "./scenario.js";

/** Whether all rows were seen as expected. */
export const allHeld = (rows: readonly SeenRow[]): boolean => rows.every((row) => row.seen === row.expected);

/** A wider cell of what was seen, which only a failure has, goes on a line of its own. */
const MAX_SEEN = 40;

/**
 * The rows as text: what was sent, what was expected, what was seen, and whether the two are the same.
 * @param colour whether to write terminal colours
 */
export function tableText(rows: readonly SeenRow[], colour: boolean): string {
  const { green, red, bold } = pc.createColors(colour);
  const fits = rows.map(({ seen }) => seen.length <= MAX_SEEN);
  const cells = rows.map((row, i) => [row.plugin, row.sent, row.expected, fits[i] ? row.seen : "see below"]);
  const titles = ["plugin", "sent", "expected", "seen"];
  const widths = titles.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: string[]): string => row.map((cell, i) => cell.padEnd(widths[i]!)).join("  ");
  const body = rows.map(({ seen, expected }, i) => {
    const verdict = seen === expected ? green("ok") : red("FAILED");
    return `${line(cells[i]!)}  ${verdict}${fits[i] ? "" : `\n  seen: ${seen}`}`;
  });
  return [bold(line(titles).trimEnd()), ...body, ""].join("\n");
}
