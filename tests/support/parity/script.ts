import { parsePairs, serializePairs } from "../../../tools/host/index.js";

/** The phases of the probe (tests/fixtures/probe/probe.ts), by the callback that runs them. */
export const Phase = {
  rootCreate: 0,
  vmStart: 1,
  configure: 2,
  tick: 3,
  httpCallResponse: 4,
  queueReady: 5,
  streamCreate: 6,
  requestHeaders: 7,
  requestBody: 8,
  requestTrailers: 9,
  responseHeaders: 10,
  responseBody: 11,
  responseTrailers: 12,
  log: 13,
  done: 14,
  delete: 15,
  grpcInitialMetadata: 16,
  grpcReceive: 17,
  grpcTrailingMetadata: 18,
  grpcClose: 19,
} as const;
export type PhaseName = keyof typeof Phase;

/** One operation of a script, encoded, with a description for failures. */
export interface Operation {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** What a script does, by phase; operations of a phase run in order, every time that its callback runs. */
export type Script = Partial<Record<PhaseName, Operation[]>>;

type Argument = { u8: number } | { u32: number } | { u64: bigint } | { blob: string | Uint8Array };

function operation(name: string, number: number, ...args: Argument[]): Operation {
  const bytes = Buffer.concat([Buffer.of(number), ...args.map(encode)]);
  return { text: `${name}(${args.map(show).join(", ")})`, bytes };
}

function encode(argument: Argument): Uint8Array {
  if ("u8" in argument) return Buffer.of(argument.u8);
  const buffer = Buffer.alloc("u64" in argument ? 8 : 4);
  if ("u32" in argument) buffer.writeUInt32LE(argument.u32 >>> 0);
  else if ("u64" in argument) buffer.writeBigUInt64LE(BigInt.asUintN(64, argument.u64));
  else {
    const bytes = typeof argument.blob === "string" ? Buffer.from(argument.blob, "latin1") : argument.blob;
    buffer.writeUInt32LE(bytes.length);
    return Buffer.concat([buffer, bytes]);
  }
  return buffer;
}

function show(argument: Argument): string {
  const [value] = Object.values(argument) as [number | bigint | string | Uint8Array];
  return typeof value === "object" ? `${value.length} bytes` : JSON.stringify(String(value));
}

const u8 = (value: number): Argument => ({ u8: value });
const u32 = (value: number): Argument => ({ u32: value });
const u64 = (value: number | bigint): Argument => ({ u64: BigInt(value) });
const blob = (value: string | Uint8Array): Argument => ({ blob: value });
const path = (dotted: string): Argument => blob(dotted.replaceAll("/", "\0"));

export type Pairs = [name: string, value: string][];

/** The operations, named after the host functions that they call. Strings are byte strings. */
export const op = {
  get: (map: number, name: string) => operation("get", 1, u32(map), blob(name)),
  add: (map: number, name: string, value: string) => operation("add", 2, u32(map), blob(name), blob(value)),
  replace: (map: number, name: string, value: string) => operation("replace", 3, u32(map), blob(name), blob(value)),
  remove: (map: number, name: string) => operation("remove", 4, u32(map), blob(name)),
  pairs: (map: number) => operation("pairs", 5, u32(map)),
  setPairs: (map: number, pairs: Pairs | Uint8Array) =>
    operation("setPairs", 6, u32(map), blob(pairs instanceof Uint8Array ? pairs : serializePairs(pairs))),
  mapSize: (map: number) => operation("mapSize", 7, u32(map)),
  buffer: (type: number, start = 0, length = 0xffff) => operation("buffer", 8, u32(type), u32(start), u32(length)),
  bufferStatus: (type: number) => operation("bufferStatus", 9, u32(type)),
  setBuffer: (type: number, start: number, length: number, data: string) =>
    operation("setBuffer", 10, u32(type), u32(start), u32(length), blob(data)),
  getFromBeyondMemory: (map: number) => operation("getFromBeyondMemory", 11, u32(map)),
  getToBeyondMemory: (map: number, name: string) => operation("getToBeyondMemory", 12, u32(map), blob(name)),
  /** Segments are separated by "/" here. */
  property: (name: string) => operation(`property ${name}`, 20, path(name)),
  setProperty: (name: string, value: string) => operation("setProperty", 21, path(name), blob(value)),
  shared: (key: string) => operation("shared", 22, blob(key)),
  /** `cas` is added to the one that `shared` read last, unless `absolute`. */
  setShared: (key: string, value: string, cas: number, absolute = false) =>
    operation("setShared", 23, blob(key), blob(value), u32(cas), u8(absolute ? 1 : 0)),
  registerQueue: (name: string) => operation("registerQueue", 24, blob(name)),
  resolveQueue: (vmId: string, name: string) => operation("resolveQueue", 25, blob(vmId), blob(name)),
  /** `offset` is added to the token of the queue registered last. */
  enqueue: (data: string, offset = 0) => operation("enqueue", 26, u32(offset), blob(data)),
  dequeue: (offset = 0) => operation("dequeue", 27, u32(offset)),
  defineMetric: (slot: number, type: number, name: string) =>
    operation("defineMetric", 28, u8(slot), u32(type), blob(name)),
  increment: (slot: number, offset: number | bigint) => operation("increment", 29, u8(slot), u64(offset)),
  record: (slot: number, value: number | bigint) => operation("record", 30, u8(slot), u64(value)),
  getMetric: (slot: number) => operation("getMetric", 31, u8(slot)),
  fakeMetric: (slot: number, id: number) => operation("fakeMetric", 32, u8(slot), u32(id)),
  log: (level: number, message: string) => operation("log", 40, u32(level), blob(message)),
  logLevel: () => operation("logLevel", 41),
  currentTime: () => operation("currentTime", 42),
  setTick: (milliseconds: number) => operation("setTick", 43, u32(milliseconds)),
  httpCall: (cluster: string, headers: Pairs, body = "", timeoutMs = 1000) =>
    operation("httpCall", 44, blob(cluster), blob(serializePairs(headers)), blob(body), u32(timeoutMs)),
  status: () => operation("status", 45),
  localResponse: (code: number, details = "", body = "", headers: Pairs = [], grpcStatus = -1) =>
    operation(
      "localResponse",
      46,
      u32(code),
      blob(details),
      blob(body),
      blob(serializePairs(headers)),
      u32(grpcStatus),
    ),
  continueStream: (type: number) => operation("continueStream", 47, u32(type)),
  closeStream: (type: number) => operation("closeStream", 48, u32(type)),
  /** 1 stands for the stream context made last. */
  effectiveContext: (id: number) => operation("effectiveContext", 49, u32(id)),
  done: () => operation("done", 50),
  foreign: (name: string, args: string | Uint8Array = "") => operation(`foreign ${name}`, 51, blob(name), blob(args)),
  /** What the callback returns. */
  returns: (value: number) => operation("returns", 52, u32(value)),
  /** What the callback returns unless it is the last of its direction. */
  returnsBeforeEnd: (value: number) => operation("returnsBeforeEnd", 55, u32(value)),
  /** From now on the allocator does its work (0), traps (1), calls what it must not call (2), has no memory (3). */
  allocator: (mode: number) => operation("allocator", 56, u32(mode)),
  trap: () => operation("trap", 53),
  overflowStack: () => operation("overflowStack", 54, u32(0)),
  clockTime: (clock: number) => operation("clockTime", 60, u32(clock)),
  clockResolution: (clock: number) => operation("clockResolution", 61, u32(clock)),
  random: (size: number) => operation("random", 62, u32(size)),
  environ: () => operation("environ", 63),
  grpcCall: (service: string, message = "") => operation("grpcCall", 70, blob(service), blob(message)),
  grpcStream: (service: string) => operation("grpcStream", 71, blob(service), blob("")),
  /** A negative token is the number itself, another is added to the token given last. */
  grpcSend: (token: number, message: string, end = false) =>
    operation("grpcSend", 72, u32(token), blob(message), u8(end ? 1 : 0)),
  grpcCancel: (token: number) => operation("grpcCancel", 73, u32(token)),
  grpcClose: (token: number) => operation("grpcClose", 74, u32(token)),
  fdWrite: (fd: number, text: string) => operation("fdWrite", 64, u32(fd), blob(text)),
  /** All that WASI has for files and sockets, and the rest of it. */
  files: (fd: number) => operation("files", 65, u32(fd)),
};

/** The operations of a script in the order in which their indexes number them. */
function operationsOf(script: Script): { phase: PhaseName; operation: Operation }[] {
  return Object.entries(script).flatMap(([phase, operations]) =>
    operations.map((operation) => ({ phase: phase as PhaseName, operation })),
  );
}

export function encodeScript(script: Script): Uint8Array {
  const parts = operationsOf(script).map(({ phase, operation }) => {
    const head = Buffer.alloc(5);
    head.writeUInt32LE(operation.bytes.length + 1);
    head[4] = Phase[phase];
    return Buffer.concat([head, operation.bytes]);
  });
  return Buffer.concat(parts);
}

/** A line of the probe, readable: phases and operations by name, values as text, pairs as lists. */
export function describeLine(
  line: string,
  scripts: { root: Script; stream: Script },
  hidden: ReadonlySet<string> = new Set(),
): string {
  const [, marker = "", first = "", ...rest] = line.split(" ");
  if (marker === ">") return `-- ${phaseName(first)} ${rest.join(" ")}`;
  const phase = phaseName(marker);
  const isRoot = Number(marker) <= Phase.streamCreate || Number(marker) > Phase.delete;
  const script = isRoot ? scripts.root : scripts.stream;
  const operation = operationsOf(script)[Number(first)]?.operation.text ?? first;
  const show = (value: string): string => {
    if (!value.startsWith("x")) return value;
    const bytes = Buffer.from(value.slice(1), "hex");
    const isMap = WHOLE_MAP.test(operation);
    if (!isMap && !operation.startsWith("pairs(")) return JSON.stringify(bytes.toString("latin1"));
    const pairs = parsePairs(bytes).filter(([name]) => phase !== "log" || !hidden.has(name));
    const texts = pairs.map(([name, text]) => `${name}: ${text}`);
    return (isMap ? texts.sort() : texts).join(" | ");
  };
  return `${phase}: ${operation} -> ${rest.map(show).join(" ")}`;
}

/** Properties that Envoy gives in an order that differs from run to run. */
const WHOLE_MAP = /^property (request|response)\/(headers|trailers)\(/;

function phaseName(number: string): string {
  return Object.entries(Phase).find(([, value]) => value === Number(number))?.[0] ?? number;
}
