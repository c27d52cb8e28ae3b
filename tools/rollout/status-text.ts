import { oneLine } from "../errors.js";
import { isUnexpected, type Row, type Status, type Wanted } from "./status.js";

const HEAD = ["proxy", "plugin", "salt", "state", "reverts"];

/** A table of proxies and plugins, and what it comes to. */
export function statusText(status: Status, wanted?: Wanted): string {
  const rows = status.rows.map(cellsOf);
  const widths = HEAD.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const lines = [HEAD, ...rows].map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.map(oneLine).join("\n")}\n\n${summaryOf(status, wanted)}\n`;
}

function cellsOf(row: Row): string[] {
  const { proxy, plugin, salt, state, reverts, expected } = row;
  const told = state ?? "missing";
  return [proxy, plugin, salt, isUnexpected(row) ? `${told}, not ${expected}` : told, String(reverts)];
}

/** In words: the share that has the new configuration, and what is not as it should be. */
export function summaryOf({ proxies, rows }: Status, wanted?: Wanted): string {
  const { total, measuring, reverted, missing, unexpected } = proxies;
  const share = total === 0 ? 0 : (100 * proxies.new) / total;
  const asked =
    wanted && rows.some(({ expected }) => expected === "new") && rows.some(({ expected }) => expected === "stable")
      ? `, of ${wanted.percent} asked for`
      : "";
  const parts = [
    `${proxies.new} of ${count(total, "proxy", "proxies")} ${proxies.new === 1 || total === 1 ? "has" : "have"} the new configuration (${tidy(share)} percent${asked})`,
    ...(measuring > 0 ? [`${measuring} still ${measuring === 1 ? "measures" : "measure"} the stable one`] : []),
    ...(reverted > 0 ? [`${reverted} reverted`] : []),
    ...(missing > 0 ? [`${missing} ${missing === 1 ? "says" : "say"} nothing of it`] : []),
    ...(unexpected > 0 ? [`${unexpected} ${unexpected === 1 ? "is" : "are"} on the other side than expected`] : []),
  ];
  return `${parts.join("; ")}.`;
}

function tidy(number: number): string {
  return String(Number(number.toFixed(2)));
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
