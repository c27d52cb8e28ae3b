import { parse } from "yaml";
import type { Image } from "../oci/image.js";
import { LAYER_FILES } from "../oci/media-types.js";
import type { ArchivedFile } from "../oci/read-archive.js";

/** A file that comes with a module. */
export interface Document {
  name: string;
  bytes: number;
  /** Undefined for what is no text, or a long one. */
  text?: string;
}

/** What a plugin's spec.yaml says, of Higress's form. */
export interface Spec {
  name?: string;
  version?: string;
  category?: string;
  phase?: string;
  priority?: number;
  /** Of the plugin's configuration: the keys at its top. */
  keys: string[];
}

/** Layers often name no file themselves. */
const NAMES: Readonly<Record<string, string>> = LAYER_FILES;
const MAX_TEXT = 1024 * 1024;

/** What an image holds beside the module: a layer each. */
export function documentsOfImage({ layers }: Image): Document[] {
  return layers.flatMap(({ descriptor, bytes }) => {
    const name = NAMES[descriptor.mediaType];
    return name === undefined ? [] : [documentOf(name, bytes)];
  });
}

/** What an archive holds beside the module. */
export function documentsOfArchive(files: readonly ArchivedFile[]): Document[] {
  return files.filter(({ name }) => !name.endsWith(".wasm")).map(({ name, bytes }) => documentOf(name, bytes));
}

/** What the spec.yaml among documents says; undefined when there is none, or it is not of that form. */
export function specAmong(documents: readonly Document[]): Spec | undefined {
  const text = documents.find(({ name }) => name.split("/").at(-1) === "spec.yaml")?.text;
  return text === undefined ? undefined : specIn(text);
}

function specIn(text: string): Spec | undefined {
  let whole: unknown;
  try {
    whole = parse(text, { logLevel: "silent" });
  } catch {
    return undefined;
  }
  const { name, version, category } = fieldsOf(at(whole, "info"));
  const { phase, priority } = fieldsOf(at(whole, "spec"));
  const keys = Object.keys(fieldsOf(at(at(at(at(whole, "spec"), "configSchema"), "openAPIV3Schema"), "properties")));
  const texts = Object.entries({ name, version, category, phase }).filter(([, value]) => typeof value === "string");
  return { ...Object.fromEntries(texts), ...(typeof priority === "number" ? { priority } : {}), keys };
}

function at(value: unknown, key: string): unknown {
  return fieldsOf(value)[key];
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function documentOf(name: string, bytes: Uint8Array): Document {
  const text = bytes.length > MAX_TEXT ? undefined : textOf(bytes);
  return { name, bytes: bytes.length, ...(text === undefined ? {} : { text }) };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}
