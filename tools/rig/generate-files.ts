import { writeFileSync } from "node:fs";
import { formatFinding } from "../errors.js";
import { loadRig } from "./load-rig.js";
import { envoyFile, envoyFileText, rigNames } from "./rig-files.js";

// `npm run generate`: writes anew what the folders of envoy-configs/ hold besides their policies and READMEs.
for (const rig of rigNames()) {
  const { policy, findings } = await loadRig(rig);
  for (const finding of findings) process.stderr.write(`${formatFinding(finding)}\n`);
  if (policy) writeFileSync(envoyFile(rig), envoyFileText(rig, policy));
  else process.exitCode = 1;
}
