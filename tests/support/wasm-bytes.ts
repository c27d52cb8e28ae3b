/** A function's type: letters of what it takes and gives, `i` being i32, `I` i64, `f` f32 and `d` f64. */
export interface FunctionShape {
  params?: string;
  results?: string;
}

/** What a module is to consist of. */
export interface ModuleParts {
  imports?: (FunctionShape & { module: string; name: string })[];
  /** Functions, which give zeros, or trap. */
  exports?: (FunctionShape & { name: string; traps?: boolean })[];
  /** In pages, exported as `memory`; none when undefined. */
  memory?:
    { initial: number; maximum?: number; flags?: number; isExported?: boolean; isImported?: boolean } | undefined;
  customs?: { name: string; bytes: Uint8Array }[];
}

const LETTERS: Readonly<Record<string, number>> = { i: 0x7f, I: 0x7e, f: 0x7d, d: 0x7c };
const ZEROS: Readonly<Record<string, number[]>> = {
  i: [0x41, 0],
  I: [0x42, 0],
  f: [0x43, 0, 0, 0, 0],
  d: [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
};
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** What Envoy takes for a plugin: an ABI version and an allocator. */
export const PLUGIN_EXPORTS: NonNullable<ModuleParts["exports"]> = [
  { name: "proxy_abi_version_0_2_1" },
  { name: "malloc", params: "i", results: "i" },
];

/** A module, byte by byte. */
export function wasmBytes({ imports = [], exports = [], memory, customs = [] }: ModuleParts): Uint8Array {
  const shapes = [...imports, ...exports];
  const exported = [
    ...exports.map(({ name }, i) => [...text(name), 0, ...number(imports.length + i)]),
    ...(memory && memory.isExported !== false ? [[...text("memory"), 2, 0]] : []),
  ];
  return new Uint8Array([
    ...HEADER,
    ...section(1, shapes.map(typeOf)),
    ...section(2, [
      ...imports.map(({ module, name }, i) => [...text(module), ...text(name), 0, ...number(i)]),
      ...(memory?.isImported ? [[...text("env"), ...text("memory"), 2, ...limitsOf(memory)]] : []),
    ]),
    ...section(
      3,
      exports.map((_, i) => number(imports.length + i)),
    ),
    ...section(5, memory && !memory.isImported ? [limitsOf(memory)] : []),
    ...section(7, exported),
    ...section(10, exports.map(bodyOf)),
    ...customs.flatMap(({ name, bytes }) => sized(0, [...text(name), ...bytes])),
  ]);
}

/** A module that Envoy runs, and that does nothing, with other parts. */
export function pluginBytes(parts: ModuleParts = {}): Uint8Array {
  const exports = [...PLUGIN_EXPORTS, ...(parts.exports ?? [])];
  return wasmBytes({ memory: { initial: 1 }, ...parts, exports });
}

/** The content of a `producers` section. */
export function producers(fields: Readonly<Record<string, Readonly<Record<string, string>>>>): Uint8Array {
  const lists = Object.entries(fields).map(([field, values]) => [
    ...text(field),
    ...list(Object.entries(values).map(([name, version]) => [...text(name), ...text(version)])),
  ]);
  return new Uint8Array(list(lists));
}

function typeOf({ params = "", results = "" }: FunctionShape): number[] {
  const kinds = (letters: string): number[] => list([...letters].map((letter) => [LETTERS[letter]!]));
  return [0x60, ...kinds(params), ...kinds(results)];
}

function limitsOf({ initial, maximum, flags = 0 }: NonNullable<ModuleParts["memory"]>): number[] {
  return maximum === undefined ? [flags, ...number(initial)] : [flags | 1, ...number(initial), ...number(maximum)];
}

function bodyOf({ results = "", traps = false }: FunctionShape & { traps?: boolean }): number[] {
  const body = [0, ...(traps ? [0] : [...results].flatMap((letter) => ZEROS[letter]!)), 0x0b];
  return [...number(body.length), ...body];
}

function section(id: number, items: number[][]): number[] {
  return items.length === 0 ? [] : sized(id, list(items));
}

function sized(id: number, content: number[]): number[] {
  return [id, ...number(content.length), ...content];
}

function list(items: number[][]): number[] {
  return [...number(items.length), ...items.flat()];
}

function text(value: string): number[] {
  const bytes = [...Buffer.from(value, "utf8")];
  return [...number(bytes.length), ...bytes];
}

/** LEB128, without a sign. */
function number(value: number): number[] {
  const low = value % 128;
  return value < 128 ? [value] : [low + 128, ...number(Math.floor(value / 128))];
}
