import { HashSecret } from "../../../../assembly/request/key";
import { RateLimitConfig, RuleConfig } from "../../../../plugins/ratelimit/config";
import { configOf, MemoryRequest, problemsOf } from "../request";

const QUOTA = '"quota": {"requests": 10, "per": "second"}';

/** A rule as read from a configuration, and the requests that it is asked about. */
export class Reading {
  private readonly config: RateLimitConfig;

  /** @param members of the rule, besides its name and quota. */
  constructor(members: string) {
    this.config = configOf(`{"rules": [{"name": "r", ${QUOTA}, ${members}}]}`);
  }

  get rule(): RuleConfig {
    return this.config.rules[0];
  }

  request(): MemoryRequest {
    return new MemoryRequest(this.config.headers);
  }

  get(path: string): MemoryRequest {
    return this.request().with(":path", path);
  }

  holds(request: MemoryRequest): bool {
    request.begin();
    return this.rule.match.holds(request);
  }

  key(request: MemoryRequest, secret: u64 = 1): u64 {
    request.begin();
    return this.rule.key.fingerprint(request, new HashSecret(secret, 2));
  }

  cost(request: MemoryRequest): i32 {
    request.begin();
    return this.rule.cost.of(request);
  }
}

/** The problems of a rule with these members besides its name and quota. */
export function problemsOfRule(members: string): string {
  return problemsOf(`{"rules": [{"name": "r", ${QUOTA}, ${members}}]}`).join("\n");
}
