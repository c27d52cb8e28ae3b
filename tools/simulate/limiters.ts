import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { modulePath } from "../build/build-all.js";
import { messageOf, UserError } from "../errors.js";
import { PluginModule } from "../host/index.js";
import type { Limiter, Surroundings } from "./limiter.js";
import { AdmissionControl } from "./peers/admission-control.js";
import { Aimd } from "./peers/aimd.js";
import { Bbr } from "./peers/bbr.js";
import { EnvoyGradient } from "./peers/envoy-gradient.js";
import { Gradient2 } from "./peers/gradient2.js";
import { Quota } from "./peers/quota.js";
import { StaticLimit } from "./peers/static-limit.js";
import { Vegas } from "./peers/vegas.js";
import { Random } from "./random.js";
import type { Scenario } from "./scenario.js";
import { Tidegate } from "./tidegate.js";

/** What the module under test is run with. */
export interface OwnModule {
  module: PluginModule;
  /** Replaces the configuration that a scenario asks for. */
  configuration: string | undefined;
}

export interface LimiterKind {
  name: string;
  about: string;
  /** Its decisions depend on which worker a request comes to. The others share all state and are run once. */
  perWorker: boolean;
  /** It is the module under test. */
  isOwn: boolean;
  make(surroundings: Surroundings, scenario: Scenario, own: OwnModule | undefined): Limiter | Promise<Limiter>;
}

const peer = (name: string, about: string, make: (surroundings: Surroundings) => Limiter): LimiterKind => ({
  name,
  about,
  perWorker: false,
  isOwn: false,
  make,
});

const own = (
  name: string,
  about: string,
  configurationFor: (surroundings: Surroundings, scenario: Scenario, given: string | undefined) => string,
): LimiterKind => ({
  name,
  about,
  perWorker: true,
  isOwn: true,
  make(surroundings, scenario, module) {
    if (!module) throw new Error(`${name} needs a module`);
    return Tidegate.start(module.module, configurationFor(surroundings, scenario, module.configuration), surroundings);
  },
});

/** Share of the capacity at the beginning that somebody who measured it would configure. */
const CONFIGURED_SHARE = 0.9;

/** What can be compared: our own first. */
export const LIMITERS: readonly LimiterKind[] = [
  own(
    "tidegate",
    "the ratelimit plugin, its limit of requests in flight adapting",
    (_surroundings, scenario, given) => {
      return given ?? JSON.stringify(adaptive(scenario));
    },
  ),
  own("tidegate-quota", "the ratelimit plugin, a quota of 90 % of the capacity at the beginning", (surroundings) => {
    return JSON.stringify(quota(surroundings));
  }),
  peer("none", "no limit", () => new StaticLimit(Infinity)),
  peer("static", "two requests in flight for each server at the beginning", ({ servers }) => {
    return new StaticLimit(2 * servers);
  }),
  peer("quota", "Envoy's local_ratelimit at 90 % of the capacity at the beginning", ({ capacityPerSecond }) => {
    const perSecond = CONFIGURED_SHARE * capacityPerSecond;
    return new Quota(perSecond, perSecond / 10);
  }),
  peer("aimd", "AIMD of Netflix' concurrency-limits", () => new Aimd()),
  peer("vegas", "Vegas of Netflix' concurrency-limits", ({ seed }) => new Vegas(new Random(seed))),
  peer("gradient2", "Gradient2 of Netflix' concurrency-limits", () => new Gradient2()),
  peer("bbr", "BBR of kratos, inside the upstream", ({ utilization }) => new Bbr(utilization)),
  peer("envoy-gradient", "Envoy's adaptive_concurrency", ({ seed }) => new EnvoyGradient(new Random(seed))),
  peer("envoy-live", "Envoy's adaptive_concurrency, least latency measured under load", ({ seed }) => {
    return new EnvoyGradient(new Random(seed), true);
  }),
  {
    ...peer("envoy-admission", "Envoy's admission_control", ({ workers, seed }) => {
      return new AdmissionControl(workers, new Random(seed));
    }),
    perWorker: true,
  },
];

export const LIMITER_NAMES = LIMITERS.map(({ name }) => name);

/** The configuration of the adaptive limit: no capacity is told. */
function adaptive({ priorities }: Scenario): object {
  if (priorities.length === 0) return { concurrency: {} };
  const classes = priorities.map(({ name }) =>
    name === "default" ? { name } : { name, match: { headers: [{ name: "x-priority", exact: name }] } },
  );
  return { concurrency: {}, priorities: { classes } };
}

function quota({ capacityPerSecond }: Surroundings): object {
  const requests = Math.round(CONFIGURED_SHARE * capacityPerSecond);
  return { rules: [{ name: "all", quota: { requests, per: "second", burst: Math.ceil(requests / 10) } }] };
}

/** Reads the module under test: the one that `npm run build` left unless another file is named. */
export async function readOwn(files: { module?: string; config?: string }, folder: string): Promise<OwnModule> {
  const { config } = files;
  const file = files.module === undefined ? modulePath("ratelimit") : resolve(folder, files.module);
  try {
    const module = await PluginModule.compile(await readFile(file));
    return {
      module,
      configuration: config === undefined ? undefined : await readFile(resolve(folder, config), "utf8"),
    };
  } catch (error) {
    throw new UserError(messageOf(error), 3);
  }
}
