/**
 * Policies as a fleet has them, in one YAML text: each for a workload of its own, trace as everyone has it, and a limit of
 * its own.
 */
export function manyPolicies(count: number): string {
  return Array.from({ length: count }, (_, i) => policy(i)).join("---\n");
}

function policy(i: number): string {
  return `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: service-${i}, namespace: shop }
spec:
  workload: { labels: { app: service-${i} } }
  attach: { direction: inbound, ports: [9080] }
  moduleUrl: file:///etc/tidegate/{plugin}.wasm
  tracer: none
  plugins:
    - name: trace
    - name: ratelimit
      config:
        rules:
          - name: per-user
            key: { header: x-user }
            quota: { requests: ${100 + i}, per: second, burst: 200 }
`;
}
