import { UserError } from "../errors.js";
import type { Target } from "../generate/target.js";
import { FORMS, TARGETS } from "../generate/targets.js";

export const ENVOY_FORMS = ["bootstrap", "filters", "files"] as const;

/** What of the command's options says what to generate. */
export interface TargetOptions {
  target: string;
  output: "yaml" | "json";
  out?: string;
  ecds?: boolean;
  envoyForm?: (typeof ENVOY_FORMS)[number];
  outputDir?: string;
  istioVersion?: string;
  gatewayVersion?: string;
  routes: string;
  remove?: boolean;
  explain?: boolean;
}

/** The target that is meant. Fails when an option means nothing to it. */
export function targetOf(options: TargetOptions): Target {
  const { envoyForm = "bootstrap" } = options;
  const named = TARGETS.find(({ name }) => name === options.target) as Target;
  if (options.ecds && named.name !== "istio-envoyfilter") throw foreign("--ecds", named, "istio-envoyfilter");
  if (options.envoyForm && named.name !== "envoy") throw foreign("--envoy-form", named, "envoy");
  const target = options.ecds ? FORMS.ecds : envoyForm === "bootstrap" ? named : FORMS[envoyForm];
  checkFiles(options, target);
  checkVersions(options, target);
  checkRoutes(options, target);
  if (options.explain && options.out !== undefined) throw new UserError("--explain: nothing is written to --out");
  return target;
}

function foreign(option: string, { name }: Target, others: string): UserError {
  return new UserError(`${option}: that is for ${others}, not for ${name}`);
}

function checkFiles({ out, outputDir, output }: TargetOptions, target: Target): void {
  if (!target.files) {
    if (outputDir !== undefined)
      throw new UserError("--output-dir: that is for --envoy-form files; --out names a file");
    return;
  }
  if (outputDir === undefined)
    throw new UserError("--envoy-form files: give --output-dir, where Envoy finds the files");
  if (out !== undefined) throw new UserError("--out: --envoy-form files writes to --output-dir");
  if (output !== "yaml") throw new UserError(`--output ${output}: --envoy-form files writes YAML`);
}

const HOSTED = [
  {
    option: "--istio-version",
    key: "istioVersion",
    others: "istio-wasmplugin, istio-trafficextension and istio-envoyfilter",
  },
  { option: "--gateway-version", key: "gatewayVersion", others: "envoy-gateway and higress" },
] as const;

function checkVersions(options: TargetOptions, target: Target): void {
  for (const { option, key, others } of HOSTED) {
    if (options[key] !== undefined && target.host?.version !== key) throw foreign(option, target, others);
  }
}

/** A configuration of plain Envoy has its routes in it. */
function checkRoutes({ routes, remove }: TargetOptions, target: Target): void {
  if (target.routes) return;
  const option = remove ? "--remove" : routes === "with" ? undefined : `--routes ${routes}`;
  if (option) throw new UserError(`${option}: the target ${target.name} is one file, which has its routes in it`);
}
