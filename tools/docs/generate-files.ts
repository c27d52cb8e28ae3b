import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatFinding } from "../errors.js";
import { discoverPlugins } from "../plugins.js";
import { loadRig } from "../rig/load-rig.js";
import { envoyFile, envoyFileText, rigNames } from "../rig/rig-files.js";
import { repoRoot } from "../root.js";
import { withConfigTable } from "./config-table.js";

// `npm run generate`: writes anew what is made from policies and schemas. A test fails when one of these is not up to
// date: the Envoy configuration of each rig in envoy-configs/, and the table of keys in each plugin's README.
for (const rig of rigNames()) {
  const { policy, findings } = await loadRig(rig);
  for (const finding of findings) process.stderr.write(`${formatFinding(finding)}\n`);
  if (policy) writeFileSync(envoyFile(rig), envoyFileText(rig, policy));
  else process.exitCode = 1;
}
for (const { name, ownSchema } of discoverPlugins().values()) {
  const file = join(repoRoot, "plugins", name, "README.md");
  writeFileSync(file, withConfigTable(readFileSync(file, "utf8"), ownSchema));
}
