#!/usr/bin/env node
// The command `tidegate`. The tool itself is compiled into dist/.
import { existsSync } from "node:fs";

const tool = new URL("../dist/tools/bin.js", import.meta.url);
if (existsSync(tool)) {
  await import(tool.href);
} else {
  process.stderr.write("tidegate: the tool is not compiled yet; run `npm run build` first\n");
  process.exitCode = 3;
}
