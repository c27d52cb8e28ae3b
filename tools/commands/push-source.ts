import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { buildUsed } from "../build/build-all.js";
import { type Finding, hasErrors, UserError } from "../errors.js";
import type { Io } from "../io.js";
import type { Image } from "../oci/image.js";
import { readLayout } from "../oci/read-layout.js";
import { tagOf } from "../package/tag.js";
import { isVersion, packagePlugin } from "../package/package-plugin.js";
import { namedSubjects } from "../package/subject.js";
import { discoverPlugins } from "../plugins.js";
import type { PushFlags } from "./push.js";
import { withProgress } from "./report.js";

/** What is to be pushed; no image where there are errors among the findings. */
export interface Source {
  image?: Image;
  findings: Finding[];
  /** That it gets when nobody gives another one. */
  tag?: string;
}

/**
 * The image of a plugin, which is built and packaged now, or one at a path. Fails with a `UserError`.
 * @param isGuess whether the name was not given, but taken from the image's.
 */
export async function sourceOf(name: string, isGuess: boolean, flags: PushFlags, io: Io): Promise<Source> {
  const plugins = discoverPlugins();
  if (plugins.has(name)) return fromPlugin(name, flags, io);
  const path = resolve(io.cwd, name);
  if (isGuess || !existsSync(path)) {
    const known = `the plugins are ${[...plugins.keys()].join(", ")}`;
    throw new UserError(
      `${name} is no plugin${isGuess ? "" : ", and no file or folder"}; ${known}. Say first what to push`,
    );
  }
  if ((flags.form ?? flags.version) !== undefined) throw new UserError("--form and --version are for a plugin");
  return { image: readLayout(path), findings: [] };
}

async function fromPlugin(name: string, { form = "oci", version }: PushFlags, io: Io): Promise<Source> {
  if (version !== undefined && !isVersion(version)) throw new UserError(`--version ${version} is none such as 1.2.0`);
  const [subject] = namedSubjects([name]);
  const built = await withProgress(io, "building", () => buildUsed([name]));
  const unbuilt = built.flatMap(({ findings }) => findings);
  if (hasErrors(unbuilt)) return { findings: unbuilt };
  const options = {
    forms: [form],
    referrers: false,
    env: io.env,
    cwd: io.cwd,
    ...(version === undefined ? {} : { version }),
  };
  const { findings, outputs, contents } = await packagePlugin(subject!, options);
  const image = outputs.find((output) => output.form === form)?.image;
  return image && contents ? { image, findings, tag: tagOf(contents.version) } : { findings };
}
