import type { Finding } from "../errors.js";
import type { Code } from "../policy/codes.js";
import { IdList } from "./id-list.js";

/** A file whose every line is wrong is one mistake. */
const MAX_FINDINGS = 20;

/** A list file, read. */
export interface ReadList {
  list: IdList;
  findings: Finding[];
}

/**
 * Reads a list: an id or a range of numbers in each line. Lines of white space and lines that begin with # say nothing;
 * white space around an id, carriage returns and a byte order mark do not count. No finding shows an id.
 * @param file what messages call it.
 */
export function parseList(file: string, text: string): ReadList {
  const list = new IdList();
  const report = new Report(file);
  let [line, repeated, firstRepeated, doubtful, firstDoubtful] = [0, 0, 0, 0, 0];
  for (const full of text.replace(/^\ufeff/, "").split("\n")) {
    line += 1;
    const id = full.replace(/^[ \t\r]+|[ \t\r]+$/g, "");
    if (id === "" || id.startsWith("#")) continue;
    const taken = list.add(id);
    if (taken === "repeated" && repeated++ === 0) firstRepeated = line;
    if (typeof taken === "string" && goesOn(id) && doubtful++ === 0) firstDoubtful = line;
    if (typeof taken !== "string") report.add("TG7001", line, full.indexOf(id) + 1, `this is no id: ${taken.problem}`);
  }
  report.finish();
  if (repeated > 0) {
    const message = `${repeated === 1 ? "an id stands" : `${repeated} ids stand`} there again; here is the first such line`;
    report.warn("TG7002", firstRepeated, message, "Remove repeated lines");
  }
  if (doubtful > 0) {
    const which = doubtful === 1 ? "this line goes" : `${doubtful} lines go, as this one,`;
    const message = `${which} on after a number, all of which is one id`;
    report.warn("TG7007", firstDoubtful, message, "Write one id in each line, and comments in lines of their own");
  }
  if (list.size === 0 && report.findings.length === 0) {
    report.add("TG7003", 1, 1, "the list has no id", "Write one id in each line, or leave the list out");
  }
  return { list, findings: report.findings };
}

/** Whether an id is a number, and then what looks like another field of a table, another id or a comment. */
function goesOn(id: string): boolean {
  return /^\d+[\s,;#|]/.test(id);
}

/** Collects the findings of one file. */
class Report {
  readonly findings: Finding[] = [];
  private left = 0;

  constructor(private readonly file: string) {}

  add(code: Code, line: number, column: number, message: string, remedy?: string): void {
    if (this.findings.length === MAX_FINDINGS) this.left += 1;
    else {
      const { file } = this;
      this.findings.push({ code, severity: "error", file, line, column, message, ...(remedy ? { remedy } : {}) });
    }
  }

  warn(code: Code, line: number, message: string, remedy: string): void {
    this.findings.push({ code, severity: "warning", file: this.file, line, column: 1, message, remedy });
  }

  /** Says how many findings there are besides those that are kept. */
  finish(): void {
    const last = this.findings.at(-1);
    if (last && this.left > 0) last.message += `; and ${this.left} more such lines`;
  }
}
