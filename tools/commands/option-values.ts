import { InvalidArgumentError, Option } from "commander";

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

/** Help for an option of a namespace. */
export const NAMESPACE_HELP = "of policies that name none; those of another are refused";

/** The option for the form in which a command prints. @param forms the default is the first of them. */
export function outputOption(about: string, ...forms: readonly [string, ...string[]]): Option {
  return new Option("-o, --output <format>", about).choices(forms).default(forms[0]);
}
