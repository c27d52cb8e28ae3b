import { oneLine } from "../errors.js";
import type { Document, Spec } from "./documents.js";
import type { ImageFacts, LayerFacts, Pull } from "./image-facts.js";
import { GATEWAYS, type Inspection } from "./inspect.js";
import type { ModuleFacts, WasiImport } from "./module-facts.js";

/** A name and what is said of it, on lines of their own when it is a list. What modules and images say may hold anything. */
type Row = [name: string, text: string | readonly string[]];

const NAME_WIDTH = 14;
const WIDTH = 110;

/** An inspection for people to read. */
export function textOf({ source, kind, module, image, overHttp, documents, spec }: Inspection): string {
  const rows: Row[] = [
    ["what", kind],
    ...(image ? imageRows(image) : []),
    ...(overHttp ? [["over http", pullLines(overHttp)] as Row] : []),
    ...(documents.length > 0 ? documentRows(documents, spec) : []),
    ...(module ? moduleRows(module) : []),
  ];
  return `${oneLine(source)}\n${rows.flatMap(linesOf).join("\n")}\n`;
}

function linesOf([name, text]: Row): string[] {
  const lines = typeof text === "string" ? wrapped(text) : text;
  return lines.map((line, i) => `  ${(i === 0 ? name : "").padEnd(NAME_WIDTH)}${oneLine(line)}`);
}

/** Breaks at spaces. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH - NAME_WIDTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function imageRows({ mediaType, digest, config, layers, annotations, pulls }: ImageFacts): Row[] {
  const said = Object.entries(annotations).map(([name, value]) => `${name}: ${value}`);
  return [
    ["image", [digest, "of the manifest: sha256 beside oci://, and after its @"]],
    ["manifest", mediaType],
    ["config", `${config.mediaType}, ${sized(config.bytes)}`],
    ["layers", layers.map(layerLine)],
    ...(said.length > 0 ? [["annotations", said] as Row] : []),
    ["pulled by", pullLines(pulls)],
  ];
}

function layerLine({ title, mediaType, bytes }: LayerFacts): string {
  return `${title === undefined ? "" : `${title}, `}${mediaType}, ${sized(bytes)}`;
}

function pullLines(pulls: readonly Pull[]): string[] {
  return pulls.flatMap(({ gateway, why, remarks = [] }) => [
    `${GATEWAYS[gateway]}: ${why === undefined ? "yes" : `no, ${why}`}`,
    ...remarks.map((remark) => `  but ${remark}`),
  ]);
}

function documentRows(documents: readonly Document[], spec: Spec | undefined): Row[] {
  const rows: Row[] = [["documents", documents.map(({ name, bytes }) => `${name}, ${sized(bytes)}`)]];
  if (!spec) return rows;
  const { keys, ...fields } = spec;
  const said = Object.entries(fields).map(([name, value]) => `${name} ${value}`);
  return [...rows, ["spec", [...said, ...(keys.length > 0 ? [`keys ${keys.join(", ")}`] : [])]]];
}

function moduleRows(facts: ModuleFacts): Row[] {
  const { bytes, gzipBytes, sha256, abi, callbacks, hostCalls, wasi, otherImports, memory, start } = facts;
  const packed = gzipBytes === undefined ? "" : `, ${sized(gzipBytes)} packed by gzip`;
  const customs = facts.customSections.map((section) => `${section.name}, ${sized(section.bytes)}`);
  return [
    ["module", [`sha256:${sha256}`, "of the .wasm: sha256 beside https://"]],
    ["size", `${sized(bytes)}${packed}`],
    ["abi", abi ?? "none that Envoy knows"],
    ["written with", likelyLine(facts)],
    ["start", start ?? "nothing"],
    ["callbacks", callbacks.join(" ") || "none"],
    ["host calls", hostCalls.join(" ") || "none"],
    ...(wasi.length > 0 ? [["WASI", wasiLines(wasi)] as Row] : []),
    ...(otherImports.length > 0 ? [["other imports", otherImports.join(" ")] as Row] : []),
    ["capabilities", `the ${facts.capabilities.length} of these, by the same names`],
    ...(memory ? [["memory", memoryLine(memory)] as Row] : []),
    ...(customs.length > 0 ? [["sections", customs] as Row] : []),
  ];
}

function likelyLine({ likely: { language, sdk, because } }: ModuleFacts): string {
  if (language === undefined) return "nothing tells";
  return `${[language, sdk].filter((text) => text !== undefined).join(", ")} (it says ${because.join(", ")})`;
}

function wasiLines(wasi: readonly WasiImport[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { name, inEnvoy, since } of wasi) {
    const key = since === undefined ? inEnvoy : `${inEnvoy}, since Envoy ${since}`;
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups].map(([key, names]) => `${key}: ${names.sort().join(" ")}`);
}

function memoryLine({ initialBytes, maximumBytes }: NonNullable<ModuleFacts["memory"]>): string {
  const most = maximumBytes === undefined ? "Envoy's 1 GiB" : sized(maximumBytes);
  return `${sized(initialBytes)} at first, ${most} at most`;
}

const UNITS = ["bytes", "KiB", "MiB", "GiB"];

/** A number of bytes, exactly when it is small. */
function sized(bytes: number): string {
  const unit = bytes === 0 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** unit;
  const digits = unit === 0 || value >= 100 || Number.isInteger(value) ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
