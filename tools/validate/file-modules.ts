import { existsSync, readFileSync } from "node:fs";
import { givenModule, type GivenProblem } from "../build/given-module.js";
import { INLINE, localFile, moduleSource, urlProblem } from "../generate/module-source.js";
import type { Fault, Path } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";
import { named } from "./loaded-module.js";

/** Modules that a policy has proxies load from file://, as far as such files are on this machine. Reads each file once. */
export class FileModules {
  readonly #known = new Map<string, GivenProblem[]>();

  /** @param moduleUrl of all modules, which comes before what policies say. @param envoyVersion the oldest, if known. */
  constructor(
    private readonly moduleUrl?: string,
    private readonly envoyVersion?: string,
  ) {}

  /** What keeps Envoy from running the modules of a policy. */
  faults(policy: PolicyDocument): Fault[] {
    const options = this.moduleUrl === undefined ? {} : { moduleUrl: this.moduleUrl };
    return policy.spec.plugins.flatMap((plugin, i) => {
      const source = moduleSource(policy, plugin, options);
      if (!source || source.url === INLINE || urlProblem(source.url) !== undefined) return [];
      const file = localFile(source);
      const path: Path = ["spec", "plugins", i, "name"];
      return file === undefined
        ? []
        : this.#problems(file).map((problem) => ({ ...named(plugin.name, problem), path }));
    });
  }

  #problems(file: string): GivenProblem[] {
    const known = this.#known.get(file) ?? problemsOf(file, this.envoyVersion);
    this.#known.set(file, known);
    return known;
  }
}

/** A file that cannot be read here may well be there in a proxy. */
function problemsOf(file: string, envoyVersion: string | undefined): GivenProblem[] {
  if (!existsSync(file)) return [];
  try {
    return givenModule(readFileSync(file), envoyVersion).problems;
  } catch {
    return [];
  }
}
