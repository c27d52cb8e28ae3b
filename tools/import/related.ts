import type { Field } from "./field.js";
import type { Reading } from "./import.js";
import { type IngressPath, ingressPaths, isCanaryIngress } from "./nginx-ingress.js";
import type { ImportOptions } from "./options.js";
import type { Source } from "./source.js";

/** What the resources among the files say of each other: selectors of services, subsets, gateways, other Ingresses. */
export class Related implements Reading {
  private readonly used = new Set<Source>();

  constructor(
    private readonly sources: readonly Source[],
    readonly options: ImportOptions,
  ) {}

  /** Whether something was learnt from a resource that itself becomes no policy. */
  wasUsed(source: Source): boolean {
    return this.used.has(source);
  }

  serviceLabels(source: Source): Record<string, string> | undefined {
    return this.service(source)?.root.down("spec", "selector")?.texts();
  }

  containerPort(source: Source, port: number): number {
    const ports = this.service(source)?.root.down("spec", "ports")?.items ?? [];
    const target = ports.find((one) => one.at("port")?.value === port)?.at("targetPort")?.value;
    return typeof target === "number" ? target : port;
  }

  subsetLabels(host: string, subset: string, namespace: string | undefined): Record<string, string> | undefined {
    const rules = this.of("DestinationRule").filter((rule) => sameHost(rule, host, namespace));
    const subsets = rules.flatMap((rule) => rule.root.down("spec", "subsets")?.items ?? []);
    const found = subsets.find((one) => one.at("name")?.value === subset);
    if (found) {
      this.used.add(found.source);
      found.at("name")?.settle();
      found.source.root.down("spec", "host")?.settle();
    }
    return found?.at("labels")?.texts();
  }

  gatewayLabels(name: string, namespace: string | undefined): Record<string, string> | undefined {
    const [plain, home = namespace] = name.split("/").reverse();
    const gateway = this.of("Gateway").find((one) => one.name === plain && one.namespace === home);
    if (gateway) this.used.add(gateway);
    gateway?.root.settle();
    return gateway?.root.down("spec", "selector")?.texts();
  }

  mainPath(canary: Source, { host, path }: IngressPath): IngressPath | undefined {
    const found = this.mainPaths(canary.namespace).find((other) => other.host === host && other.path === path);
    if (found) this.used.add(found.from.source);
    found?.from.source.root.settle();
    return found;
  }

  pathsOfHost(namespace: string | undefined, host: string): IngressPath[] {
    return this.mainPaths(namespace).filter((path) => path.host === host);
  }

  private mainPaths(namespace: string | undefined): IngressPath[] {
    const ingresses = this.of("Ingress").filter((one) => !isCanaryIngress(one) && one.namespace === namespace);
    return ingresses.flatMap(({ root }) => ingressPaths(root));
  }

  private service({ name, namespace }: Source): Source | undefined {
    const service = this.of("Service").find((one) => one.name === name && one.namespace === namespace);
    if (service) this.used.add(service);
    service?.root.settle();
    return service;
  }

  private of(kind: string): Source[] {
    return this.sources.filter((source) => source.kind === kind);
  }
}

/** A host by its short name or in full. */
function sameHost(rule: Source, host: string, namespace: string | undefined): boolean {
  const full = (name: string, home: string | undefined): string =>
    name.includes(".") ? name : `${name}.${home ?? "default"}.svc.cluster.local`;
  const own: Field | undefined = rule.root.down("spec", "host");
  return typeof own?.value === "string" && full(own.value, rule.namespace) === full(host, namespace);
}
