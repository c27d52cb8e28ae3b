// Wire numbers of proxy-wasm ABI 0.2.1, under the names that @solo-io/proxy-runtime gave them.

/** Levels of Envoy's log. */
export enum LogLevelValues {
  trace = 0,
  debug = 1,
  info = 2,
  warn = 3,
  error = 4,
  critical = 5,
}

/**
 * What becomes of headers after a callback. After either StopIteration nothing goes on before `continueRequest` or
 * `continueResponse`; with the two StopAllIteration the body does not arrive at the plugin either.
 */
export enum FilterHeadersStatusValues {
  Continue = 0,
  StopIteration = 1,
  ContinueAndEndStream = 2,
  StopAllIterationAndBuffer = 3,
  StopAllIterationAndWatermark = 4,
}

/**
 * What becomes of a part of a body: it goes on, it waits with all that comes after it (Buffer up to Envoy's limit,
 * Watermark by stopping the sender), or it waits and is not kept for the next callback (NoBuffer).
 */
export enum FilterDataStatusValues {
  Continue = 0,
  StopIterationAndBuffer = 1,
  StopIterationAndWatermark = 2,
  StopIterationNoBuffer = 3,
}

/** What becomes of trailers. */
export enum FilterTrailersStatusValues {
  Continue = 0,
  StopIteration = 1,
}

/** What the host answered to a call. */
export enum WasmResultValues {
  Ok = 0,
  /** The thing asked for does not exist. */
  NotFound = 1,
  BadArgument = 2,
  SerializationFailure = 3,
  ParseFailure = 4,
  BadExpression = 5,
  InvalidMemoryAccess = 6,
  /** The thing asked for exists and holds nothing. */
  Empty = 7,
  /** Shared data was changed by another VM since it was read. */
  CasMismatch = 8,
  ResultMismatch = 9,
  /** Also: refused by the capability restriction. */
  InternalFailure = 10,
  BrokenConnection = 11,
  Unimplemented = 12,
}

/** Header maps that a callback may find at hand. */
export enum HeaderMapTypeValues {
  RequestHeaders = 0,
  RequestTrailers = 1,
  ResponseHeaders = 2,
  ResponseTrailers = 3,
  GrpcReceiveInitialMetadata = 4,
  GrpcReceiveTrailingMetadata = 5,
  HttpCallResponseHeaders = 6,
  HttpCallResponseTrailers = 7,
}

/** Buffers that a callback may find at hand. */
export enum BufferTypeValues {
  HttpRequestBody = 0,
  HttpResponseBody = 1,
  NetworkDownstreamData = 2,
  NetworkUpstreamData = 3,
  HttpCallResponseBody = 4,
  GrpcReceiveBuffer = 5,
  VmConfiguration = 6,
  PluginConfiguration = 7,
  CallData = 8,
}

export enum StreamTypeValues {
  Request = 0,
  Response = 1,
  Downstream = 2,
  Upstream = 3,
}

export enum MetricTypeValues {
  Counter = 0,
  Gauge = 1,
  Histogram = 2,
}

/** `grpc_status` of a local response that shall not be a gRPC one. */
// @ts-ignore: decorator
@inline
export const GRPC_STATUS_UNSET: u32 = u32.MAX_VALUE;
