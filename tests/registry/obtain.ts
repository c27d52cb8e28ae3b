import { spawnSync } from "node:child_process";
import { obtain } from "../support/obtain.js";
import { REGISTRY } from "../support/registry-programs.js";

// Run by tools/ready.mjs before the tests of this folder.
const hasGo = spawnSync("go", ["version"]).status === 0;
if (hasGo || process.env["CI"] === "true") await obtain(REGISTRY);
else process.stderr.write("registry: there is no Go to build a registry with; its tests are left out\n");
