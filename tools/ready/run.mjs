import { spawn } from "node:child_process";
import { constants } from "node:os";
import { root } from "./root.mjs";

/** After a signal a step may tidy up this long before its whole process group is killed. */
const GRACE_MS = 10_000;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
const PARENT_POLL_MS = 250;
/** Looked up before anything is started: who hears of a command's first words may kill our parent at once. */
const PARENT = process.ppid;

/** Told apart from a step that failed by itself: nothing needs explaining. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`ended by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * Runs a command at the root of the project; its standard error is ours.
 * It gets a process group of its own: a signal to us is passed to all of the group, so that nothing outlives us.
 * @param {string[]} command program and arguments
 * @param {{ stdout?: "inherit" | "ignore" | 2, timeoutMinutes?: number, environment?: Record<string, string> }} [options]
 *   2: to our standard error; `environment`: variables besides ours
 * @returns {Promise<number>} the exit code. Throws `Interrupted` when a signal ended us meanwhile.
 */
export async function run([program, ...args], { stdout = "inherit", timeoutMinutes = 30, environment = {} } = {}) {
  let child;
  let interruptedBy;
  const timers = [];
  const endGroup = (signal) => {
    signalGroup(child.pid, signal);
    timers.push(setTimeout(() => signalGroup(child.pid, "SIGKILL"), GRACE_MS));
  };
  const onSignal = (signal) => {
    if (!interruptedBy) endGroup(signal);
    interruptedBy ??= signal;
  };
  for (const signal of SIGNALS) process.on(signal, onSignal); // before there is anything that would be left behind
  const env = { ...process.env, ...environment };
  child = spawn(program, args, { cwd: root, env, stdio: ["ignore", stdout, "inherit"], detached: true });
  timers.push(setTimeout(() => endGroup("SIGTERM"), timeoutMinutes * 60_000));
  timers.push(whenOrphaned(() => onSignal("SIGTERM")));
  try {
    const code = await exitCodeOf(child);
    if (interruptedBy) throw new Interrupted(interruptedBy);
    return code;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    for (const signal of SIGNALS) process.off(signal, onSignal);
    if (interruptedBy) signalGroup(child.pid, "SIGKILL"); // members that outlived the command
  }
}

/**
 * A SIGTERM to npm ends npm and its shell but is not passed on to us: that we are left alone is the sign of it.
 * Started by hand, we may well outlive the shell that started us.
 */
function whenOrphaned(act) {
  const isByNpm = process.env.npm_lifecycle_event !== undefined;
  return setInterval(() => isByNpm && process.ppid !== PARENT && act(), PARENT_POLL_MS);
}

function exitCodeOf(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

function signalGroup(leader, signal) {
  try {
    process.kill(-leader, signal);
  } catch {
    // the group is gone
  }
}
