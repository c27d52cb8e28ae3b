import { relative } from "node:path";
import { pluginFolders } from "../plugin-folders.js";
import { newFiles } from "./files.js";
import { packageNames, versionsFor } from "./manifest.js";
import { checkName } from "./name.js";
import { type Place, placeOf } from "./place.js";
import { projectFiles, TEMPLATES } from "./templates.js";
import { writeNew } from "./write.js";

export interface NewOptions {
  /** Name of an example. */
  from: string;
  /** A project of its own in any case, also within another one or within this repository. */
  alone?: boolean;
  /** Says what would be written, and writes nothing. */
  dryRun?: boolean;
  /** What a project of its own depends on in place of this package: a version, or what else package.json may say. */
  tidegate?: string;
}

/** What was written, or would have been. */
export interface NewPlugin {
  kind: Place["kind"];
  /** Folder of the project, from the working directory; "" for the same. */
  folder: string;
  /** Paths from that folder, in order. */
  files: string[];
  /** What to run next, in the working directory, up to the plugin at work in Envoy. */
  commands: string[];
  /** What to run to see it at work, while the last of these commands runs. */
  try: string;
}

/**
 * Makes a plugin of an example. Fails with a `UserError` for a name or an example that will not do, and when it cannot be
 * written; nothing is then, and never anything over what is there.
 * @param cwd absolute
 */
export async function newPlugin(name: string, options: NewOptions, cwd: string): Promise<NewPlugin> {
  const place = placeOf(name, cwd, options.alone === true);
  const { kind, root } = place;
  const taken = pluginFolders(kind === "alone" ? undefined : root).keys();
  checkName(name, taken, ["tidegate", "suite", ...(kind === "alone" ? packageNames(projectFiles()) : [])]);
  const files = newFiles(name, options.from, kind, versionsFor(root, options.tidegate));
  if (options.dryRun !== true) await writeNew(place, name, files);
  const folder = relative(cwd, root);
  const commands = commandsOf(kind, folder, name);
  return { kind, folder, files: files.map(({ path }) => path), commands, try: TEMPLATES[options.from]!.try };
}

function commandsOf(kind: Place["kind"], folder: string, name: string): string[] {
  const enter = folder === "" ? [] : [`cd ${folder}`];
  const install = kind === "alone" ? ["npm install"] : [];
  return [...enter, ...install, `npx tidegate run ${name}`];
}
