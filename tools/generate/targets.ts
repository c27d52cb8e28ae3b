import { envoy } from "./envoy.js";
import { envoyGateway } from "./envoy-gateway.js";
import { istioEnvoyFilter } from "./istio-envoyfilter.js";
import { istioWasmPlugin } from "./istio-wasmplugin.js";
import type { Target } from "./target.js";

/** Everything that a policy can be turned into, in the order of the help. */
export const TARGETS: readonly Target[] = [istioWasmPlugin, istioEnvoyFilter, envoy, envoyGateway];
