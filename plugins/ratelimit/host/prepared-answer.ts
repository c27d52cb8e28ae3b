import { HeaderPairsWriter, LocalResponse } from "../../../assembly";
import { Utf8 } from "../../../assembly/core/bytes";
import { Bodies } from "../answer/bodies";

/** What names a rule in answers. */
@final
export class RuleNames {
  constructor(
    readonly rule: string,
    /** Of the rule's conditions, by index. */
    readonly conditions: string[] = [],
  ) {}
}

/** One answer of everything that does not differ from request to request. */
@final
export class Answer {
  readonly response: LocalResponse;

  constructor(
    reason: Reason,
    details: string,
    readonly body: Utf8,
  ) {
    this.response = new LocalResponse(reason.status, details, "", reason.headers);
    this.response.grpcStatus = reason.grpcStatus;
  }
}

/** What all answers for quota have in common, or all for capacity. */
@final
export class Reason {
  constructor(
    readonly status: u32,
    readonly grpcStatus: u32,
    readonly bodies: Bodies,
    readonly headers: HeaderPairsWriter,
  ) {}
}

/** The answers of one rule: without a condition, then with each. For configure: allocates. */
export function quotaAnswers(reason: Reason, names: RuleNames): Answer[] {
  const body = reason.bodies.quota(names.rule);
  const answers: Answer[] = [new Answer(reason, `tidegate_ratelimit{${names.rule}}`, body)];
  for (let i = 0; i < names.conditions.length; i++) {
    answers.push(new Answer(reason, `tidegate_ratelimit{${names.rule}/${names.conditions[i]}}`, body));
  }
  return answers;
}
