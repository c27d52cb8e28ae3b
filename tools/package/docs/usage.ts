import { envoyFilters } from "../../generate/envoy-filters.js";
import { envoyGateway } from "../../generate/envoy-gateway.js";
import { higress } from "../../generate/higress.js";
import { istioWasmPlugin } from "../../generate/istio-wasmplugin.js";
import type { Target } from "../../generate/target.js";
import { yamlText } from "../../generate/text.js";
import type { PluginInfo } from "../../plugins.js";
import type { PolicyDocument, PolicySpec } from "../../policy/model.js";
import { tagOf } from "../tag.js";
import type { PackageFacts } from "./facts.js";

/** A way to load the plugin. */
export interface Usage {
  heading: string;
  yaml: string;
}

/** What differs between the gateways. */
interface Way {
  heading: string;
  target: Target;
  spec: Partial<PolicySpec>;
  namespace: string;
}

/** Every plugin makes sense at a gateway. */
const GATEWAY: Partial<PolicySpec> = { gateway: { labels: { istio: "ingressgateway" } } };
const GATEWAY_NAMESPACE = "istio-ingress";
const WAYS: readonly Way[] = [
  { heading: "Istio", target: istioWasmPlugin, spec: GATEWAY, namespace: GATEWAY_NAMESPACE },
  {
    heading: "Higress",
    target: higress,
    spec: { gateway: { labels: { app: "higress-gateway" } } },
    namespace: "higress-system",
  },
  { heading: "Envoy Gateway", target: envoyGateway, spec: { gateway: { name: "public" } }, namespace: "edge" },
  { heading: "Envoy", target: envoyFilters, spec: { ...GATEWAY, capabilities: "all" }, namespace: "edge" },
];

/** How the plugin is loaded with the first of its examples, by each gateway: what `tidegate generate` makes. */
export function usages(plugin: PluginInfo, facts: PackageFacts): Usage[] {
  return WAYS.map(({ heading, target, spec, namespace }) => {
    const policy = policyOf(plugin, facts, { moduleUrl: imageOf(plugin, facts), ...spec }, namespace);
    const local = { moduleUrl: `file:///etc/envoy/${plugin.name}.wasm` };
    const resources = target.generate(policy, target.inKubernetes ? {} : local);
    return {
      heading,
      yaml: yamlText(
        resources.map((resource) => byHand(resource, policy, facts)),
        undefined,
      ),
    };
  });
}

/** The policy that they are made from. */
export function policyText(plugin: PluginInfo, facts: PackageFacts): string {
  const spec = { ...GATEWAY, moduleUrl: imageOf(plugin, facts) };
  return yamlText([policyOf(plugin, facts, spec, GATEWAY_NAMESPACE)], undefined);
}

/** A resource as somebody writes it who has no policy: without its marks, and in the plugin's place in the chain. */
function byHand(resource: object, { metadata }: PolicyDocument, { about }: PackageFacts): object {
  const { spec, ...rest } = resource as { spec?: { priority?: number } };
  if (spec === undefined) return resource;
  const { name, namespace } = metadata;
  const placed = spec.priority === undefined ? spec : { ...spec, priority: about.priority };
  return { ...rest, metadata: { name, namespace }, spec: placed };
}

function imageOf({ name }: PluginInfo, { version }: PackageFacts): string {
  return `oci://registry.example.com/plugins/${name}:${tagOf(version)}`;
}

function policyOf(
  { name }: PluginInfo,
  { about }: PackageFacts,
  spec: Partial<PolicySpec>,
  namespace: string,
): PolicyDocument {
  const [example] = about.examples;
  const rootId = about.rootId === undefined ? {} : { rootId: about.rootId };
  return {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name, namespace },
    spec: {
      ...spec,
      ...(about.phase === "last" ? {} : { attach: { phase: about.phase } }),
      plugins: [{ name, ...rootId, config: example?.config ?? {} }],
    },
  };
}
