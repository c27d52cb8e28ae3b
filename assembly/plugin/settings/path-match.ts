import { ByteView, Utf8 } from "../../core/bytes";
import { PathTemplate } from "../../core/path-template";

/** Ways to compare a path, the less specific first. */
export enum PathKind {
  Any,
  Prefix,
  Template,
  Exact,
}

/** What the path of a setting's requests is like. Allocates nothing after construction. */
@final
export class PathMatch {
  private readonly bytes: Utf8;
  private readonly template: PathTemplate | null;
  /** The text by which two templates are one that differ in their parameters' names alone. */
  private readonly shape: string;
  /** Of two of a kind the longer one is more specific. A parameter of a template counts as one byte, `**` as none. */
  readonly length: i32;

  constructor(
    readonly kind: PathKind,
    readonly text: string,
  ) {
    const bytes = new Utf8(text);
    const isTemplate = kind == PathKind.Template;
    const shape = isTemplate ? shapeOf(text) : text;
    this.bytes = bytes;
    this.template = isTemplate ? new PathTemplate(text) : null;
    this.shape = shape;
    this.length = isTemplate && shape.endsWith("/**") ? bytesOf(shape) - 2 : bytesOf(shape);
  }

  /** Whether the same paths hold for the other. */
  isSame(other: PathMatch): bool {
    return this.kind == other.kind && this.shape == other.shape;
  }

  /** @param path without query, in its normal form; of no bytes: the request has none. */
  holds(path: ByteView): bool {
    if (this.kind == PathKind.Any) return true;
    const template = this.template;
    if (template != null) return template.holds(path);
    return this.kind == PathKind.Exact ? path.equals(this.bytes) : path.startsWith(this.bytes);
  }
}

/** `/users/{id}/x` is `/users/{/x`; a slash at the end does not count. */
function shapeOf(template: string): string {
  const segments = template.split("/");
  for (let i = 0; i < segments.length; i++) if (segments[i].startsWith("{")) segments[i] = "{";
  if (segments.length > 2 && segments[segments.length - 1] == "") segments.pop();
  return segments.join("/");
}

function bytesOf(text: string): i32 {
  return String.UTF8.byteLength(text);
}
