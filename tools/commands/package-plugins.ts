import { join, resolve } from "node:path";
import { buildUsed, pluginNames } from "../build/build-all.js";
import { type Finding, hasErrors, UserError } from "../errors.js";
import { interruptible } from "../interrupt.js";
import type { Io } from "../io.js";
import { printedAs } from "../output/print-form.js";
import { linesOf } from "../package/lines.js";
import { isVersion, type Packaged, packagePlugin, shownPath } from "../package/package-plugin.js";
import { placesOf } from "../package/places.js";
import { givenSubject, namedSubjects, type Subject } from "../package/subject.js";
import { type PackageReport, packageText } from "../package/words.js";
import { occupied, writeOutputs } from "../package/write-outputs.js";
import { projectRoot } from "../project.js";
import { sha256Of } from "../sha256.js";
import type { PackageFlags } from "./package.js";
import { report, withProgress } from "./report.js";

const OUT = "build/packages";

/** Packages plugins, and prints what came of it. @returns the exit code. */
export async function packagePlugins(names: readonly string[], flags: PackageFlags, io: Io): Promise<number> {
  refuseFlags(names, flags);
  const folder = flags.out === undefined ? join(projectRoot ?? io.cwd, OUT) : resolve(io.cwd, flags.out);
  const shown = shownPath(folder, io.cwd);
  return interruptible(async (signal) => {
    const built = await subjects(names, flags, io);
    if (hasErrors(built.findings)) return report(built.findings, io);
    const packaged = await withProgress(io, "packaging", () => packageAll(built.subjects, flags, io));
    const outputs = packaged.flatMap((each) => each.outputs);
    const findings = packaged.flatMap((each) => each.findings);
    if (!flags.force) findings.push(...(await occupied(outputs, folder, shown)));
    const reports = packaged.flatMap((each) => reportOf(each, shown, flags.moduleUrl ?? []) ?? []);
    const exitCode = report(findings, io);
    if (exitCode !== 0) return exitCode;
    await writeOutputs(outputs, folder, signal);
    io.out(printedAs(flags.output, { packages: reports }, () => reports.map(packageText).join("\n")));
    return 0;
  });
}

function refuseFlags(names: readonly string[], { module, name, schema, version }: PackageFlags): void {
  if (module !== undefined && names.length > 0) throw new UserError("give plugins or --module, not both");
  if (module === undefined && (name ?? schema) !== undefined) throw new UserError("--name and --schema need --module");
  if (version !== undefined && !isVersion(version)) throw new UserError(`--version ${version} is none such as 1.2.0`);
}

async function subjects(
  names: readonly string[],
  { module, name, schema }: PackageFlags,
  io: Io,
): Promise<{ subjects: Subject[]; findings: Finding[] }> {
  if (module !== undefined) {
    const file = schema === undefined ? undefined : resolve(io.cwd, schema);
    return { subjects: [givenSubject(resolve(io.cwd, module), name, file)], findings: [] };
  }
  const chosen = names.length > 0 ? names : pluginNames();
  if (chosen.length === 0) throw new UserError("there are no plugins here. Name those to package, or give --module");
  const found = namedSubjects(chosen);
  const built = await withProgress(io, "building", () => buildUsed(found.map(({ plugin }) => plugin.name)));
  return { subjects: found, findings: built.flatMap(({ findings }) => findings) };
}

async function packageAll(subjects: readonly Subject[], flags: PackageFlags, io: Io): Promise<Packaged[]> {
  const {
    form: forms = ["oci"],
    referrer: referrers = false,
    version,
    revision,
    license,
    source,
    documentation,
  } = flags;
  const options = { forms, referrers, version, revision, license, source, documentation, env: io.env, cwd: io.cwd };
  const packaged: Packaged[] = [];
  for (const subject of subjects) packaged.push(await packagePlugin(subject, options));
  return packaged;
}

function reportOf({ contents, outputs }: Packaged, folder: string, urls: readonly string[]): PackageReport | undefined {
  if (!contents) return undefined;
  const { name, version, module, annotations } = contents;
  const sha256 = sha256Of(module);
  const digest = outputs.find(({ image, form }) => image && form !== "referrer")?.image?.digest;
  return {
    name,
    version,
    module: { size: module.length, sha256 },
    files: outputs.map(({ form, name, image }) => ({
      form,
      path: join(folder, name),
      ...(image ? { digest: image.digest } : {}),
    })),
    annotations,
    lines: linesOf(placesOf(urls, { name, version, sha256, ...(digest ? { digest } : {}) })),
  };
}
