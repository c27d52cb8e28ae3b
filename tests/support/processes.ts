import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** The command line of a process; "" when there is none, or only a dead one that its parent has not collected. */
export function commandLine(pid: number): string {
  const [state = "", ...args] = spawnSync("ps", ["-o", "stat=,args=", "-p", String(pid)], { encoding: "utf8" })
    .stdout.trim()
    .split(/\s+/);
  return state.startsWith("Z") ? "" : args.join(" ");
}

/** Command lines of all running processes that contain `text`. */
export function commandsWith(text: string): string[] {
  return spawnSync("ps", ["-e", "-o", "stat=,args="], { encoding: "utf8" })
    .stdout.split("\n")
    .filter((line) => line.includes(text) && !line.startsWith("Z"));
}

/** Waits until the process has ended, at most `timeoutMs`. @returns whether it has. */
export async function hasEnded(pid: number, timeoutMs = 5_000): Promise<boolean> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(20)) {
    if (commandLine(pid) === "") return true;
  }
  return false;
}
