import { ISTIO } from "../support/istio/programs.js";
import { obtain } from "../support/obtain.js";

// Run by tools/ready.mjs before the tests of this folder.
await obtain(ISTIO);
