import { aligned } from "../report.js";
import { alwaysBest, type Row, type Standing, standingsOf, wasUndisturbed } from "./verdict.js";
import { LIMITERS, OURS } from "./limiters.js";
import { CAPACITY } from "./scenarios.js";
import { DEADLINE_MS, type Strain } from "./trial.js";

export interface OverloadReport {
  envoy: string;
  workers: number;
  rounds: number;
  processors: number;
  rows: Row[];
  standings: Standing[];
  alwaysBest: string[];
  /** The most of each that was seen in a trial, by scenario. */
  strain: { scenario: string; strain: Strain; undisturbed: boolean }[];
}

export function overloadReportOf(
  rows: Row[],
  strains: readonly { scenario: string; strain: Strain }[],
  run: Pick<OverloadReport, "envoy" | "workers" | "rounds" | "processors">,
): OverloadReport {
  const worst = [...new Set(strains.map(({ scenario }) => scenario))].map((scenario) => {
    const strain = most(strains.filter((one) => one.scenario === scenario).map((one) => one.strain));
    return { scenario, strain, undisturbed: wasUndisturbed(strain) };
  });
  return { ...run, rows, standings: standingsOf(rows, OURS), alwaysBest: alwaysBest(rows), strain: worst };
}

function most(strains: readonly Strain[]): Strain {
  const greatest = (of: (strain: Strain) => number): number => Math.max(...strains.map(of));
  return {
    loadLateMs: greatest(({ loadLateMs }) => loadLateMs),
    upstreamLateMs: greatest(({ upstreamLateMs }) => upstreamLateMs),
    load: greatest(({ load }) => load),
    upstream: greatest(({ upstream }) => upstream),
    envoy: greatest(({ envoy }) => envoy),
  };
}

/** The report for people. */
export function overloadText(report: OverloadReport): string {
  const { envoy, workers, rounds, rows } = report;
  const title = [
    `Envoy ${envoy} with ${workers} workers before an upstream of ${CAPACITY} requests/s; medians of ${rounds} rounds.`,
    "goodput: work answered in time, % of what came or of what the servers could do, whichever is less;",
    `in time: ${DEADLINE_MS} ms after the request was due; p50, p99: of answers in time; rejected, late: % of requests.`,
  ];
  const heading = ["", "", "goodput", "p50 ms", "p99 ms", "rejected", "late"];
  const table = [...new Set(rows.map(({ row }) => row))].flatMap((row) => [
    [row, ...heading.slice(1)],
    ...rows.filter((one) => one.row === row).map(cells),
    heading.map(() => ""),
  ]);
  return [...title, "", ...aligned(table), ...verdictLines(report), "", ...strainLines(report), ""].join("\n");
}

function cells({ limiter, figures }: Row): string[] {
  const { goodput, p50Ms, p99Ms, rejected, late } = figures;
  const about = LIMITERS.find(({ name }) => name === limiter)?.about ?? "";
  const ms = (value: number): string => (Number.isNaN(value) ? "-" : value.toFixed(0));
  return [`  ${limiter}`, about, percent(goodput), ms(p50Ms), ms(p99Ms), percent(rejected), percent(late)];
}

function verdictLines({ standings, alwaysBest }: OverloadReport): string[] {
  if (standings.length === 0) return [];
  const table = standings.map(({ row, ours, bestPeer, verdict }) => [
    row,
    `${OURS} ${percent(ours)}, best of the others ${bestPeer.limiter} ${percent(bestPeer.goodput)}: ${verdict}`,
  ]);
  return [...aligned(table), `The best or within 2 % of it in every row: ${alwaysBest.join(", ") || "nobody"}.`];
}

function strainLines({ strain, processors }: OverloadReport): string[] {
  const heading = ["", "", "sent late, ms", "answered late, ms", "load", "upstream", "Envoy"];
  const lines = strain.map(({ scenario, strain, undisturbed }) => [
    `  ${scenario}`,
    undisturbed ? "neither was a bottleneck" : "MEASURED ITSELF: not to be relied on",
    strain.loadLateMs.toFixed(1),
    strain.upstreamLateMs.toFixed(1),
    ...[strain.load, strain.upstream, strain.envoy].map((cpu) => cpu.toFixed(2)),
  ]);
  return [
    `Load and upstream, at their worst: p99 of how late they were, and processors in use, of ${processors}.`,
    ...aligned([heading, ...lines]),
  ];
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
