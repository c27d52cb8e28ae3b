import { gatewayApi } from "../routes/gateway-api.js";
import type { Target } from "./target.js";

/** Envoy Gateway, of which only the routes can be generated so far. */
export const envoyGateway: Target = {
  name: "envoy-gateway",
  about: "HTTPRoutes of the Gateway API; --routes only",
  inKubernetes: true,
  faults: () => [
    {
      code: "TG3011",
      path: ["spec", "plugins"],
      at: "key",
      message: "the plugins cannot be generated for Envoy Gateway yet",
      remedy: "Give --routes only",
    },
  ],
  generate: () => [],
  routes: gatewayApi,
};
