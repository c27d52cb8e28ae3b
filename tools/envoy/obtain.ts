import { messageOf } from "../errors.js";
import { exitCodeOf } from "../exit-code.js";
import { interruptible } from "../interrupt.js";
import { locateEnvoy } from "./locate.js";

// Run by tools/ready.mjs before the tests and the bench, so that they find an Envoy without fetching it in the middle.
const say = (line: string): void => void process.stderr.write(`envoy: ${line}\n`);
try {
  await interruptible((signal) => locateEnvoy({ allowInstall: true, report: say, signal }));
} catch (error) {
  say(messageOf(error));
  process.exitCode = exitCodeOf(error) ?? 3;
}
