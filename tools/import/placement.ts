import type { Direction } from "../policy/model.js";
import type { Draft } from "./draft.js";
import type { ImportOptions } from "./options.js";
import type { Source } from "./source.js";

type Where = Draft["where"];

/** Whom limits on a workload's own traffic are for: the labels given, else those of the options, else a guess. */
export function workloadOf(source: Source, labels: Record<string, string> | undefined, options: ImportOptions): Where {
  const known = labels ?? options.workload;
  if (known && Object.keys(known).length > 0) return { workload: { labels: known } };
  source.report({
    code: "TG8107",
    path: source.namePath,
    message: `nothing says which pods are meant; app: ${source.name} is taken`,
    remedy: "Import the Service along with it, or name the pods with --workload app=...",
  });
  return { workload: { labels: { app: source.name } } };
}

/** The gateway of the labels given, else that of the options, else `guess`. */
export function gatewayOf(
  source: Source,
  labels: Record<string, string> | undefined,
  options: ImportOptions,
  guess: NonNullable<Where["gateway"]>,
): Where {
  if (labels && Object.keys(labels).length > 0) return { gateway: { labels } };
  if (options.gateway) return { gateway: options.gateway };
  const taken =
    guess.name ??
    Object.entries(guess.labels ?? {})
      .map(([key, value]) => `${key}: ${value}`)
      .join(", ");
  source.report({
    code: "TG8107",
    path: source.namePath,
    message: `nothing says which gateway is meant; ${taken} is taken`,
    remedy: "Name it with --gateway NAME, or its pods with --gateway app=...",
  });
  return { gateway: guess };
}

/** An attachment without what is the default. */
export function attachTo(direction: Direction, port: number | undefined): Draft["attach"] {
  if (direction === "gateway" && port === undefined) return undefined;
  return { ...(direction === "gateway" ? {} : { direction }), ...(port === undefined ? {} : { ports: [port] }) };
}

/** The names by which sidecars may ask for a host: a service of the mesh is asked for by its short names, too. */
export function namesOf(host: string, namespace: string | undefined): string[] {
  const plain = host.toLowerCase();
  const [, service, home] = /^([^.*]+)\.([^.*]+)\.svc\.cluster\.local$/.exec(plain) ?? [];
  if (service === undefined || home === undefined) return [plain];
  const local = home === namespace ? [service] : [];
  return [plain, `${service}.${home}.svc`, `${service}.${home}`, ...local];
}
