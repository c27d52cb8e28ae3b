import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EnvoyLog } from "../envoy/log.js";
import { UserError } from "../errors.js";
import { type BootstrapOptions, envoyBootstrap } from "../generate/envoy-bootstrap.js";
import type { Fault } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";

const TIMEOUT_MS = 60_000;

/**
 * Has an Envoy load the policy's bootstrap with `--mode validate`, which opens no port but really runs the plugins'
 * on_configure. @returns Envoy's own first error line as a fault, none when it accepts the bootstrap.
 */
export async function envoyFaults(
  binary: string,
  policy: PolicyDocument,
  options: BootstrapOptions = {},
): Promise<Fault[]> {
  const folder = await mkdtemp(join(tmpdir(), "tidegate-validate-"));
  try {
    const file = join(folder, "envoy.json");
    await writeFile(file, JSON.stringify(envoyBootstrap(policy, options)));
    const refusal = await firstComplaint(binary, file);
    if (refusal === undefined) return [];
    const message = `Envoy refuses the policy: ${refusal}`;
    const remedy = "Correct what it names, or set TIDEGATE_ENVOY to another Envoy";
    return [{ code: "TG5001", path: ["spec", "plugins"], at: "key", message, remedy }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function firstComplaint(binary: string, file: string): Promise<string | undefined> {
  const args = ["--mode", "validate", "-c", file, "--log-level", "error"];
  return new Promise((resolve, reject) => {
    execFile(binary, args, { timeout: TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (!error) return resolve(undefined);
      if (typeof error.code === "string") return reject(new UserError(`${binary} does not start: ${error.message}`, 3));
      if (error.killed) return resolve(`it did not finish within ${TIMEOUT_MS / 1000} s`);
      const log = new EnvoyLog();
      log.append(stderr + stdout);
      resolve(log.firstError() || `exit ${error.code}`);
    });
  });
}
