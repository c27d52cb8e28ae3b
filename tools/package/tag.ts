/** The tag of a version: tags have no `+`. */
export function tagOf(version: string): string {
  return version.replace("+", "_");
}
