import asc from "assemblyscript/asc";
import { repoRoot } from "../../../tools/root.js";

const PROBE = "tests/fixtures/probe/probe";

/** Compiles the probe: bare ABI, no library, memory that is never collected. */
export async function compileProbe(): Promise<Uint8Array> {
  const flags = ["-O3", "--noAssert", "--runtime", "stub", "--exportStart", "_initialize"];
  const files = [`${PROBE}.ts`, "--baseDir", repoRoot, "--outFile", "probe.wasm"];
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main([...files, ...flags, "--use", `abort=${PROBE}/stop`], {
    writeFile: (_name, contents) => void (wasm = contents as Uint8Array),
  });
  if (error || !wasm) throw new Error(`the probe does not compile: ${stderr.toString()}`);
  return wasm;
}
