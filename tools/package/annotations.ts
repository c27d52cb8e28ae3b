/** What is known of a package's origin; what is not known is left out. */
export interface Origin {
  /** Of the sources, such as a commit. */
  revision?: string;
  /** An SPDX expression. */
  licenses?: string;
  /** URL of the sources. */
  source?: string;
  /** URL of a page for people. */
  documentation?: string;
  /** In ISO 8601. */
  created: string;
}

const PREFIX = "org.opencontainers.image.";

/** Annotations of an image, by the names that the OCI image specification gives them. */
export function annotationsOf(
  package_: { title: string; description: string; version: string },
  origin: Origin,
): Record<string, string> {
  const { title, description, version } = package_;
  const { revision, licenses, source, documentation, created } = origin;
  const known = { title, description, version, revision, licenses, source, documentation, created };
  const said = Object.entries(known).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return Object.fromEntries(said.map(([name, value]) => [PREFIX + name, value]));
}
