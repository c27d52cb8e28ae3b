import { UserError } from "../errors.js";
import { MODULE_URL, urlProblem } from "../generate/module-source.js";

/** Fails for what is no place of modules, such as `--module-url` names. */
export function checkModuleUrl(url: string | undefined): void {
  if (url === undefined) return;
  const problem = MODULE_URL.test(url)
    ? urlProblem(url.replaceAll("{plugin}", "plugin"))
    : `${url} is no oci://, https:// or file:/// URL, and not inline`;
  if (problem) throw new UserError(`--module-url: ${problem}`);
}
