// What plugins are written with. A plugin's index.ts re-exports, besides, one file of abi/exports for each callback.

export {
  BufferTypeValues,
  FilterDataStatusValues,
  FilterHeadersStatusValues,
  FilterTrailersStatusValues,
  GRPC_STATUS_UNSET,
  HeaderMapTypeValues,
  LogLevelValues,
  WasmResultValues,
} from "./abi/types";
export { ByteView, Utf8 } from "./core/bytes";
export { writeDecimal, MAX_DECIMAL_DIGITS } from "./core/decimal";
export { HeaderPairsReader, HeaderPairsWriter } from "./core/header-pairs";
export { BufferPieces } from "./host/buffer-pieces";
export { readBuffer, writeBuffer } from "./host/buffers";
export { monotonicNs, wallNs } from "./host/clock";
export { CorrelationRing } from "./host/correlation-ring";
export { ForeignFunction } from "./host/foreign-function";
export { collectSoon } from "./host/garbage";
export {
  Header,
  readHeaderPairs,
  removeHeaderNamed,
  replaceHeaderNamed,
  requestHeader,
  responseHeader,
  responseTrailer,
  writeHeaderPairs,
} from "./host/headers";
export { HttpCall } from "./host/http-call";
export { LocalResponse } from "./host/local-response";
export { log, logEnabled, reportProblems } from "./host/log";
export { Counter, Gauge, Histogram, tagMetrics, TotalCounter } from "./host/metrics";
export { Presence } from "./host/presence";
export { Property } from "./host/properties";
export { randomBytes } from "./host/random";
export { HostFacts } from "./host/request-facts";
export { seedForThisVm } from "./host/seed";
export { SharedEntry, sharedWriteOf } from "./host/shared-data";
export { SharedQueue } from "./host/shared-queue";
export { sharedScope } from "./host/shared-scope";
export { SharedSeries } from "./host/shared-series";
export { sharedSecret } from "./host/shared-secret";
export { closeRequest, continueRequest, continueResponse, done, setEffectiveContext } from "./host/stream-control";
export { setTickPeriod } from "./host/tick";
export { ConfiguredRoot } from "./plugin/configured-root";
export { PluginRoot } from "./plugin/plugin-root";
export { Context, RootContext } from "./runtime/context";
export { registerRootContext } from "./runtime/root-contexts";
export { refusedStreams } from "./runtime/streams";
