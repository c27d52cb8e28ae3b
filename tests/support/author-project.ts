// Files of somebody who writes a plugin on the npm package.

/** Tests the plugin hello in the Node host, and prints the header that it adds. */
export const AUTHORS_TEST = `import { readFile } from "node:fs/promises";
import { PluginModule, Proxy } from "tidegate/host";

const vm = await new Proxy().createVm(await PluginModule.compile(await readFile("build/hello.wasm")), { vmId: "hello" });
const plugin = vm.startPlugin({ name: "hello", rootId: "hello", configuration: "" });
const stream = plugin.openStream();
stream.requestHeaders([[":path", "/"]], true);
stream.responseHeaders([[":status", "200"]], true);
console.log(stream.response.headers.find(([name]) => name === "hello")[1]);
`;

/** Tries it in a real Envoy, and prints the status and that header. */
export const AUTHORS_RIG = `import { TestRig, valuesOf } from "tidegate/rig";

const rig = await TestRig.start("hello");
const { status, headers } = await rig.get("/");
await rig.stop();
console.log(status, ...valuesOf(headers, "hello"));
`;

/** Names what a test of an author names, right and wrong. */
export const AUTHORS_TYPES = `import { PluginModule, Proxy } from "tidegate/host";
import { TestRig } from "tidegate/rig";

const vm = await new Proxy().createVm(await PluginModule.compile(new Uint8Array()), { vmId: "hello" });
export const failure: string | undefined = vm.startPlugin({ name: "a", rootId: "a", configuration: "" }).failure;
export const rig: TestRig = await TestRig.start("hello");
// @ts-expect-error: there is no such option
vm.startPlugin({ nome: "a" });
`;

/** tsconfig.json of tests. */
export const HOST_TYPES = {
  compilerOptions: {
    target: "es2022",
    module: "nodenext",
    strict: true,
    noEmit: true,
    lib: ["es2023"],
    types: ["node"],
  },
};

/** tsconfig.json of plugins. */
export const EDITOR = {
  extends: "tidegate/assembly/tsconfig.json",
  include: ["./**/*.ts", "../node_modules/tidegate/assembly/editor.d.ts"],
};
