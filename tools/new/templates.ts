import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { UserError } from "../errors.js";
import { suggestion } from "../policy/suggest.js";
import { repoRoot } from "../root.js";

/** An example that a plugin may begin as; its files lie in the folder of its name in tools/new/templates. */
export interface Template {
  /** One line for the help. */
  about: string;
  /** A command that shows the plugin at work while its rig runs. */
  try: string;
}

/** Examples by name. */
export const TEMPLATES: Readonly<Record<string, Template>> = {
  header: {
    about: "writes a header into each response",
    try: "curl -si http://127.0.0.1:10000/ | grep x-hello",
  },
  auth: {
    about: "lets requests pass that have a key of a list, and answers 401 to others",
    try: "curl -si http://127.0.0.1:10000/ -H 'authorization: Bearer ada-0123456789abcdef' | head -1",
  },
  "http-call": {
    about: "asks another service about each request, and lets it pass when that does not answer",
    try: "curl -si http://127.0.0.1:10000/status/403 | head -1",
  },
  counter: {
    about: "counts for Envoy's statistics, and all workers together in shared data",
    try: "curl -si http://127.0.0.1:10000/ | grep x-served",
  },
};

/** A file of a template: its path with `/`, and its text. */
export interface TemplateFile {
  path: string;
  text: string;
}

const FOLDER = join(repoRoot, "tools", "new", "templates");

/** The files of an example. Fails with a `UserError` for one that there is not. */
export function templateFiles(name: string): TemplateFile[] {
  if (!Object.hasOwn(TEMPLATES, name)) {
    throw new UserError(`there is no example "${name}". ${suggestion(name, Object.keys(TEMPLATES))}`);
  }
  return filesIn(join(FOLDER, name));
}

/**
 * What a project has beside its plugins. Here some names begin with `_`, or npm would leave them out of the package, and tools
 * take them for settings of this repository.
 */
export function projectFiles(): TemplateFile[] {
  return filesIn(join(FOLDER, "project")).map(({ path, text }) => ({ path: path.replace(/^_/, ""), text }));
}

function filesIn(folder: string): TemplateFile[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ path: file.slice(folder.length + 1).replaceAll(sep, "/"), text: readFileSync(file, "utf8") }));
}
