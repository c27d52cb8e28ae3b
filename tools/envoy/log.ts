/** Kept of Envoy's output: its beginning, which says why a start failed, and the newest part. */
const MAX_HEAD = 64 * 1024;
const MAX_TAIL = 192 * 1024;
const ENTRY = /^\[[^\]]*\]\[\d+\]\[(?<level>\w+)\]\[[^\]]*\] (?:\[[^\]]*\] )?(?<message>.*)$/;

/** What an Envoy wrote to stdout and stderr, in bounded memory: never more than 256 KB of characters. */
export class EnvoyLog {
  private head = "";
  private tail = "";
  private left = "";

  /** @param onLine receives each whole line as it comes. */
  constructor(private readonly onLine?: (line: string) => void) {}

  append(chunk: string): void {
    const room = MAX_HEAD - this.head.length;
    this.head += chunk.slice(0, Math.max(0, room));
    if (chunk.length > room) this.tail = (this.tail + chunk.slice(Math.max(0, room))).slice(-MAX_TAIL);
    if (this.onLine) this.passLines(chunk);
  }

  get text(): string {
    return this.head + this.tail;
  }

  /**
   * Envoy's first complaint without its prefix: an error or critical entry, else the first line; "" when silent.
   * Protobuf varies the spaces in its messages from run to run, so each run of them becomes one.
   */
  firstError(): string {
    const lines = this.text.split("\n").filter((line) => line.trim() !== "");
    for (const line of lines) {
      const { level, message = "" } = ENTRY.exec(line)?.groups ?? {};
      if (level !== "error" && level !== "critical") continue;
      const inner = /^error `(.*)` initializing config/.exec(message)?.[1] ?? message;
      return inner.replace(/ +/g, " ");
    }
    return lines.at(0) ?? "";
  }

  private passLines(chunk: string): void {
    const lines = (this.left + chunk).split("\n");
    this.left = (lines.pop() ?? "").slice(-MAX_HEAD);
    for (const line of lines) this.onLine?.(line);
  }
}
