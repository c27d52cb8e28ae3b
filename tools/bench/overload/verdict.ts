import { quantile } from "../statistics.js";
import type { Figures, Strain, Trial } from "./trial.js";

/** Figures of one limiter in one row: medians over the rounds. */
export interface Row {
  row: string;
  limiter: string;
  figures: Figures;
}

/** How far one limiter's goodput is from the best of a row. */
export interface Standing {
  row: string;
  ours: number;
  bestPeer: { limiter: string; goodput: number };
  verdict: "highest" | "within 2 %" | "BEHIND";
}

/** Of goodput, as a share: less is not told from noise. */
export const TOLERANCE = 0.02;

/** @param trials of one limiter in one scenario, one a round. */
export function mediansOf(limiter: string, trials: readonly Trial[]): Row[] {
  const rows = [...(trials[0]?.figures.keys() ?? [])];
  return rows.map((row) => {
    const all = trials.map(({ figures }) => figures.get(row)!);
    const median = (of: (figures: Figures) => number): number => quantile(all.map(of), 0.5);
    return {
      row,
      limiter,
      figures: {
        goodput: median(({ goodput }) => goodput),
        p50Ms: median(({ p50Ms }) => p50Ms),
        p99Ms: median(({ p99Ms }) => p99Ms),
        rejected: median(({ rejected }) => rejected),
        late: median(({ late }) => late),
      },
    };
  });
}

/** For each row how `ours` stands beside the best of the others; rows in which either is missing are left out. */
export function standingsOf(rows: readonly Row[], ours: string): Standing[] {
  return [...new Set(rows.map(({ row }) => row))].flatMap((row): Standing[] => {
    const here = rows.filter((one) => one.row === row);
    const own = here.find(({ limiter }) => limiter === ours)?.figures.goodput;
    const [best] = here.filter(({ limiter }) => limiter !== ours).sort((a, b) => b.figures.goodput - a.figures.goodput);
    if (own === undefined || best === undefined) return [];
    const { goodput } = best.figures;
    const verdict = own >= goodput ? "highest" : own >= goodput - TOLERANCE ? "within 2 %" : "BEHIND";
    return [{ row, ours: own, bestPeer: { limiter: best.limiter, goodput }, verdict }];
  });
}

/** Limiters that are the best or within the tolerance of it in every row. */
export function alwaysBest(rows: readonly Row[]): string[] {
  const best = new Map<string, number>();
  for (const { row, figures } of rows) best.set(row, Math.max(best.get(row) ?? 0, figures.goodput));
  return [...new Set(rows.map(({ limiter }) => limiter))].filter((name) =>
    rows.every(({ row, limiter, figures }) => limiter !== name || figures.goodput >= best.get(row)! - TOLERANCE),
  );
}

/** Whether the load and the upstream did what they were to do, so that the figures tell of the limiter. */
export function wasUndisturbed({ loadLateMs, upstreamLateMs }: Strain): boolean {
  return Math.max(loadLateMs, upstreamLateMs) <= MOST_LATE_MS;
}

/** A tenth of the deadline. */
const MOST_LATE_MS = 50;
