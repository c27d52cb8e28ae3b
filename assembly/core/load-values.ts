import { Utf8 } from "./bytes";

/** Fields of xds.data.orca.v3.OrcaLoadReport, by their numbers. */
export const enum LoadField {
  Unknown = 0,
  Cpu = 1,
  Memory = 2,
  /** Replaced by RequestsPerSecond. */
  WholeRequestsPerSecond = 3,
  /** A map, as Utilization and Named. */
  RequestCost = 4,
  Utilization = 5,
  RequestsPerSecond = 6,
  ErrorsPerSecond = 7,
  Named = 8,
  Application = 9,
}

/** In the order of their numbers. */
const NAMES: Utf8[] = [
  new Utf8("cpu_utilization"),
  new Utf8("mem_utilization"),
  new Utf8("rps"),
  new Utf8("request_cost"),
  new Utf8("utilization"),
  new Utf8("rps_fractional"),
  new Utf8("eps"),
  new Utf8("named_metrics"),
  new Utf8("application_utilization"),
];

/** Values beyond this are not believed. */
// @ts-ignore: decorator
@inline
const MAX_VALUE: f64 = 1e12;

/** The field that is called so, in the text `from` to `end`: as in the definition, or as in JSON (cpuUtilization). */
export function loadFieldOf(from: usize, end: usize): LoadField {
  for (let i = 0; i < NAMES.length; i++) {
    if (isField(from, end, unchecked(NAMES[i]))) return <LoadField>(i + 1);
  }
  return LoadField.Unknown;
}

function isField(from: usize, end: usize, name: Utf8): bool {
  for (let i = 0; i < name.length; i++) {
    if (from == end) return false;
    const byte = load<u8>(from++);
    if (byte == name.at(i)) continue;
    // `_u` in the name, `U` in the text
    if (name.at(i) != 0x5f || (byte | 0x20) != name.at(++i) || byte >= 0x60) return false;
  }
  return from == end;
}

/** Whether the field is a map of names and numbers. */
// @ts-ignore: decorator
@inline
export function isLoadMap(field: LoadField): bool {
  return field == LoadField.RequestCost || field == LoadField.Utilization || field == LoadField.Named;
}

/** The numbers that are wanted of load reports, and those of the report that is being read. */
@final
export class LoadValues {
  private readonly fields: LoadField[] = [];
  /** In the map that the field is; empty for a field that is no map. */
  private readonly keys: Utf8[] = [];
  private readonly values: StaticArray<f64>;

  /** @param most numbers that will be wanted. */
  constructor(most: i32) {
    this.values = new StaticArray<f64>(most);
  }

  get count(): i32 {
    return this.fields.length;
  }

  /** One more that is wanted; its number is the next. For configure: allocates. */
  want(field: LoadField, key: string): void {
    this.fields.push(field);
    this.keys.push(new Utf8(key));
  }

  /** Forgets the values of the report before. */
  clear(): void {
    for (let i = 0; i < this.count; i++) unchecked((this.values[i] = NaN));
  }

  /** Of the report that was read; NaN when it did not say. */
  // @ts-ignore: decorator
  @inline
  at(index: i32): f64 {
    return unchecked(this.values[index]);
  }

  /**
   * What a report says; ignored unless wanted, and unless it can be true: what is no number, too great, or negative
   * where only the application knows what that means. Allocates: nothing.
   */
  offer(field: LoadField, key: usize, keyLength: i32, value: f64): void {
    if (!(abs(value) <= MAX_VALUE) || (value < 0 && field != LoadField.Named)) return;
    const old = field == LoadField.WholeRequestsPerSecond;
    if (old) field = LoadField.RequestsPerSecond;
    for (let i = 0; i < this.count; i++) {
      const wanted = unchecked(this.keys[i]);
      if (unchecked(this.fields[i]) != field || wanted.length != keyLength) continue;
      if (memory.compare(wanted.ptr, key, <usize>keyLength) != 0) continue;
      if (!old || isNaN(unchecked(this.values[i]))) unchecked((this.values[i] = value));
    }
  }
}
