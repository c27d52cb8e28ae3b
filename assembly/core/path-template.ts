import { ByteView, Utf8 } from "./bytes";
import { isPlainName } from "./plain-name";

/** Segments that a template may have. */
export const MAX_TEMPLATE_SEGMENTS: i32 = 32;

/** Moves `segment` to the next segment of `path`, from the slash at `at` on. @returns where it ends, -1: there is none. */
// @ts-ignore: decorator
@inline
function nextSegment(path: ByteView, at: i32, segment: ByteView): i32 {
  if (at >= path.length) return -1;
  let end = at + 1;
  while (end < path.length && path.at(end) != 0x2f) end++;
  segment.set(path.ptr + <usize>(at + 1), end - at - 1);
  return end;
}

/** Lets `found` view segment `number` of the path, from 1 on. @returns false when there is none, or it is empty. */
export function findSegment(path: ByteView, number: i32, found: ByteView): bool {
  let at = 0;
  for (let i = 0; i < number; i++) {
    at = nextSegment(path, at, found);
    if (at < 0) return false;
  }
  return found.length > 0;
}

/**
 * A path with parameters, `/users/{id}/orders`: a parameter stands for one segment that is not empty, `**` as the last
 * segment for any number of segments. A slash at the end of a path does not count.
 */
@final
export class PathTemplate {
  /** Names of the parameters, in order. */
  readonly parameters: string[] = [];
  /** The segments; null for a parameter. */
  private readonly segments: Array<Utf8 | null> = [];
  private readonly numbers: i32[] = [];
  private open: bool = false;
  private readonly segment: ByteView = new ByteView();
  /** What is wrong with the template's text; empty: nothing. */
  problem: string = "";

  /** Allocates. */
  constructor(text: string) {
    const parts = text.split("/");
    const count = parts.length - 1;
    if (count > MAX_TEMPLATE_SEGMENTS) this.problem = `expected at most ${MAX_TEMPLATE_SEGMENTS} segments`;
    for (let i = 1; i <= count; i++) {
      const part = parts[i];
      if (i == count && part == "**") this.open = true;
      else if (i < count || part != "") this.add(part);
    }
  }

  private add(part: string): void {
    const begins = part.indexOf("{");
    if (begins < 0 && !part.includes("}") && !part.includes("*")) {
      this.segments.push(new Utf8(part));
      return;
    }
    this.segments.push(null);
    const name = part.length > 2 && begins == 0 && part.endsWith("}") ? part.slice(1, -1) : "";
    if (!isPlainName(name, "_-", true)) {
      this.problem = 'expected segments such as users or {id}, and "**" as the last one only';
    } else if (this.parameters.includes(name)) {
      this.problem = `expected each parameter once, not {${name}} twice`;
    }
    this.parameters.push(name);
    this.numbers.push(this.segments.length);
  }

  /** The number of the segment that the parameter stands for, from 1 on; 0: there is no such parameter. */
  segmentOf(parameter: string): i32 {
    const index = this.parameters.indexOf(parameter);
    return index < 0 ? 0 : this.numbers[index];
  }

  /** Whether the path, without query, is as the template. Allocates: nothing. */
  holds(path: ByteView): bool {
    if (path.length == 0 || path.at(0) != 0x2f) return false;
    const segment = this.segment;
    let at = 0;
    for (let i = 0; i < this.segments.length; i++) {
      at = nextSegment(path, at, segment);
      if (at < 0 || segment.length == 0) return false;
      const wanted = unchecked(this.segments[i]);
      if (wanted != null && !segment.equals(wanted)) return false;
    }
    return this.open || at >= path.length - 1;
  }
}
