// Load reports of upstreams (ORCA, Open Request Cost Aggregation), as they come with a response:
//
//   endpoint-load-metrics: TEXT cpu_utilization=0.83, named_metrics.queue=12
//   endpoint-load-metrics: JSON {"cpu_utilization": 0.83, "named_metrics": {"queue": 12}}
//   endpoint-load-metrics: BIN <base64 of xds.data.orca.v3.OrcaLoadReport>
//   endpoint-load-metrics-bin: <the same>
//
// Whatever an upstream sends is read in place and bounded. A report that is not understood from end to end counts as
// none at all.
import { base64Bytes, decodeBase64 } from "./base64";
import { ByteView, Utf8 } from "./bytes";
import { readLoadJson } from "./load-json";
import { readLoadProtobuf } from "./load-protobuf";
import { readLoadText } from "./load-text";
import { LoadValues } from "./load-values";
import { skipOws, trimOws } from "./ows";

/** Longer reports are not read. */
// @ts-ignore: decorator
@inline
export const MAX_LOAD_REPORT: i32 = 4096;

const TEXT: Utf8 = new Utf8("TEXT");
const JSON_: Utf8 = new Utf8("JSON");
const BIN: Utf8 = new Utf8("BIN");
const decoded: usize = memory.data(3074);

/**
 * Reads a value of `endpoint-load-metrics`. Without one of the three words before it, it counts as text.
 * @returns false when it is no report; `values` are then all unknown. Allocates: nothing.
 */
export function readLoadReport(value: ByteView, values: LoadValues): bool {
  values.clear();
  if (value.length > MAX_LOAD_REPORT) return false;
  const end = trimOws(value.ptr, value.ptr + <usize>value.length);
  const from = skipOws(value.ptr, end);
  if (beginsWith(from, end, BIN)) return readEncoded(skipOws(from + 3, end), end, values);
  if (beginsWith(from, end, JSON_)) return settled(readLoadJson(from + 4, end, values), values);
  return settled(readLoadText(beginsWith(from, end, TEXT) ? from + 4 : from, end, values), values);
}

/** Reads a value of `endpoint-load-metrics-bin`; as `readLoadReport`. */
export function readBinaryLoadReport(value: ByteView, values: LoadValues): bool {
  values.clear();
  if (value.length > MAX_LOAD_REPORT) return false;
  const end = trimOws(value.ptr, value.ptr + <usize>value.length);
  return readEncoded(skipOws(value.ptr, end), end, values);
}

function readEncoded(from: usize, end: usize, values: LoadValues): bool {
  const length = decodeBase64(from, <i32>(end - from), decoded);
  return settled(length >= 0 && readLoadProtobuf(decoded, decoded + <usize>length, values), values);
}

function settled(read: bool, values: LoadValues): bool {
  if (!read) values.clear();
  return read;
}

/** Whether the word stands at the beginning, alone or with white space after it. */
function beginsWith(from: usize, end: usize, word: Utf8): bool {
  const after = from + <usize>word.length;
  if (after > end || memory.compare(from, word.ptr, <usize>word.length) != 0) return false;
  return after == end || skipOws(after, end) > after;
}
