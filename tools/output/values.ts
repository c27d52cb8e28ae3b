import { InvalidArgumentError } from "commander";

/** Reads the name of a namespace. */
export function someNamespace(text: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError("Expected the name of a namespace, such as shop.");
}

/** Reads a version of three numbers. */
export function someVersion(text: string): string {
  if (/^\d+\.\d+\.\d+$/.test(text)) return text;
  throw new InvalidArgumentError("Expected a version such as 1.38.0.");
}
