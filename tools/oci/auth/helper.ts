import { spawn } from "node:child_process";
import { UserError } from "../../errors.js";
import type { Env } from "../registry/proxy.js";
import type { Credentials } from "./credentials.js";

const TIMEOUT_MS = 30_000;
const MAX_OUTPUT = 1024 * 1024;
/** By this name a helper says that what it gives is a token. */
const TOKEN_USER = "<token>";

/**
 * Asks a program `docker-credential-NAME` for what it keeps; undefined when it keeps nothing for that registry.
 * Fails with a `UserError` when it is not there, fails, or does not answer in `timeoutMs`.
 * @param server key of the registry, as the login gave it.
 */
export async function askHelper(
  name: string,
  server: string,
  env: Env,
  timeoutMs = TIMEOUT_MS,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  const { code, output } = await run(program, server, env, timeoutMs);
  if (code !== 0) {
    if (/credentials not found/i.test(output)) return undefined;
    throw new UserError(`${program} get: ${complaintOf(output) || `exit ${code}`}`, 3);
  }
  const { Username: username, Secret: secret } = parsed(output) ?? {};
  if (typeof username !== "string" || typeof secret !== "string") {
    throw new UserError(`${program} get: its answer is no JSON with Username and Secret`, 3);
  }
  if (username === "" && secret === "") return undefined;
  if (username === TOKEN_USER) return { identityToken: secret, source: program };
  return { username, password: secret, source: program };
}

/** What a failing helper says goes to standard output; anything that may hold a secret stays unsaid. */
function complaintOf(output: string): string {
  const line = output.trim().split("\n", 1)[0] ?? "";
  return /[{}"]/.test(line) ? "" : line.slice(0, 200);
}

function parsed(output: string): { Username?: unknown; Secret?: unknown } | undefined {
  try {
    return JSON.parse(output) as object;
  } catch {
    return undefined;
  }
}

function run(
  program: string,
  input: string,
  env: Env,
  timeoutMs: number,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["get"], { env: env as NodeJS.ProcessEnv, stdio: ["pipe", "pipe", "ignore"] });
    const fail = (why: string): void => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      child.stdout.destroy(); // what it started may hold the other end
      reject(new UserError(`${program} ${why}`, 3));
    };
    const timer = setTimeout(() => fail(`does not answer in ${timeoutMs / 1000} s`), timeoutMs);
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.length > MAX_OUTPUT) fail("says too much");
    });
    child.stdin.on("error", () => undefined); // it need not read
    child.once("error", (error: NodeJS.ErrnoException) =>
      fail(
        error.code === "ENOENT" ? "is not on PATH, and the login is kept there" : `cannot be started: ${error.code}`,
      ),
    );
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
    child.stdin.end(input);
  });
}
