import { propagationFaults } from "../canary/propagation.js";
import { canaryFaults } from "../canary/rules.js";
import { routeFaults } from "../routes/rules.js";
import { joinFaults } from "../trace/join.js";
import { lostSpansFaults } from "../trace/lost-spans.js";
import { tracerFaults } from "../trace/tracer-rules.js";
import { attachmentFaults } from "./rules-attachment.js";
import { envoyFaults } from "./rules-envoy.js";
import { type Fault, isSame, overlap, type Path } from "./fault.js";
import type { PolicyDocument } from "./model.js";

/** One rule that a schema cannot express. It runs only when what it reads has no fault already. */
interface Rule {
  reads: Path[];
  check(policy: PolicyDocument, nowMs: number): Fault[];
}

const SELECTORS: Path[] = [
  ["spec", "workload"],
  ["spec", "gateway"],
  ["spec", "allowNamespaceWide"],
];

const RULES: Rule[] = [
  { reads: [["metadata"], ["spec", "attach"], ...SELECTORS], check: attachmentFaults },
  { reads: [["spec", "plugins"]], check: repeatedPlugins },
  {
    reads: [
      ["spec", "plugins"],
      ["spec", "envoy"],
    ],
    check: envoyFaults,
  },
  {
    reads: [
      ["spec", "plugins"],
      ["spec", "envoy"],
    ],
    check: lostSpansFaults,
  },
  {
    reads: [["spec", "plugins"], ["spec", "tracer"], ["spec", "envoy"], ["spec", "attach"], ...SELECTORS],
    check: tracerFaults,
  },
  { reads: [["spec", "plugins"]], check: canaryFaults },
  { reads: [["spec", "plugins"], ["spec", "attach"], ...SELECTORS], check: propagationFaults },
  { reads: [["spec", "plugins"], ["spec", "attach"], ...SELECTORS], check: joinFaults },
  {
    reads: [
      ["spec", "plugins"],
      ["spec", "attach"],
      ["spec", "routes"],
      ["spec", "envoy"],
    ],
    check: routeFaults,
  },
];

/**
 * What the rules find in a document; `known` are the faults that its schema has found already.
 * @param nowMs since the Unix epoch, for schedules that are over.
 */
export function ruleFaults(value: unknown, known: readonly Fault[], nowMs: number = Date.now()): Fault[] {
  const isReadable = (path: Path): boolean => !known.some((fault) => concerns(fault, path));
  const usable = RULES.filter((rule) => rule.reads.every(isReadable));
  const isNew = ({ path }: Fault): boolean =>
    !known.some((fault) => fault.code === "TG2003" && isSame(fault.path, path));
  return [
    ...usable.flatMap((rule) => rule.check(value as PolicyDocument, nowMs)),
    ...lineBreaks(value, []).filter(isNew),
  ];
}

/** A misspelt key also stands in for the key that was meant. */
function concerns(fault: Fault, path: Path): boolean {
  return (
    overlap(fault.path, path) || (fault.meant !== undefined && overlap([...fault.path.slice(0, -1), fault.meant], path))
  );
}

function repeatedPlugins(policy: PolicyDocument): Fault[] {
  const names = policy.spec.plugins.map((plugin) => plugin.name);
  return names.flatMap((name, i): Fault[] => {
    if (names.indexOf(name) === i) return [];
    const remedy = "Join the two entries, or put one into a policy of its own";
    return [
      { code: "TG3007", path: ["spec", "plugins", i, "name"], message: `the plugin ${name} stands twice`, remedy },
    ];
  });
}

/** Line breaks could end a header or a log line early, wherever the text finally goes. */
function lineBreaks(value: unknown, path: Path): Fault[] {
  if (typeof value === "string") return /[\r\n\0]/.test(value) ? [lineBreak(path, "value", "this text")] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key];
    const ofKey = /[\r\n\0]/.test(key) ? [lineBreak(here, "key", "this key")] : [];
    return [...ofKey, ...lineBreaks(inner, here)];
  });
}

function lineBreak(path: Path, at: "key" | "value", what: string): Fault {
  const remedy = "Write it on one line; a block of YAML text ends in a line break unless it begins with |- or >-";
  return { code: "TG3006", path, at, message: `${what} contains a line break or NUL`, remedy };
}
