import type { Run } from "./run.js";
import type { Scenario } from "./scenario.js";

/** The runs of one scenario as a table for people. */
export function scenarioText({ name, about, overloaded }: Scenario, runs: readonly Run[]): string {
  const some = (has: (run: Run) => boolean): boolean => runs.some(has);
  const columns: Column[] = [
    { title: "limiter", cell: ({ limiter }) => limiter },
    { title: "workers", cell: ({ workers }) => String(workers) },
    ...(some(({ seed }) => seed !== runs[0]!.seed) ? [{ title: "seed", cell: ({ seed }: Run) => String(seed) }] : []),
    { title: "goodput %", cell: ({ measures }) => percent(measures.goodput) },
    { title: "p50 ms", cell: ({ measures }) => latency(measures.p50Ms, measures.p50Times) },
    { title: "p99 ms", cell: ({ measures }) => latency(measures.p99Ms, measures.p99Times) },
    {
      title: overloaded ? "rejected %" : "falsely rejected %",
      cell: ({ measures }) => (overloaded ? percent(measures.rejected) : percent(measures.rejected, 2)),
    },
    { title: "wasted %", cell: ({ measures }) => percent(measures.wasted) },
    { title: "s to 85 %", cell: ({ measures }) => (measures.settles ? seconds(measures.secondsTo85) : "never") },
  ];
  const names = [...new Set(runs.flatMap(({ measures }) => Object.keys(measures.priorities)))].sort();
  for (const priority of names) {
    columns.push({ title: `${priority} %`, cell: ({ measures }) => percent(measures.priorities[priority] ?? 1) });
  }
  if (some(({ measures }) => measures.userFairness !== undefined))
    columns.push({ title: "Jain, users", cell: ({ measures }) => (measures.userFairness ?? 1).toFixed(3) });
  if (some(({ workers }) => workers > 1))
    columns.push({ title: "Jain, workers", cell: ({ measures }) => measures.workerFairness.toFixed(3) });
  if (some(({ measures }) => measures.drift !== undefined))
    columns.push({ title: "drift %", cell: ({ measures }) => percent(measures.drift ?? 0) });
  const rows = [columns.map(({ title }) => title), ...runs.map((run) => columns.map(({ cell }) => cell(run)))];
  return `${name}: ${about}\n${aligned(rows).join("\n")}\n`;
}

interface Column {
  title: string;
  cell(run: Run): string;
}

function percent(share: number, digits = 1): string {
  return (100 * share).toFixed(digits);
}

function latency(milliseconds: number, times: number | undefined): string {
  return `${milliseconds.toFixed(0)} (${times === undefined ? "-" : times.toFixed(2)}x)`;
}

function seconds(value: number | undefined): string {
  return value === undefined ? "-" : value.toFixed(1);
}

/** Columns as wide as their widest cell, the first one to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  "),
  );
}
