import { pinned, type Versions } from "./manifest.js";
import type { PlaceKind } from "./place.js";
import { projectFiles, type TemplateFile, templateFiles } from "./templates.js";

/** What stands for the plugin's name in templates, and what for it in names of metrics. */
const NAME = "my-plugin";
const METRIC_NAME = "my_plugin";

/** All files of a new plugin, by path. Pure but for reading the templates. */
export function newFiles(name: string, template: string, kind: PlaceKind, versions: Versions): TemplateFile[] {
  const own = templateFiles(template);
  const plugin = kind === "checkout" ? own : own.map(outsideCheckout);
  const around = kind === "alone" ? projectFiles() : [];
  return [...plugin, ...around]
    .map(({ path, text }) => pinned({ path: named(path, name), text: named(text, name) }, versions))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function named(text: string, name: string): string {
  return text.replaceAll(NAME, name).replaceAll(METRIC_NAME, name.replaceAll("-", "_"));
}

/** Node runs the tests of a project as they are, so they are JavaScript; they use no type that is not inferred. */
const NODE_TEST = /^(tests\/(?:host|e2e)\/.*)\.ts$/;

/** A template's file as a project has it that depends on the package tidegate. */
function outsideCheckout({ path, text }: TemplateFile): TemplateFile {
  return { path: path.replace(NODE_TEST, "$1.js"), text: byPackage(text) };
}

/** What templates say by way of paths in this repository, and a project by way of the package. */
const BY_PACKAGE: readonly [RegExp, string][] = [
  [/"(?:\.\.\/)+assembly(?=["/])/g, '"tidegate/assembly'],
  [/"(?:\.\.\/)+tools\/host\/index\.js"/g, '"tidegate/host"'],
  [/"(?:\.\.\/)+tools\/rig\/test-rig\.js"/g, '"tidegate/rig"'],
  [/\$schema=(?:\.\.\/)+tools\//g, "$schema=../../node_modules/tidegate/tools/"],
  [/<!-- config: .* -->\n\n/g, ""],
  [/<!-- \/config -->\n\n/g, ""],
];

function byPackage(text: string): string {
  return BY_PACKAGE.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
