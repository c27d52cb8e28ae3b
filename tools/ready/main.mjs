import { join } from "node:path";
import { isCompiled, isTyped, noteCompiled, noteTyped, removeStrays, sourceDigest } from "./compiled.mjs";
import { dependenciesMatch, installCommand } from "./dependencies.mjs";
import { root } from "./root.mjs";
import { Interrupted, run } from "./run.mjs";
import { tasks } from "./tasks.mjs";

/** A step that failed: its exit code becomes ours, its message our last line; empty where the step said all itself. */
class StepFailed extends Error {
  constructor(message, exitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

const USAGE = 2;
const IO = 3;

const obtainEnvoy = [process.execPath, join(root, "dist", "tools", "envoy", "obtain.js")];

/**
 * Set-up in the order in which it is done; each at most once in a run. Standard output is left to the task itself:
 * npm and tsc, which write their errors there, are sent to standard error, and the build's report is left out.
 */
const setUp = {
  async dependencies() {
    if (dependenciesMatch()) return;
    const remedy = "check the network and the npm registry, then run this again";
    await step("dependencies", installCommand(), remedy, { stdout: 2 });
  },
  async tool() {
    const sources = sourceDigest(); // taken before, in case someone edits meanwhile
    if (isCompiled(sources)) return;
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    await step("compile", [process.execPath, tsc, "-p", "."], "correct the errors above", { stdout: 2 });
    noteCompiled(sources);
  },
  async plugins() {
    await step("plugins", tasks.build.command([]), tasks.build.remedy, { stdout: "ignore" });
  },
  async counting() {
    const command = tasks.build.command(["--mode", "counting"]);
    await step("plugins that count allocations", command, tasks.build.remedy, { stdout: "ignore" });
  },
  async package() {
    removeStrays();
    const sources = sourceDigest();
    if (isTyped(sources)) return;
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    await step("types of the package", [process.execPath, tsc, "-p", "tools/host"], "correct the errors above", {
      stdout: 2,
    });
    noteTyped(sources);
  },
  async envoy() {
    await step("envoy", obtainEnvoy);
  },
  async oldestEnvoy() {
    await step("the oldest envoy", obtainEnvoy, undefined, { environment: tasks["test:e2e:oldest"].environment });
  },
  async collector() {
    await step("collector", [process.execPath, join(root, "dist", "tests", "collector", "obtain.js")]);
  },
  async registry() {
    await step("registry", [process.execPath, join(root, "dist", "tests", "registry", "obtain.js")]);
  },
  async cosign() {
    await step("cosign", [process.execPath, join(root, "dist", "tests", "cosign", "obtain.js")]);
  },
  async istio() {
    await step("istio", [process.execPath, join(root, "dist", "tests", "istio", "obtain.js")]);
  },
};

/**
 * Runs one task and sets the exit code: that of the command which failed, 2 for an unknown task, 128 + n after signal n.
 * @param {string[]} argv the task's name and its arguments
 */
export async function main([name, ...args]) {
  process.stderr.on("error", () => {}); // nobody reads it any more; the step that runs is still ended in order
  try {
    if (!Object.hasOwn(tasks, name ?? "")) throw new StepFailed(usage(name), USAGE);
    const hasParts = tasks[name].steps ?? tasks[name].together;
    if (hasParts && args.length > 0) throw new StepFailed(`${name} takes no arguments; its parts do`, USAGE);
    await perform(name, args, new Set());
  } catch (error) {
    tell(error);
    process.exitCode = error.exitCode ?? IO;
  }
}

async function perform(name, args, done) {
  const task = tasks[name];
  for (const need of Object.keys(setUp).filter((need) => task.needs?.includes(need) && !done.has(need))) {
    await setUp[need]();
    done.add(need);
  }
  for (const other of task.steps ?? []) await perform(other, [], done);
  await together(task.together ?? [], done);
  if (task.command) await step(name, task.command(args), task.remedy, { environment: task.environment });
}

/** Tasks at the same time, whose set-up is done. All of them end; the exit code is that of the first that failed. */
async function together(names, done) {
  const ended = await Promise.allSettled(names.map((name) => perform(name, [], done)));
  const [first, ...others] = ended.filter(({ status }) => status === "rejected").map(({ reason }) => reason);
  for (const error of others) tell(error);
  if (first) throw first;
}

async function step(name, command, remedy, options) {
  const start = performance.now();
  say(`${name} ...`);
  const code = await run(command, options);
  if (code !== 0) throw new StepFailed(remedy ? `${name} failed: ${remedy}` : "", code);
  say(`${name} done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

function usage(name) {
  const width = Math.max(...Object.keys(tasks).map((task) => task.length));
  const list = Object.entries(tasks).map(([task, { about }]) => `  ${task.padEnd(width)}  ${about}`);
  return `${name ? `no task ${name}` : "a task is needed"}; there are:\n${list.join("\n")}`;
}

/** Says why a step failed, unless it did so itself. */
function tell(error) {
  if (!(error instanceof Interrupted) && error.message) say(error.message);
}

function say(line) {
  process.stderr.write(`ready: ${line}\n`);
}
