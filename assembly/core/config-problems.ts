/** Every problem of a configuration, each with its JSON path, so that one look is enough to mend them all. */
import { pathKey } from "./quote";

/** Problems after these are counted, not kept: a list of 10,000 wrong ids is one mistake. */
export const MAX_PROBLEMS: i32 = 50;


@final
export class Problems {
  private kept: string[] = [];
  private left: i32 = 0;

  /** @param path such as `$.rules[0].match`. @param message what was expected, on one line. */
  add(path: string, message: string): void {
    this.addLine(`${path}: ${message}`);
  }

  /** Adds a line that already begins with its path, as `JsonDocument.error` does. */
  addLine(line: string): void {
    if (this.kept.length < MAX_PROBLEMS) this.kept.push(line);
    else this.left++;
  }

  /** True when no more are kept: counts a problem, which then need not be put into words. */
  leaveOut(): bool {
    if (this.kept.length < MAX_PROBLEMS) return false;
    this.left++;
    return true;
  }

  /** How many there are, kept or not. */
  get count(): i32 {
    return this.kept.length + this.left;
  }

  get ok(): bool {
    return this.kept.length == 0;
  }

  /** One line for each problem, in the order of the text; after 50, one line that says how many more there are. */
  get list(): string[] {
    if (this.left == 0) return this.kept;
    return this.kept.concat([`$: and ${this.left} more`]);
  }
}

/** Where a value lies in the configuration; rendered only when a message needs it. */
@final
export class ConfigPath {
  /** Use `ConfigPath.root`, `member` and `element`. */
  constructor(
    private parent: ConfigPath | null,
    private key: string,
    private index: i32,
  ) {}

  static readonly root: ConfigPath = new ConfigPath(null, "", 0);

  member(key: string): ConfigPath {
    return new ConfigPath(this, key, -1);
  }

  element(index: i32): ConfigPath {
    return new ConfigPath(this, "", index);
  }

  toString(): string {
    const parent = this.parent;
    if (parent == null) return "$";
    const step = this.index < 0 ? pathKey(this.key) : `[${this.index}]`;
    return parent.toString() + step;
  }
}
