import { propagationFaults } from "../canary/propagation.js";
import { canaryFaults } from "../canary/rules.js";
import { requestFaults } from "../chain/request-rules.js";
import { routeFaults } from "../routes/rules.js";
import { joinFaults } from "../trace/join.js";
import { lostSpansFaults } from "../trace/lost-spans.js";
import { tracerFaults } from "../trace/tracer-rules.js";
import { annotationFaults } from "./rules-annotations.js";
import { attachmentFaults } from "./rules-attachment.js";
import { envoyFaults } from "./rules-envoy.js";
import { failureFaults } from "./rules-failure.js";
import { headerFaults } from "./rules-headers.js";
import { metadataFaults } from "./rules-metadata.js";
import { moduleFaults } from "./rules-modules.js";
import { workerFaults } from "./rules-workers.js";
import { rolloutFaults } from "../rollout/rules.js";
import { stage } from "../rollout/stage.js";
import { type Fault, isPrefix, isSame, overlap, type Path } from "./fault.js";
import type { PolicyDocument } from "./model.js";
import { PLUGINS } from "./sides.js";
import { distinct, viewsOf } from "./views.js";
import { without } from "./without.js";

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
  { reads: [["metadata"]], check: metadataFaults },
  { reads: [["metadata"]], check: annotationFaults },
  { reads: [["spec", "plugins"]], check: headerFaults },
  {
    reads: [
      ["spec", "plugins"],
      ["spec", "workers"],
    ],
    check: workerFaults,
  },
  {
    reads: [
      ["spec", "plugins"],
      ["spec", "moduleUrl"],
    ],
    check: moduleFaults,
  },
  { reads: [["metadata"], ["spec", "attach"], ...SELECTORS], check: attachmentFaults },
  { reads: [["spec", "plugins"]], check: repeatedPlugins },
  {
    reads: [
      ["spec", "plugins"],
      ["spec", "failure"],
      ["spec", "reload"],
    ],
    check: failureFaults,
  },
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
  const policy = value as PolicyDocument;
  const found = isReadable(PLUGINS) ? overSides(usable, policy, isReadable, nowMs) : checked(usable, policy, nowMs);
  return [...found, ...requestFaultsOf(value, isReadable), ...lineBreaks(value, []).filter(isNew)];
}

const ROLLOUT: Path = ["spec", "rollout"];

/** What the rules find of plugins they find in each view of the policy; the rest, in the policy as a whole. */
function overSides(
  rules: readonly Rule[],
  policy: PolicyDocument,
  isReadable: (path: Path) => boolean,
  nowMs: number,
): Fault[] {
  const usable = readable(policy, isReadable);
  const views = viewsOf(usable);
  const [only] = views;
  if (views.length === 1 && only?.policy === usable) return checked(rules, usable, nowMs);
  const whole = checked(rules, stage(usable).policy, nowMs).filter(({ path }) => !isPrefix(PLUGINS, path));
  const ofPlugins = rules.filter(({ reads }) => reads.some((path) => isPrefix(PLUGINS, path)));
  const inViews = views.flatMap(({ policy: view, origin }) => {
    const found = checked(ofPlugins, view, nowMs).filter(({ path }) => isPrefix(PLUGINS, path));
    return found.map((fault) => ({ ...fault, path: origin(fault.path) }));
  });
  return distinct([...rolloutFaults(usable), ...whole, ...inViews]);
}

function checked(rules: readonly Rule[], policy: PolicyDocument, nowMs: number): Fault[] {
  return rules.flatMap((rule) => rule.check(policy, nowMs));
}

/** What the rules find that look into settings. */
function requestFaultsOf(value: unknown, isReadable: (path: Path) => boolean): Fault[] {
  const keys = ["plugins", "attach", "tracer", "routes", "envoy"];
  const reads = [...SELECTORS, ...keys.map((key): Path => ["spec", key])];
  return reads.every(isReadable) ? requestFaults(readable(value as PolicyDocument, isReadable)) : [];
}

/** The policy without a rollout that has faults. */
function readable(policy: PolicyDocument, isReadable: (path: Path) => boolean): PolicyDocument {
  return isReadable(ROLLOUT) ? policy : { ...policy, spec: without(policy.spec, "rollout") };
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
  if (typeof value === "string") {
    const isHarmless = isConfiguration(path) || !/[\r\n\0]/.test(value);
    return isHarmless ? [] : [lineBreak(path, "value", "this text")];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key];
    const ofKey = /[\r\n\0]/.test(key) ? [lineBreak(here, "key", "this key")] : [];
    return [...ofKey, ...lineBreaks(inner, here)];
  });
}

/** A plugin that is configured with text may well read lines of it. */
function isConfiguration(path: Path): boolean {
  return path.at(-1) === "config" && path.at(-3) === "plugins";
}

function lineBreak(path: Path, at: "key" | "value", what: string): Fault {
  const remedy = "Write it on one line; a block of YAML text ends in a line break unless it begins with |- or >-";
  return { code: "TG3006", path, at, message: `${what} contains a line break or NUL`, remedy };
}
