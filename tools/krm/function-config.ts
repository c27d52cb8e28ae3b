import { InvalidArgumentError } from "commander";
import type { YAMLMap } from "yaml";
import { type Finding, UserError } from "../errors.js";
import type { Target } from "../generate/target.js";
import { TARGETS } from "../generate/targets.js";
import { isObject } from "../is-object.js";
import { type TargetOptions, targetOf } from "../output/choose-target.js";
import type { Choices, WhichRoutes } from "../output/generate-files.js";
import { checkModuleUrl } from "../output/module-url.js";
import { someNamespace, someVersion } from "../output/values.js";
import { type Path, toFinding } from "../policy/fault.js";
import type { SourceDocument } from "../policy/source-document.js";
import { suggestion } from "../policy/suggest.js";
import { parseYaml } from "../policy/yaml-documents.js";
import { withoutTools } from "./annotations.js";
import { textOf } from "./resource-list.js";

/** What a functionConfig asks for. */
export interface Asked {
  target: Target;
  choices: Choices;
}

export const CONFIG_FILE = "functionConfig";

/** Reads a value that an option of `tidegate generate` has, too. Throws for one that is none. */
type Read = (value: unknown) => unknown;

const text =
  (read: (value: string) => unknown = (value) => value): Read =>
  (value) => {
    if (typeof value !== "string") throw new InvalidArgumentError("Expected text.");
    return read(value);
  };
const oneOf = (...allowed: readonly string[]): Read =>
  text((value) => {
    if (!allowed.includes(value)) throw new InvalidArgumentError(`Expected one of ${allowed.join(", ")}.`);
    return value;
  });
const KEYS: Record<string, Read> = {
  target: oneOf(...TARGETS.filter(({ inKubernetes }) => inKubernetes).map(({ name }) => name)),
  moduleUrl: text((value) => (checkModuleUrl(value), value)),
  ecds: (value) => (typeof value === "boolean" ? value : oneOf("true", "false")(value) === "true"),
  routes: oneOf("with", "only", "without"),
  namespace: text(someNamespace),
  istioVersion: text(someVersion),
  gatewayVersion: text(someVersion),
  envoyVersion: text(someVersion),
};

/** What a functionConfig says: `spec` of our kind, or `data` of a ConfigMap. Never throws for one that is wrong. */
export function readFunctionConfig(node: YAMLMap | undefined): Asked | Finding[] {
  if (!node) return [nowhere("there is no functionConfig, which says what to generate")];
  const { documents, findings } = parseYaml(CONFIG_FILE, textOf(withoutTools(node)));
  const [document] = documents;
  if (!document) return findings.length > 0 ? findings : [nowhere("the functionConfig is empty")];
  const whole = document.value as { kind?: unknown; spec?: unknown; data?: unknown };
  const at = whole.kind === "ConfigMap" ? "data" : "spec";
  const values = whole[at];
  if (!isObject(values))
    return [toFinding(fault([at], `the functionConfig has no ${at}, which names the target`, EXAMPLE), document)];
  return asked(values, at, document);
}

const EXAMPLE = "Write target: istio-wasmplugin into it, or another target of tidegate generate";

function asked(values: Record<string, unknown>, at: string, document: SourceDocument): Asked | Finding[] {
  const findings: Finding[] = [];
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    const problem = Object.hasOwn(KEYS, key) ? attempt(() => (options[key] = KEYS[key]!(value))) : "is no key of it";
    if (problem === undefined) continue;
    const remedy = Object.hasOwn(KEYS, key) ? "Correct it" : suggestion(key, Object.keys(KEYS));
    findings.push(toFinding(fault([at, key], `the functionConfig's ${key}: ${problem}`, remedy), document));
  }
  if (!("target" in values))
    findings.push(toFinding(fault([at], "the functionConfig names no target", EXAMPLE), document));
  if (findings.length > 0) return findings;
  const choices = { output: "yaml", comments: "none", routes: "with", ...options } as Choices & { routes: WhichRoutes };
  let target: Target | undefined;
  const problem = attempt(() => (target = targetOf(choices as unknown as TargetOptions)));
  return target ? { target, choices } : [toFinding(fault([at], problem ?? "", "Correct it"), document)];
}

/** @returns why something cannot be, undefined when it can. */
function attempt(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof UserError || error instanceof InvalidArgumentError) return error.message;
    throw error;
  }
}

function fault(path: Path, message: string, remedy = "Leave it out") {
  return { code: "TG3804", path, message, remedy } as const;
}

function nowhere(message: string): Finding {
  return { code: "TG3804", severity: "error", file: CONFIG_FILE, line: 1, column: 1, message, remedy: EXAMPLE };
}
