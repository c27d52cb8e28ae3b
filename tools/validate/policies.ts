import { withRanks } from "../chain/place.js";
import { chainFaults, type PlacedPolicy } from "../chain/repeated.js";
import type { Finding } from "../errors.js";
import { isObject } from "../is-object.js";
import type { PluginCatalog } from "../plugins.js";
import { type Fault, type Path, toFinding } from "../policy/fault.js";
import { type PolicyDocument, policyLabel } from "../policy/model.js";
import { ruleFaults } from "../policy/rules.js";
import { sharedHeaderFaults } from "../policy/rules-headers.js";
import { inNamespace } from "../policy/rules-metadata.js";
import { PLUGINS, STABLE_PLUGINS } from "../policy/sides.js";
import type { SourceDocument } from "../policy/source-document.js";
import { suggestion } from "../policy/suggest.js";
import { overViews } from "../policy/views.js";
import { parseYaml } from "../policy/yaml-documents.js";
import { stage } from "../rollout/stage.js";
import { unstagedFaults } from "../rollout/unstaged.js";
import { policySchema } from "../schema/policy-schema.js";
import { joinGroupFaults } from "../trace/join.js";
import { sameRouterFaults } from "../trace/same-router.js";
import { SchemaChecker } from "./schema-checker.js";

/** A policy file's text and the name to call it by. */
export interface PolicyText {
  file: string;
  text: string;
  /** Where paths in the policy start from; the file's own folder when absent. */
  folder?: string;
}

/** A document that is a policy, as far as its schemas and rules can tell. */
export interface CheckedPolicy {
  policy: PolicyDocument;
  document: SourceDocument;
  /** What is wrong or doubtful with it, by path. */
  faults: Fault[];
}

export interface CheckedPolicies {
  /** Documents whose shape is a policy's; one with faults may still be among them. */
  policies: CheckedPolicy[];
  /** What else is found; within a file not in the order of its lines. */
  findings: Finding[];
  /** Documents that are something else. */
  others: SourceDocument[];
}

/** Everything found, the policies' own faults among it. */
export function findingsOf({ policies, findings }: Pick<CheckedPolicies, "policies" | "findings">): Finding[] {
  return [
    ...findings,
    ...policies.flatMap(({ faults, document }) => faults.map((fault) => toFinding(fault, document))),
  ];
}

/** Checks policy files against the policy's schema, the plugins' schemas and the rules. */
export class PolicyChecker {
  private readonly policySchema = SchemaChecker.of(policySchema());

  /** @param namespace of policies that name none; others' are at fault. Absent: each keeps its own. */
  constructor(
    private readonly catalog: PluginCatalog,
    private readonly namespace?: string,
  ) {}

  /**
   * Never throws on any text; fails only when a plugin's own schema is not valid.
   * @param isOther documents that are something else than policies, and are left alone.
   */
  check(texts: readonly PolicyText[], isOther: (value: unknown) => boolean = () => false): CheckedPolicies {
    const names = new Map<string, string>();
    const policies: CheckedPolicy[] = [];
    const findings: Finding[] = [];
    const others: SourceDocument[] = [];
    for (const { file, text } of texts) {
      const parsed = parseYaml(file, text);
      findings.push(...parsed.findings);
      others.push(...parsed.documents.filter(({ value }) => isOther(value)));
      for (const document of parsed.documents.filter(({ value }) => !isOther(value))) {
        const { policy, faults } = this.checkDocument(document, names);
        if (policy) policies.push({ policy, document, faults });
        else findings.push(...faults.map((fault) => toFinding(fault, document)));
      }
    }
    const all = withRanks(policies.map(({ policy }) => policy));
    for (const [i, policy] of all.entries()) policies[i]!.policy = policy;
    const together = [
      overViews(all, joinGroupFaults),
      overViews(all, sharedHeaderFaults),
      sameRouterFaults(all.map(staged)),
      chainFaults(policies.map(placed)),
    ];
    for (const faults of together) {
      for (const [i, found] of faults.entries()) policies[i]!.faults.push(...found);
    }
    return { policies, findings, others };
  }

  /** What is wrong with a value that shall be a policy, by path. */
  faultsOf(value: unknown): Fault[] {
    const shape = this.policySchema.check(value);
    return [...shape, ...this.pluginFaults(value), ...ruleFaults(value, shape)];
  }

  /** @returns no policy for a document that has not the shape of one. */
  private checkDocument(
    document: SourceDocument,
    names: Map<string, string>,
  ): { faults: Fault[]; policy?: PolicyDocument } {
    const shape = this.policySchema.check(document.value);
    const plugins = this.pluginFaults(document.value);
    if (shape.length > 0) return { faults: [...shape, ...plugins, ...ruleFaults(document.value, shape)] };
    const { policy, faults } = inNamespace(document.value as PolicyDocument, this.namespace);
    return {
      faults: [...plugins, ...ruleFaults(policy, []), ...faults, ...repeatedName(document, policy, names)],
      policy,
    };
  }

  /** Works on documents of any shape, so that a fault elsewhere does not hide those of a plugin's configuration. */
  private pluginFaults(value: unknown): Fault[] {
    const spec = at(value, "spec");
    const stable = at(at(at(spec, "rollout"), "stable"), "plugins");
    const isStaged = (plugin: string): boolean => !this.catalog.get(plugin)?.isUnstaged;
    return [
      ...this.faultsOfPlugins(at(spec, "plugins"), PLUGINS),
      ...this.faultsOfPlugins(stable, STABLE_PLUGINS),
      ...unstagedFaults(at(spec, "plugins"), stable, isStaged),
    ];
  }

  private faultsOfPlugins(plugins: unknown, of: Path): Fault[] {
    if (!Array.isArray(plugins)) return [];
    return plugins.flatMap((plugin: unknown, i): Fault[] => {
      const name = at(plugin, "name");
      const path: Path = [...of, i];
      if (typeof name !== "string") return [];
      const schema = this.catalog.get(name)?.schema;
      if (!schema) return [this.unknownPlugin(name, [...path, "name"])];
      const { config = {} } = plugin as { config?: unknown };
      if (typeof config !== "string" && !isObject(config)) return []; // the policy's schema says so
      return SchemaChecker.of(schema)
        .check(config)
        .map((fault) => ({ ...fault, path: [...path, "config", ...fault.path] }));
    });
  }

  private unknownPlugin(name: string, path: Path): Fault {
    const remedy = suggestion(name, [...this.catalog.keys()]);
    return { code: "TG3002", path, message: `there is no plugin "${name}"`, ...(remedy ? { remedy } : {}) };
  }
}

/** @returns the policy with its places as messages about others have them. */
function placed({ policy, document }: CheckedPolicy): PlacedPolicy {
  return { policy, place: (path) => `${document.file}:${document.locate(path).line}` };
}

/** The policy with the plugins of both sides of a rollout. */
function staged(policy: PolicyDocument): PolicyDocument {
  return stage(policy).policy;
}

function repeatedName(document: SourceDocument, policy: PolicyDocument, names: Map<string, string>): Fault[] {
  const path: Path = ["metadata", "name"];
  const label = policyLabel(policy);
  const place = document.locate(path);
  const first = names.get(label);
  if (first === undefined) {
    names.set(label, `${document.file}:${place.line}`);
    return [];
  }
  const remedy = "Give each policy of a namespace its own name";
  return [{ code: "TG3003", path, message: `the policy ${label} already stands at ${first}`, remedy }];
}

function at(value: unknown, key: string): unknown {
  const isOpen = typeof value === "object" && value !== null && Object.hasOwn(value, key);
  return isOpen ? (value as Record<string, unknown>)[key] : undefined;
}
