import type { PluginDocuments } from "./docs/documents.js";

/** All that a package is made from: the same gives the same bytes. */
export interface PackageContents {
  name: string;
  /** By which name the module starts it. */
  rootId: string;
  /** Such as 1.2.0. */
  version: string;
  module: Uint8Array;
  /** Of the proxy-wasm ABI that the module speaks, such as 0.2.1. */
  abi: string;
  documents: PluginDocuments;
  /** Of the image, by the names that OCI has for them. */
  annotations: Readonly<Record<string, string>>;
  /** When what is packaged was made, in ISO 8601. */
  created: string;
}

/** A file of a package, and what an image that has it as a layer says that it is. */
export interface PackageFile {
  name: string;
  bytes: Uint8Array;
  mediaType: string;
}
