import { UserError } from "../errors.js";

/** Names of resources in a cluster are made of a policy's and a plugin's, and have 63 characters at most. */
const MOST = 32;
const PLAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * Fails with a `UserError` for a name that no plugin may have: in policies, in file names, in names of metrics and of npm
 * packages it must be good as it is.
 * @param taken names of plugins that there are. @param reserved names that a project or its folder could not have.
 */
export function checkName(name: string, taken: Iterable<string>, reserved: Iterable<string>): void {
  if (name.length > MOST || !PLAIN.test(name)) {
    throw new UserError(
      `"${name}" is no name for a plugin: up to ${MOST} of a-z, 0-9 and -, a letter or digit at both ends`,
    );
  }
  if (new Set(taken).has(name)) throw new UserError(`there is a plugin ${name} already; choose another name`);
  if (new Set(reserved).has(name)) throw new UserError(`${name} is the name of something else; choose another name`);
}
