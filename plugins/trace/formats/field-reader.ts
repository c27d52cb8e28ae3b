import { escapedByte } from "../../../assembly/core/percent-encoding";

/** The parts of a header's value between separators, one after another. Allocates nothing. */
@final
export class FieldReader {
  /** Where the field at hand begins. */
  start: usize = 0;
  /** Where it ends, white space around it included. */
  stop: usize = 0;
  /** Where the next field begins; 0 when there is none. */
  private rest: usize = 0;
  private from: usize = 0;
  private end: usize = 0;

  constructor(
    private readonly separator: u8,
    /** Whether the separator also counts where it is percent-encoded. */
    private readonly isEncodable: bool = false,
  ) {}

  /** Stands before the first field of the bytes from `from` to `end`, of which there is always one. */
  open(from: usize, end: usize): void {
    this.from = from;
    this.rest = from;
    this.end = end;
  }

  /** Stands before the first field of the same bytes again. */
  rewind(): void {
    this.rest = this.from;
  }

  /** Goes to the next field; false when there is none. */
  next(): bool {
    let at = this.rest;
    if (at == 0) return false;
    this.start = at;
    let separator: usize = 0;
    while (at < this.end && (separator = this.separatorAt(at)) == 0) at++;
    this.stop = at;
    this.rest = at < this.end ? at + separator : 0;
    return true;
  }

  /** Whether no field comes after the one at hand. */
  get isLast(): bool {
    return this.rest == 0;
  }

  get length(): i32 {
    return <i32>(this.stop - this.start);
  }

  /** How many bytes the separator takes that stands at `at`; 0 when it is none. */
  // @ts-ignore: decorator
  @inline
  private separatorAt(at: usize): usize {
    if (load<u8>(at) == this.separator) return 1;
    return this.isEncodable && escapedByte(at, this.end) == <i32>this.separator ? 3 : 0;
  }
}
