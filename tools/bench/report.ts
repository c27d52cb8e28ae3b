import { statSync } from "node:fs";
import type { Measured } from "./measure.js";
import { type Spread, spread } from "./statistics.js";

export interface Row {
  variant: string;
  about: string;
  /** CPU microseconds of Envoy per request. */
  cost: Spread;
  /** What of that is above no filter, in the same round. */
  added?: Spread;
  /** `added` as a multiple of what an empty Wasm filter adds. */
  timesEmpty?: number;
  moduleBytes?: number;
  residentBytes: number;
}

/** What one variant adds to a request as a multiple of what another one adds, beside what it shall be. */
export interface Ratio {
  variant: string;
  to: string;
  /** Of the medians; and the least and greatest of single rounds. */
  ratio: Spread;
  wanted: number;
}

export interface BenchReport {
  envoy: string;
  rounds: number;
  seconds: number;
  rows: Row[];
  ratios: Ratio[];
}

const WANTED = [
  { variant: "tidegate", to: "bare", wanted: 1.2 },
  { variant: "tidegate", to: "solo", wanted: 0.4 },
  { variant: "adaptive", to: "empty", wanted: 2 },
  { variant: "adaptive", to: "rust", wanted: 1 },
  { variant: "canary_1m", to: "canary_100", wanted: 1.2 },
];

/** Works out what each variant adds to a request, and the ratios between those that do the same job. */
export function reportOf(
  measured: readonly Measured[],
  run: { envoy: string; rounds: number; seconds: number },
): BenchReport {
  const base = measured.find(({ variant }) => variant.name === "none")?.costs;
  const added = new Map<string, number[]>();
  for (const { variant, costs } of measured) {
    if (base && costs !== base) {
      added.set(
        variant.name,
        costs.map((cost, round) => cost - base[round]!),
      );
    }
  }
  const empty = added.get("empty");
  const rows = measured.map(({ variant, costs, residentBytes }): Row => {
    const more = added.get(variant.name);
    return {
      variant: variant.name,
      about: variant.about,
      cost: spread(costs),
      ...(more ? { added: spread(more) } : {}),
      ...(more && empty ? { timesEmpty: spread(more).median / spread(empty).median } : {}),
      ...(variant.module ? { moduleBytes: statSync(variant.module).size } : {}),
      residentBytes,
    };
  });
  const ratios = WANTED.flatMap(({ variant, to, wanted }): Ratio[] => {
    const [ours, theirs] = [added.get(variant), added.get(to)];
    return ours && theirs ? [{ variant, to, ratio: ratioOf(ours, theirs), wanted }] : [];
  });
  return { ...run, rows, ratios };
}

function ratioOf(some: readonly number[], others: readonly number[]): Spread {
  const { min, max } = spread(some.map((value, round) => value / others[round]!));
  return { median: spread(some).median / spread(others).median, min, max };
}

/** The report for people: a table and what it says about our own aims. */
export function reportText({ envoy, rounds, rows, ratios }: BenchReport): string {
  const title = `CPU of Envoy ${envoy} per request in microseconds: median (range) of ${rounds} rounds.`;
  const table = [
    ["variant", "", "us/request", "added to none", "x empty", "module KB", "RSS MB"],
    ...rows.map((row) => [
      row.variant,
      row.about,
      spreadText(row.cost),
      row.added ? spreadText(row.added) : "",
      row.timesEmpty?.toFixed(2) ?? "",
      row.moduleBytes === undefined ? "" : (row.moduleBytes / 1024).toFixed(1),
      (row.residentBytes / 2 ** 20).toFixed(0),
    ]),
  ];
  return [title, "", ...aligned(table), "", ...ratios.map(ratioText), ""].join("\n");
}

function ratioText({ variant, to, ratio, wanted }: Ratio): string {
  const verdict = ratio.median <= wanted ? "as wanted" : "MORE than wanted";
  return `${variant} adds ${spreadText(ratio)} of what ${to} adds; wanted at most ${wanted}: ${verdict}`;
}

function spreadText({ median, min, max }: Spread): string {
  return `${median.toFixed(2)} (${min.toFixed(2)}..${max.toFixed(2)})`;
}

const TEXT_COLUMNS = 2;

/** Columns as wide as their widest cell, text to the left and numbers to the right. */
export function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table.map((row) =>
    row
      .map((cell, i) => (i < TEXT_COLUMNS ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
}
