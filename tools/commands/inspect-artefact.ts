import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { hasErrors, UserError } from "../errors.js";
import { type Artefact, artefactAt } from "../inspect/artefact.js";
import { inspected } from "../inspect/inspect.js";
import { textOf } from "../inspect/text.js";
import { interruptible } from "../interrupt.js";
import type { Io } from "../io.js";
import { parseReference } from "../oci/reference.js";
import { printedAs } from "../output/print-form.js";
import { modulePath, pluginFolders } from "../plugin-folders.js";
import type { InspectFlags } from "./inspect.js";
import { report } from "./report.js";
import { type TransferFlags, withRegistry } from "./transfer.js";

/** Says all of what a name leads to. @returns the exit code. */
export async function inspect(name: string, flags: InspectFlags, io: Io): Promise<number> {
  const inspection = inspected(name, await artefactOf(name, flags, io), flags.envoyVersion);
  const { findings } = inspection;
  io.out(printedAs(flags.output, inspection, textOf));
  return flags.output === "text" ? report(findings, io) : Number(hasErrors(findings));
}

/** A file comes before a plugin of that name, and an image is asked for only where a registry is named. */
async function artefactOf(name: string, flags: TransferFlags, io: Io): Promise<Artefact> {
  const path = resolve(io.cwd, name);
  if (!name.startsWith("oci://")) {
    if (existsSync(path)) return artefactAt(path);
    if (pluginFolders().has(name)) return builtPlugin(name);
    if (!namesRegistry(name)) throw new UserError(`${name} is no file, and no plugin; an image begins with oci://`, 3);
  }
  const reference = parseReference(name);
  const image = await interruptible((signal) =>
    withRegistry(io, "reading", flags, signal, (registry) => registry.fetchImage(reference)),
  );
  return { kind: "image in a registry", image };
}

function builtPlugin(name: string): Artefact {
  const path = modulePath(name);
  if (existsSync(path)) return artefactAt(path);
  throw new UserError(`the plugin ${name} is not built: run \`tidegate build ${name}\``, 3);
}

/** `registry.example.com/canary` and `localhost:5000/canary`, but not `build/canary.wasm`. */
function namesRegistry(name: string): boolean {
  return /^(localhost|[^./][^/]*[.:][^/]*)\//.test(name);
}
