/** A proxy-wasm host for Node: runs a plugin's .wasm as Envoy 1.40 would, with time, randomness and peers in the caller's hand. */
export {
  BufferType,
  DataStatus,
  Errno,
  type HeaderList,
  HeadersStatus,
  type LogLevel,
  MapType,
  MetricType,
  Status,
  StreamType,
  TrailersStatus,
} from "./abi.js";
export { fromLatin1, latin1, utf8ByteString } from "./bytes.js";
export { VirtualClock } from "./clock.js";
export { type CallCounts, sumCounts } from "./counts.js";
export type { Message } from "./direction.js";
export { EnvoyCrash } from "./envoy-crash.js";
export type { FaultArguments, FaultHandle, FaultOptions } from "./faults.js";
export type { PendingGrpcCall } from "./grpc-calls.js";
export type { HttpCallAnswer, PendingHttpCall } from "./http-calls.js";
export type { LocalResponse } from "./local-reply.js";
export type { Metric } from "./metrics.js";
export { PluginModule } from "./module.js";
export { parsePairs, serializePairs } from "./pairs.js";
export type { FailurePolicy, Plugin, PluginOptions } from "./plugin.js";
export type { PropertyMap, PropertyValue } from "./properties.js";
export { type ForeignFunction, type LogLine, Proxy, type ProxyOptions } from "./proxy.js";
export type { Outcome, Stream, StreamOptions } from "./stream.js";
export type { Vm, VmOptions } from "./vm.js";
