import { Sampling, TraceContext } from "../../../../plugins/trace/context/trace-context";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { TraceFormat } from "../../../../plugins/trace/formats/trace-format";
import { contextOf, injected } from "./spoken";

const SAMPLINGS: string[] = ["undecided", "dropped", "sampled", "debug"];

/** The context that reads as this text: what `textOf` makes of one. */
export function parsed(text: string): TraceContext {
  const words = text.split(" ");
  const context = contextOf(words[0], words[1], <Sampling>SAMPLINGS.indexOf(words[2]));
  context.isRandom = words.includes("random");
  context.isShort = words.includes("short");
  return context;
}

/** What the format makes of a request with these headers so that it says the context that reads as this text. */
export function written(format: TraceFormat, headers: TraceHeaders, pairs: string[], context: string): string {
  return injected(format, headers, pairs, parsed(context));
}
