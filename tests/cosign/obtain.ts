import { COSIGN } from "../support/cosign-program.js";
import { obtain } from "../support/obtain.js";
import { REGISTRY } from "../support/registry-programs.js";

// Run by tools/ready.mjs before the tests of this folder.
await obtain(REGISTRY);
await obtain(COSIGN);
