import { type Finding, hasErrors } from "../errors.js";
import type { Fault } from "../policy/fault.js";
import { readTextFile } from "../policy/read-text.js";
import { encodeIds } from "./encode.js";
import { IdList } from "./id-list.js";
import { parseList } from "./list-file.js";

const EMPTY = { encoded: encodeIds(new IdList()) };

const TOO_LONG = "Split it into several lists, or have a share of keys instead";

/** A list file as the policies that name it need it. */
interface FromFile {
  /** What stands in its place; empty when it is wrong: the plugin need not say it again. */
  list: object;
  /** Why no plugin takes it, told of every policy that names it. */
  fault?: Omit<Fault, "path">;
}

/** Reads each list file once, for whichever policies name it, and tells once what is wrong in it. */
export class ListFiles {
  private readonly known = new Map<string, FromFile>();

  /** @param shown what messages call it. Never throws for a file that cannot be read. */
  async read(shown: string, path: string, findings: Finding[]): Promise<FromFile> {
    const known = this.known.get(path) ?? (await readList(shown, path, findings));
    this.known.set(path, known);
    return known;
  }
}

async function readList(shown: string, path: string, told: Finding[]): Promise<FromFile> {
  const read = await readTextFile(shown, path);
  if ("finding" in read) {
    const { code, message } = read.finding as { code: "TG1001" | "TG1002"; message: string };
    return { list: EMPTY, fault: { code, message: `${shown}: ${message}`, remedy: "Correct the path or the file" } };
  }
  const { list, findings } = parseList(shown, read.text);
  told.push(...findings);
  const message = list.sizeProblem();
  if (message) return { list: EMPTY, fault: { code: "TG7004", message, remedy: TOO_LONG } };
  return { list: hasErrors(findings) ? EMPTY : { encoded: encodeIds(list) } };
}
