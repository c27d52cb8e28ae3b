import { durationNs } from "./duration.js";
import type { Field } from "./field.js";
import type { ImportOptions } from "./options.js";
import { type Metered, meter } from "./quota.js";
import { evaluate, type Expression, parseExpression, toSignals } from "./slime-expression.js";

/** The quota of a descriptor's action; undefined, with a finding, when it has none that a rule could have. */
export function readQuota(descriptor: Field, options: ImportOptions): Metered | undefined {
  const quota = descriptor.down("action", "quota");
  const interval = descriptor.down("action", "fill_interval");
  const intervalNs = interval && durationNs(interval);
  const text = quota?.text();
  const expression = text === undefined ? undefined : parseExpression(text);
  if (!quota || !expression || intervalNs === undefined) {
    (quota ?? descriptor).report("TG8104", "there is no quota that can be read", "Write the rule by hand");
    return undefined;
  }
  const shares = sharedByPods(expression);
  const amount = evaluate(shares ?? expression, (metric) => (isPods(metric) ? options.replicas : undefined));
  if (amount === undefined) {
    const isOfPods = !shares && metricsOf(expression).every(isPods);
    const remedy = isOfPods
      ? "Say how many pods there are, with --replicas"
      : "Write the rule by hand, with conditions";
    quota.report("TG8104", "what its metrics say is not known before the policy runs", remedy);
    return undefined;
  }
  const metered = meter({ maxTokens: amount, tokensPerFill: amount, intervalNs });
  if (typeof metered !== "string") return withReplicas(metered, quota, descriptor, shares !== undefined, options);
  quota.report("TG8104", `the bucket ${metered}`, "Write the rule by hand");
  return undefined;
}

/** A quota that pods share is told their number; counted together it is only by Slime's global strategy. */
function withReplicas(
  metered: Metered,
  quota: Field,
  descriptor: Field,
  isShared: boolean,
  { replicas }: ImportOptions,
): Metered {
  const strategy = descriptor.down("action", "strategy");
  const isGlobal = strategy?.text() === "global";
  if (strategy && isGlobal) {
    const parts = replicas === undefined ? "" : ` by ${replicas}`;
    const message = `pods share no counter: each gets an equal part of the quota${parts}, whatever the others do`;
    strategy.report("TG8105", message);
  }
  if (!isShared && !isGlobal) return metered;
  if (replicas === undefined) {
    const remedy = "Say how many there are with --replicas, or write replicas into the quota";
    quota.report("TG8107", "the number of pods is not known; the quota is written as for one", remedy);
    return metered;
  }
  return { ...metered, quota: { ...metered.quota, replicas } };
}

/** When a descriptor's condition holds: always, never, while signals say so; or it cannot be known. */
export function readCondition(
  descriptor: Field,
  options: ImportOptions,
): "always" | "never" | "unknown" | { when: string } {
  const condition = descriptor.at("condition");
  const text = condition?.text()?.trim();
  if (!condition || text === "true") return "always";
  const expression = text === undefined || text === "false" ? undefined : parseExpression(text);
  if (text === "false") {
    condition.report("TG8104", "it never holds, so there is no rule for it");
    return "never";
  }
  const value = expression && evaluate(expression, (metric) => (isPods(metric) ? options.replicas : undefined));
  if (value === 1) return "always";
  if (value === 0) {
    condition.report("TG8104", "it does not hold with so many pods, so there is no rule for it");
    return "never";
  }
  const when = expression && toSignals(expression, (metric) => options.metrics?.get(metric));
  if (when !== undefined) return { when };
  const example = expression ? (metricsOf(expression)[0] ?? "NAME") : "NAME";
  condition.report(
    "TG8104",
    "metrics of Prometheus are not known in a proxy; the rule is a shadow, which counts and rejects nothing",
    `Name signals of the plugin ratelimit for them, such as --metric ${example}=load.cpu, or write a condition by hand`,
  );
  return "unknown";
}

/** `100/{{._base.pod}}`: what all pods share. */
function sharedByPods(expression: Expression): Expression | undefined {
  const isShare = "operator" in expression && expression.operator === "/" && "metric" in expression.right;
  return isShare && isPods((expression.right as { metric: string }).metric) && metricsOf(expression.left).length === 0
    ? expression.left
    : undefined;
}

function isPods(metric: string): boolean {
  return /(^|\.)pod$/.test(metric);
}

function metricsOf(expression: Expression): string[] {
  if ("metric" in expression) return [expression.metric];
  return "number" in expression ? [] : [...metricsOf(expression.left), ...metricsOf(expression.right)];
}
