import { type Command, InvalidArgumentError } from "commander";
import type { Io } from "../io.js";
import { Registry } from "../oci/registry/registry.js";
import { collect } from "./inputs.js";
import { numberBetween } from "./option-values.js";

/** Options of all that talk to registries. */
export interface TransferFlags {
  plainHttp?: boolean;
  timeout?: number;
}

/** Options of what signs or checks signatures, in cosign's own words. */
export interface SignerFlags {
  key?: string;
  certificateIdentity?: string;
  certificateOidcIssuer?: string;
  cosign?: string[];
}

const PATIENCE_MS = 1000;
const MIB = 1024 * 1024;

export function withTransferOptions(command: Command): Command {
  return command
    .option("--plain-http", "ask without TLS, as registries of this machine are: credentials too go in the clear")
    .option("--timeout <seconds>", "how long a registry may be silent (default: 30)", numberBetween(1, 3600, false));
}

export function withSignerOptions(command: Command): Command {
  return command
    .option("--key <key>", "with cosign: its key, a file or what else cosign takes")
    .option(
      "--cosign <argument>",
      "another argument for cosign, such as --cosign=--tlog-upload=false; may be repeated",
      collect,
    );
}

/** Does work with registries, and shows how far it is when that takes long and a person is looking. */
export async function withRegistry<T>(
  io: Io,
  verb: string,
  { plainHttp = false, timeout }: TransferFlags,
  signal: AbortSignal,
  work: (registry: Registry) => Promise<T>,
): Promise<T> {
  let bytes = 0;
  const show = (): void => io.err(`\r${verb} ... ${(bytes / MIB).toFixed(1)} MiB`);
  let shown = false;
  const timer = setInterval(() => {
    if (io.stderrIsTerminal) show();
    shown = io.stderrIsTerminal;
  }, PATIENCE_MS);
  const limits = timeout === undefined ? {} : { timeoutMs: timeout * 1000 };
  const onBytes = (moved: number): void => void (bytes += moved);
  try {
    return await work(new Registry({ env: io.env, plainHttp, signal, onBytes, ...limits }));
  } finally {
    clearInterval(timer);
    if (shown) io.err("\r\u001b[K");
  }
}

/** Reads a hash of an option. */
export function someSha256(text: string): string {
  const hash = text.replace(/^sha256:/, "").toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hash)) return hash;
  throw new InvalidArgumentError("Expected 64 digits of 0-9 and a-f.");
}
