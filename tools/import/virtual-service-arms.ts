import type { ArmRoute } from "../policy/model.js";
import { RuleNames } from "./draft.js";
import type { Field } from "./field.js";
import type { Weighted } from "./shares.js";
import type { Source } from "./source.js";

interface Destination {
  arm: string;
  host: string;
  subset?: string;
  port?: number;
}

/** The destinations of a VirtualService's routes, each an arm. */
export class Destinations {
  private readonly byKey = new Map<string, Destination>();
  private readonly names = new RuleNames();

  constructor(readonly source: Source) {}

  /** How many there are. */
  get count(): number {
    return this.byKey.size;
  }

  /** The arms of a route with their weights; a weight that is not written is all. None without a destination. */
  read(route: Field): Weighted[] {
    return (route.at("route")?.items ?? []).flatMap((item, _, { length }) => {
      const weight = item.at("weight")?.number() ?? (length === 1 ? 100 : 0);
      const destination = item.at("destination");
      const host = destination?.at("host")?.text();
      if (!destination || host === undefined) {
        item.report("TG8103", "there is no destination with a host");
        return [];
      }
      return weight < 0 ? [] : [{ arm: this.armOf(host, destination), weight: length === 1 ? 100 : weight }];
    });
  }

  /** The arms as routes. @param labelsOf a subset's labels, if its DestinationRule is known. */
  routes(labelsOf: (host: string, subset: string) => Record<string, string> | undefined): {
    service?: string;
    port?: number;
    arms: ArmRoute[];
  } {
    const all = [...this.byKey.values()];
    const main = all.find(({ subset }) => subset !== undefined);
    const isPart = ({ host, subset, port }: Destination): boolean =>
      subset !== undefined && host === main?.host && port === main.port;
    const arms = all.map((destination): ArmRoute => {
      const { arm, host, subset, port } = destination;
      if (!isPart(destination)) return { name: arm, service: host, ...(port === undefined ? {} : { port }) };
      const labels = labelsOf(host, subset!);
      return { name: arm, ...(labels ? { labels } : {}), ...(!labels || subset !== arm ? { subset: subset! } : {}) };
    });
    this.sayLostSubsets(all.filter((destination) => destination.subset !== undefined && !isPart(destination)));
    return { ...(main ? { service: main.host } : {}), ...(main?.port === undefined ? {} : { port: main.port }), arms };
  }

  private sayLostSubsets(lost: Destination[]): void {
    if (lost.length === 0) return;
    const words = lost.map(({ host, subset }) => `${subset} of ${host}`).join(", ");
    const message = `routes know subsets of one service and port, so these are written as whole services: ${words}`;
    const path = [...this.source.base, "spec", "http"];
    this.source.report({ code: "TG8104", path, at: "key", message, remedy: "Give each version a service of its own" });
  }

  private armOf(host: string, destination: Field): string {
    const subset = destination.at("subset")?.text();
    const port = destination.down("port", "number")?.number();
    const key = JSON.stringify([host, subset, port]);
    const known = this.byKey.get(key);
    if (known) return known.arm;
    const arm = this.names.take(subset ?? host.split(".")[0]!);
    this.byKey.set(key, {
      arm,
      host,
      ...(subset === undefined ? {} : { subset }),
      ...(port === undefined ? {} : { port }),
    });
    return arm;
  }
}
