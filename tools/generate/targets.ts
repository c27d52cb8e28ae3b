import { envoy } from "./envoy.js";
import { envoyFiles } from "./envoy-files.js";
import { envoyFilters } from "./envoy-filters.js";
import { envoyGateway } from "./envoy-gateway.js";
import { higress } from "./higress.js";
import { istioEcds } from "./istio-ecds.js";
import { istioEnvoyFilter } from "./istio-envoyfilter.js";
import { istioTrafficExtension } from "./istio-trafficextension.js";
import { istioWasmPlugin } from "./istio-wasmplugin.js";
import type { Target } from "./target.js";

/** Everything that a policy can be turned into, in the order of the help. */
export const TARGETS: readonly Target[] = [
  istioWasmPlugin,
  istioTrafficExtension,
  istioEnvoyFilter,
  envoy,
  envoyGateway,
  higress,
];

/** Other forms of some of them, which options of the command ask for. */
export const FORMS = { ecds: istioEcds, filters: envoyFilters, files: envoyFiles } as const;
