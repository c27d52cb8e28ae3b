import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { gcore } from "./gcore.js";
import type { Sdk } from "./sdk.js";
import { solo } from "./solo.js";

/** The SDKs of others that plugins are built with. */
export const SDKS: readonly Sdk[] = [solo, gcore];

/** Where an import or a re-export of a source file says what it takes. */
const SPECIFIER = /\b(?:from|import)\s*["']([^"']+)["']/g;

/**
 * The SDK of others that a plugin is written on; undefined for one of tidegate's library, or with none. Every plugin
 * exports again what its SDK has for the host to call.
 * @param entry its first file; those of its folder that it imports are looked at, too.
 */
export function sdkOf(entry: string): Sdk | undefined {
  const specifiers = sourceFiles(entry).flatMap(importsOf);
  return SDKS.find((sdk) => specifiers.some((specifier) => exportsOf(sdk).includes(specifier)));
}

/** Where others' SDKs have what the host calls; the shorter way is that of old compilers. */
function exportsOf(sdk: Sdk): string[] {
  return ["assembly/proxy", "proxy"].map((path) => `${sdk.package}/${path}`);
}

/** The entry and the files of the plugin's own folder that it imports, directly or not. */
export function sourceFiles(entry: string): string[] {
  const folder = join(pluginFolder(entry), "/");
  const files = [entry];
  for (const file of files) {
    const own = importsOf(file)
      .filter((specifier) => specifier.startsWith("."))
      .flatMap((specifier) => sourceAt(resolve(dirname(file), specifier)) ?? []);
    files.push(...new Set(own.filter((found) => found.startsWith(folder) && !files.includes(found))));
  }
  return files;
}

/** The folder in which a plugin's author calls asc: SDKs of others have sources in a folder assembly of it. */
export function pluginFolder(entry: string): string {
  const folder = dirname(entry);
  return basename(folder) === "assembly" ? dirname(folder) : folder;
}

function importsOf(file: string): string[] {
  return existsSync(file) ? [...readFileSync(file, "utf8").matchAll(SPECIFIER)].map((match) => match[1]!) : [];
}

function sourceAt(path: string): string | undefined {
  return [`${path}.ts`, `${path}/index.ts`].find((file) => existsSync(file));
}
