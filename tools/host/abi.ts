/** Numbers of the proxy-wasm ABI 0.2.1, under the names that Envoy's C++ host gives them. */

/** Exports by one of which a module says which ABI version it speaks: those that Envoy knows, the newest last. */
export const ABI_MARKERS = ["proxy_abi_version_0_1_0", "proxy_abi_version_0_2_0", "proxy_abi_version_0_2_1"] as const;

/** The ABI version that a module with these exports speaks, such as "0.2.1"; undefined when Envoy knows none of them. */
export function abiVersionOf(exports: readonly string[]): string | undefined {
  const marker = exports.find((name) => (ABI_MARKERS as readonly string[]).includes(name));
  return marker?.replace("proxy_abi_version_", "").replaceAll("_", ".");
}

/** Host functions that Envoy links for modules of some versions alone. */
export const CALLS_OF_VERSION: Readonly<Record<string, readonly string[]>> = {
  "0.1.0": ["get_configuration", "continue_request", "continue_response", "clear_route_cache"].map(raw),
  "0.2.0": ["continue_stream", "close_stream"].map(raw),
  "0.2.1": ["continue_stream", "close_stream", "get_log_level"].map(raw),
};

function raw(name: string): string {
  return `proxy_${name}`;
}

/** What a host function returns ("WasmResult"). */
export const Status = {
  Ok: 0,
  NotFound: 1,
  BadArgument: 2,
  SerializationFailure: 3,
  ParseFailure: 4,
  BadExpression: 5,
  InvalidMemoryAccess: 6,
  Empty: 7,
  CasMismatch: 8,
  ResultMismatch: 9,
  InternalFailure: 10,
  BrokenConnection: 11,
  Unimplemented: 12,
} as const;
export type Status = (typeof Status)[keyof typeof Status];

export const MapType = {
  RequestHeaders: 0,
  RequestTrailers: 1,
  ResponseHeaders: 2,
  ResponseTrailers: 3,
  GrpcReceiveInitialMetadata: 4,
  GrpcReceiveTrailingMetadata: 5,
  HttpCallResponseHeaders: 6,
  HttpCallResponseTrailers: 7,
} as const;
/** The largest map type; above it a call answers BadArgument. */
export const MAP_TYPE_MAX = 7;

export const BufferType = {
  HttpRequestBody: 0,
  HttpResponseBody: 1,
  NetworkDownstreamData: 2,
  NetworkUpstreamData: 3,
  HttpCallResponseBody: 4,
  GrpcReceiveBuffer: 5,
  VmConfiguration: 6,
  PluginConfiguration: 7,
  CallData: 8,
} as const;
/** The largest buffer type; above it a call answers BadArgument. */
export const BUFFER_TYPE_MAX = 8;

export const StreamType = { Request: 0, Response: 1, Downstream: 2, Upstream: 3 } as const;
export const MetricType = { Counter: 0, Gauge: 1, Histogram: 2 } as const;

/** Levels of proxy_log, at the index that the ABI gives them. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "critical"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const HeadersStatus = {
  Continue: 0,
  StopIteration: 1,
  ContinueAndEndStream: 2,
  StopAllIterationAndBuffer: 3,
  StopAllIterationAndWatermark: 4,
} as const;
export const DataStatus = {
  Continue: 0,
  StopIterationAndBuffer: 1,
  StopIterationAndWatermark: 2,
  StopIterationNoBuffer: 3,
} as const;
export const TrailersStatus = { Continue: 0, StopIteration: 1 } as const;

/** Error numbers of WASI preview 1 that Envoy uses. */
export const Errno = {
  Success: 0,
  Badf: 8,
  Notdir: 20,
  Fault: 21,
  Inval: 28,
  Noent: 44,
  Nosys: 52,
  Notsup: 58,
  Notcapable: 76,
} as const;

/** Largest pairs buffer and largest number of pairs that the C++ host reads; beyond either it reads no pair at all. */
export const PAIRS_MAX_BYTES = 1024 * 1024;
export const PAIRS_MAX_COUNT = 1024;
/** Largest random_get; beyond it EINVAL. */
export const RANDOM_MAX_BYTES = 64 * 1024;

/** Header names and values in order, repeats allowed. Byte strings (latin1): one character per byte, 0 to 255. */
export type HeaderList = [name: string, value: string][];
