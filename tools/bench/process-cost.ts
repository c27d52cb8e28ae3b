import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../errors.js";

const IDLE_TIMEOUT_MS = 2_000;

/**
 * CPU time that a process has used so far, user and system, in microseconds: the sum over its threads of what
 * /proc/<pid>/stat shows as utime + stime, but in nanoseconds instead of hundredths of a second. Exact only while the
 * process is idle. Linux only.
 */
export async function cpuMicroseconds(pid: number): Promise<number> {
  const used = await Promise.all((await threadFiles(pid, "schedstat")).map((text) => Number(text.split(" ")[0])));
  return used.reduce((sum, ns) => sum + ns, 0) / 1000;
}

/** Waits until no thread of the process runs or wants to. Fails after 2 s. Linux only. */
export async function untilIdle(pid: number): Promise<void> {
  for (const deadline = Date.now() + IDLE_TIMEOUT_MS; Date.now() < deadline; await sleep(1)) {
    const states = (await threadFiles(pid, "stat")).map((text) => text.slice(text.lastIndexOf(")") + 2)[0]);
    if (!states.includes("R")) return;
  }
  throw new Error(`process ${pid} is not idle ${IDLE_TIMEOUT_MS / 1000} s after the load`);
}

async function threadFiles(pid: number, file: string): Promise<string[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  return await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/${file}`, "utf8")));
}

/** Resident memory of a process, in bytes. Linux only. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN);
}

/** Two of the processors that this process may use: one for Envoy, one for the load. */
export async function twoProcessors(): Promise<[envoy: number, load: number]> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const [first, second] = processorList(/^Cpus_allowed_list:\s+(\S+)/m.exec(status)?.[1] ?? "");
  if (first === undefined || second === undefined) {
    throw new UserError("the benchmark needs Linux and two processors, one for Envoy and one for the load.", 3);
  }
  return [first, second];
}

/** "0-2,5" as [0, 1, 2, 5]. */
export function processorList(text: string): number[] {
  return text
    .split(",")
    .filter((range) => range !== "")
    .flatMap((range) => {
      const [from = 0, to = from] = range.split("-").map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
}
