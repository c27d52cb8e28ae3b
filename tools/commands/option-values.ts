import { InvalidArgumentError } from "commander";

/** Reads a number of an option; both ends belong to the range. */
export function numberBetween(least: number, most: number, whole: boolean): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
    throw new InvalidArgumentError(`Expected a ${whole ? "whole " : ""}number from ${least} to ${most}.`);
  };
}

/** Reads names of an option, separated by commas. */
export function listOf(text: string): string[] {
  return text.split(",");
}

/** Help for the option that `someNamespace` reads. */
export const NAMESPACE_HELP = "of policies that name none; those of another are refused";

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
