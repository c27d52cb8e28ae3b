import { oneLine } from "../errors.js";
import type { Change, Difference } from "./difference.js";

const HEADS: Record<Difference["change"], string> = {
  added: "is new",
  removed: "goes",
  changed: "changes",
  missing: "is missing: it would be made",
  superfluous: "is superfluous: no policy makes it",
};

/** Differences for people to read: what differs, for whom, and each change on a line of its own. */
export function textOf(differences: readonly Difference[]): string {
  return differences.map(differenceText).join("\n");
}

function differenceText({ subject, change, reach, changes }: Difference): string {
  const head = `${subject} ${HEADS[change]}${reach === undefined ? "" : `, for ${reach}`}`;
  const lines = [head, ...changes.map(changeText)];
  return lines.map((line) => `${oneLine(line)}\n`).join("");
}

function changeText({ about, text }: Change): string {
  return about === "" ? `  ${text}` : `  ${about}: ${text}`;
}
