import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJsonText } from "../../../../assembly/core/json";
import { AnswerConfig, readAnswer } from "../../../../plugins/ratelimit/answer/config";
import { Verdict } from "../../../../plugins/ratelimit/answer/verdict";

export const TICKS_PER_SECOND: i64 = 1_000_000_000 << 8;

/** The object `response` read from this text, and what is wrong with it. */
@final
export class ReadAnswer {
  readonly config: AnswerConfig;
  readonly problems: string[];

  constructor(json: string) {
    const problems = new Problems();
    this.config = readAnswer(ConfigNode.root(parseJsonText(json), problems));
    this.problems = problems.list;
  }
}

/** A verdict on rule 0 at 10 a second, with a burst of 20. */
export function verdictOf(remaining: i64, resetTicks: i64, burst: i64 = 20): Verdict {
  const verdict = new Verdict();
  verdict.tell(0, -1, 10, 1, burst, remaining, resetTicks);
  return verdict;
}
