import { collectionOf, ISTIO_KINDS } from "./kinds.js";

export interface Resource {
  apiVersion?: string;
  kind: string;
  metadata: Metadata;
  spec?: unknown;
}

interface Metadata {
  name: string;
  namespace?: string;
  resourceVersion?: string;
  [key: string]: unknown;
}

export interface Change {
  type: "ADDED" | "MODIFIED" | "DELETED";
  collection: string;
  resource: Resource;
}

/** The resources of a cluster, in memory; those who watch hear of each change. */
export class Cluster {
  private readonly resources = new Map<string, Map<string, Resource>>();
  private readonly watchers = new Set<(change: Change) => void>();
  private version = 1000;

  constructor() {
    for (const name of ["default", "istio-system"]) this.put({ kind: "Namespace", metadata: { name } });
    for (const [kind, [group, plural]] of ISTIO_KINDS) {
      const spec = { group, names: { kind, plural } };
      this.put({ kind: "CustomResourceDefinition", metadata: { name: `${plural}.${group}` }, spec });
    }
  }

  get resourceVersion(): string {
    return String(this.version);
  }

  /** Adds a resource or puts it in the place of its older self; without a namespace it is in `default`. */
  put(given: Resource): Resource {
    const collection = collectionOf(given.kind);
    const place = this.placeOf(collection);
    const namespace = isNamespaced(given.kind) ? { namespace: given.metadata.namespace ?? "default" } : {};
    const key = keyOf({ ...given.metadata, ...namespace });
    const old = place.get(key);
    const resource = { ...given, metadata: { ...given.metadata, ...namespace, ...this.issue(old) } };
    place.set(key, resource);
    this.tell({ type: old ? "MODIFIED" : "ADDED", collection, resource });
    return resource;
  }

  remove(given: Resource): void {
    const collection = collectionOf(given.kind);
    const key = keyOf({ ...given.metadata, namespace: given.metadata.namespace ?? "default" });
    const resource = this.placeOf(collection).get(key);
    if (!resource) throw new Error(`there is no ${given.kind} ${key}`);
    this.placeOf(collection).delete(key);
    this.version++;
    this.tell({ type: "DELETED", collection, resource });
  }

  list(collection: string): Resource[] {
    return [...this.placeOf(collection).values()];
  }

  /** @returns what ends it. */
  watch(hear: (change: Change) => void): () => void {
    this.watchers.add(hear);
    return () => void this.watchers.delete(hear);
  }

  /** What the API server adds to what is written. */
  private issue(old: Resource | undefined): object {
    const resourceVersion = String(++this.version);
    const generation = Number(old?.metadata["generation"] ?? 0) + 1;
    // Of two alike, istiod takes the older first.
    const first = { uid: `uid-${resourceVersion}`, creationTimestamp: new Date(this.version * 1000).toISOString() };
    const { uid, creationTimestamp } = old?.metadata ?? first;
    return { resourceVersion, generation, uid, creationTimestamp: String(creationTimestamp).replace(".000Z", "Z") };
  }

  private placeOf(collection: string): Map<string, Resource> {
    const place = this.resources.get(collection) ?? new Map<string, Resource>();
    this.resources.set(collection, place);
    return place;
  }

  private tell(change: Change): void {
    for (const hear of this.watchers) hear(change);
  }
}

function isNamespaced(kind: string): boolean {
  return !["Namespace", "CustomResourceDefinition", "Node", "IngressClass"].includes(kind);
}

function keyOf({ namespace, name }: Metadata): string {
  return `${namespace ?? ""}/${name}`;
}
