import { COLLECTOR } from "../support/collector-binary.js";
import { obtain } from "../support/obtain.js";

// Run by tools/ready.mjs before the tests of this folder.
await obtain(COLLECTOR);
