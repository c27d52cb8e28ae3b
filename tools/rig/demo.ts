import { once } from "node:events";
import { parseArgs } from "node:util";
import { formatFinding, messageOf, UserError } from "../errors.js";
import { locateEnvoy } from "../envoy/locate.js";
import { exitCodeOf } from "../exit-code.js";
import type { Send } from "./exchange.js";
import type { PolicyDocument } from "../policy/model.js";
import { repoRoot } from "../root.js";
import { embeddedSend } from "./embedded.js";
import { httpSend } from "./http-send.js";
import { interruptible, orAborted } from "../interrupt.js";
import { loadRig } from "./load-rig.js";
import { startRig } from "./running-rig.js";
import { endWhenUnwritable } from "../standard-output.js";
import { play, quickstart, type SeenRow } from "./scenario.js";
import { allHeld, tableText } from "./table.js";

const RIG = "quickstart";
const FAILED = 1;

/** What the demo does with `send`, and how it got that. */
interface Stage {
  /** Printed above the table. */
  title: string;
  rows: SeenRow[];
}

/** The three plugins in a real Envoy on free ports, with two upstreams behind it. */
async function inEnvoy(signal: AbortSignal): Promise<Stage> {
  const policy = await quickstartPolicy();
  const envoy = await locateEnvoy({ allowInstall: true, report: say, signal });
  const rig = await startRig(policy, { envoy, ports: "auto", signal });
  const { send, close } = httpSend(rig.ports.listener);
  try {
    const rows = await orAborted(playAll(send), signal);
    const title = `Envoy ${envoy.version} on port ${rig.ports.listener}, two upstreams behind it; all stopped again.`;
    return { title, rows };
  } finally {
    close();
    await rig.close();
  }
}

/** The same modules in the Node host, where no Envoy can be had. */
async function inNode(signal: AbortSignal): Promise<Stage> {
  const policy = await quickstartPolicy();
  const rows = await orAborted(playAll(await embeddedSend(policy)), signal);
  return { title: "Embedded: the same modules in the Node host, without Envoy and without a network.", rows };
}

async function quickstartPolicy(): Promise<PolicyDocument> {
  const { policy, findings } = await loadRig(RIG, repoRoot);
  if (!policy) throw new UserError(formatFinding(findings[0]!), 3);
  return policy;
}

const playAll = (send: Send): Promise<SeenRow[]> => play(quickstart, send);

/** @returns the exit code: 0 only when every row was seen as expected. */
async function main(args: string[]): Promise<number> {
  const { embedded } = options(args);
  const { title, rows } = await interruptible(embedded ? inNode : inEnvoy);
  const failed = rows.filter((row) => row.seen !== row.expected).length;
  const verdict = allHeld(rows) ? `All ${rows.length} as expected.` : `${failed} of ${rows.length} not as expected.`;
  const colour = process.stdout.isTTY === true && !process.env["NO_COLOR"];
  const text = `${title}\n\n${tableText(rows, colour)}\n${verdict}\n`;
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
  return allHeld(rows) ? 0 : FAILED;
}

function options(args: string[]): { embedded: boolean } {
  try {
    const { values } = parseArgs({ args, options: { embedded: { type: "boolean", default: false } } });
    return { embedded: values.embedded };
  } catch (error) {
    throw new UserError(`${messageOf(error)}. The demo knows one option, --embedded.`);
  }
}

function say(line: string): void {
  process.stderr.write(`demo: ${line}\n`);
}

endWhenUnwritable(say);
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const exitCode = exitCodeOf(error);
  say(exitCode === undefined ? String((error as Error).stack) : messageOf(error));
  process.exitCode = exitCode ?? 3;
}
