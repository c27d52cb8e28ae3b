import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { registryProgram } from "./registry-programs.js";

/** Of the user of registry-cli.ts: what htpasswd keeps. */
const HTPASSWD = "somebody:$2a$04$DL.CC3H3kyjgCXxozohscuGb/9vQm1usadeRdJtEl2lD7ijb5Ha0e\n";

/** What a registry lets in, in its own words: see distribution's configuration reference. */
export type Auth = Record<string, Record<string, unknown>>;

/** distribution's registry in a process of its own, its images in memory. */
export class RealRegistry {
  private constructor(
    readonly host: string,
    readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  /** @param auth from the folder of its files. @param tlsName that it has a certificate for, which is `certificate`. */
  static async start(auth: (folder: string) => Auth = () => ({}), tlsName?: string): Promise<RealRegistry> {
    const folder = mkdtempSync(join(tmpdir(), "tidegate-real-registry-"));
    writeFileSync(join(folder, "htpasswd"), HTPASSWD);
    const config = {
      version: 0.1,
      log: { level: "error", accesslog: { disabled: true } },
      storage: { inmemory: {}, delete: { enabled: true } },
      http: { addr: "127.0.0.1:0", secret: "of the test" },
      auth: auth(folder),
    };
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    const args = [join(folder, "config.json"), ...(tlsName === undefined ? [] : [join(folder, "ca.pem"), tlsName])];
    const child = spawn(registryProgram("registry"), args, { stdio: ["ignore", "pipe", "ignore"] });
    process.once("exit", () => child.kill("SIGKILL"));
    const [host] = (await Promise.race([
      once(createInterface({ input: child.stdout }), "line"),
      once(child, "exit").then(() => Promise.reject(new Error("the registry ended"))),
    ])) as [string];
    return new RealRegistry(host, folder, child);
  }

  get certificate(): string {
    return join(this.folder, "ca.pem");
  }

  get port(): number {
    return Number(this.host.split(":").at(-1));
  }

  async close(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await ended;
    rmSync(this.folder, { recursive: true });
  }
}

/** Runs crane to its end. Fails when it fails. @returns what it printed. */
export function crane(args: readonly string[], env: Record<string, string> = {}): string {
  const ran = spawnSync(registryProgram("crane"), args, { encoding: "utf8", env: { ...process.env, ...env } });
  if (ran.status !== 0) throw new Error(`crane ${args.join(" ")}: ${ran.stderr}`);
  return ran.stdout;
}
