import { execFile } from "node:child_process";
import { messageOf } from "../errors.js";

/** What git says of the sources of a plugin. */
export interface Checkout {
  /** The commit that is checked out. */
  revision: string;
  /** When it was made, in seconds since 1970. */
  time: number;
  /** Files that are not as that commit has them, from the folder that the repository is. */
  changed: string[];
}

/** Why git says nothing, though it may well be there. */
export interface Unasked {
  problem: string;
}

const TIMEOUT_MS = 20_000;
const MAX_OUTPUT = 64 * 1024 * 1024;
const FIELDS = /^([0-9a-f]{40,64}) (\d+)$/;

/**
 * Asks git for the commit that a folder's files are of. Undefined when git is not installed, or keeps none of them: a
 * package in `node_modules` lies in a repository that is not its own.
 * @param folder whose changes count.
 * @param paths whose changes count besides; absolute.
 */
export async function checkoutOf(folder: string, paths: readonly string[]): Promise<Checkout | Unasked | undefined> {
  try {
    if ((await git(folder, "ls-files", "--", ".")) === "") return undefined;
    const head = await git(folder, "log", "-1", "--no-show-signature", "--format=%H %ct", "HEAD");
    const [, revision = "", time = "0"] = FIELDS.exec(head) ?? [];
    const status = await git(folder, "status", "--porcelain", "-z", "--untracked-files=no", "--", ".", ...paths);
    return { revision, time: Number(time), changed: changedFiles(status) };
  } catch (error) {
    return isNoRepository(error) ? undefined : { problem: messageOf(error).split("\\n")[0]! };
  }
}

/** Of `status -z`: two letters, a space and a path each; what was renamed is followed by its old path alone. */
function changedFiles(status: string): string[] {
  return status.split("\0").flatMap((entry) => /^[ A-Z]{2} (.+)$/s.exec(entry)?.[1] ?? []);
}

/** Or one in which nothing has been committed. */
function isNoRepository(error: unknown): boolean {
  const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
  return code === "ENOENT" || /not a git repository|does not have any commits/.test(stderr);
}

function git(folder: string, ...args: string[]): Promise<string> {
  const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT, env: environment() };
  return new Promise((resolve, reject) => {
    const all = ["-C", folder, "--no-optional-locks", "--literal-pathspecs", ...args];
    execFile("git", all, options, (error, stdout, stderr) => {
      if (error) reject(Object.assign(error, { message: stderr.trim() || error.message, stderr }));
      else resolve(stdout.trimEnd());
    });
  });
}

/** English messages; and, within a hook, the repository that the folder is of, not the one that the hook is of. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: "C", GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined };
}
