import { join } from "node:path";
import { compile } from "../../../tools/build/asc.js";
import { formatFinding } from "../../../tools/errors.js";
import { repoRoot } from "../../../tools/root.js";
import type { Seen, Subject, Visit } from "./subject.js";

type Unloaded = Omit<Subject, "wasm">;

/** What a plugin does that it should not, though it starts. */
export interface Defect {
  what: string;
  subject: Unloaded;
  visit: Visit;
  seen: Omit<Seen, "body" | "upstream">;
}

const get = (traps = false): Visit => ({ name: "a request", request: { path: "/" }, traps, isQuiet: true });

/** Of the fixture solo-defects. */
export const DEFECTS: readonly Defect[] = [
  {
    what: "a configuration is lost when the root id is empty",
    subject: { name: "nameless", rootId: "", configuration: "x" },
    visit: get(),
    seen: { status: 200, headers: ["x-configuration: "], logs: [] },
  },
  {
    what: "a configuration is there under a root id",
    subject: { name: "telling", rootId: "telling", configuration: "x" },
    visit: get(),
    seen: { status: 200, headers: ["x-configuration: x"], logs: [] },
  },
  {
    what: "shared data is neither written nor read, and reading a metric changes it",
    subject: { name: "state", rootId: "state", configuration: "x" },
    visit: get(),
    seen: { status: 200, headers: ["x-set: 6", "x-got: 1", "x-metric: not 7"], logs: [] },
  },
  {
    what: "a property that is not there ends the VM",
    subject: { name: "property", rootId: "property", configuration: "x" },
    visit: get(true),
    seen: { status: 503, headers: [], logs: ["1", ":( at: ~lib/@solo-io/proxy-runtime/assembly/runtime.ts(28:5)"] },
  },
];

/** What keeps it from starting. */
export const REFUSED: readonly { what: string; subject: Unloaded; logs: string[]; envoySays: RegExp }[] = [
  {
    what: "an empty configuration traps",
    subject: { name: "empty", rootId: "telling" },
    logs: [],
    envoySays: /proxy_on_configure failed: Uncaught RuntimeError: memory access out of bounds/,
  },
  {
    what: "a root id that is not registered traps",
    subject: { name: "unknown", rootId: "nobody", configuration: "x" },
    logs: [
      "Missing root context factory for root id: nobody at: ~lib/@solo-io/proxy-runtime/assembly/runtime.ts(991:5)",
      "Key does not exist at: ~lib/map.ts(105:17)",
    ],
    envoySays: /Missing root context factory for root id: nobody/,
  },
];

/** Two plugins of the fixture gcore-tour in one VM. */
export const SHARING: readonly Unloaded[] = [
  { name: "one", vmId: "shared", rootId: "one", configuration: "of one" },
  { name: "other", vmId: "shared", rootId: "other", configuration: "of the other" },
];

/** The fixture abi/oldest. */
export const OLDEST: Unloaded = { name: "oldest", rootId: "oldest", configuration: "of the plugin" };
/** It has no configuration of its VM. */
export const OLDEST_LOGS = ["", "of the plugin"];
export const OLDEST_VISIT = get();

export async function oldest(): Promise<Uint8Array> {
  const { wasm, findings } = await compile(join(repoRoot, "tests/fixtures/abi/oldest.ts"), "release");
  if (!wasm) throw new Error(findings.map(formatFinding).join("\n"));
  return wasm;
}
