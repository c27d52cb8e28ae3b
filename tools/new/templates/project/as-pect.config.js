/**
 * as-pect: specs of what the plugins decide and of how they read their configuration, compiled one file at a time.
 *
 * No host function is supplied. A spec whose module still imports one (a `proxy_*` call, a clock, randomness) is refused by
 * name before it is linked: what is tested here takes time and randomness as parameters. asc drops imports that nothing
 * reaches, so only a call that can really happen is refused.
 */

/** What the as-pect runner itself supplies. */
const FROM_RUNNER = new Set(["env.abort", "env.trace"]);

function refuseHostCalls(binary) {
  const host = WebAssembly.Module.imports(new WebAssembly.Module(binary))
    .filter(({ module }) => module !== "__aspect" && module !== "rtrace")
    .map(({ module, name }) => `${module}.${name}`)
    .filter((name) => !FROM_RUNNER.has(name));
  if (host.length === 0) return;
  console.error(`pure code reaches the host: ${host.join(", ")}`);
  process.exit(1);
}

export default {
  entries: ["tests/plugins/**/*.spec.ts"],
  include: ["node_modules/@as-pect/assembly/assembly/index.ts"],
  disclude: [/node_modules/],
  async instantiate(memory, createImports, instantiate, binary) {
    refuseHostCalls(binary);
    return instantiate(binary, createImports({}));
  },
  outputBinary: false,
};
