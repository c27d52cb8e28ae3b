import { readAnswer } from "../../../../plugins/ratelimit/answer/config";
import { Moment } from "../../../../plugins/ratelimit/answer/config";
import { BodyFormat } from "../../../../plugins/ratelimit/answer/bodies";
import { ReadAnswer } from "./answers";

function expectProblem(json: string, problem: string): void {
  const problems = new ReadAnswer(json).problems;
  expect(problems.length).toBe(1, json + ": " + problems.join("\n"));
  expect(problems.join().startsWith(problem)).toBe(true, json + ": " + problems.join());
}

describe("readAnswer", () => {
  it("applies the defaults, also without an object", () => {
    const given = new ReadAnswer("{}").config;
    const none = readAnswer(null);
    expect(none.format).toBe(BodyFormat.Text);
    expect(none.message).toBe("rate limit exceeded");
    expect(none.grpcStatus).toBe(8);
    expect(none.capacityGrpcStatus).toBe(14);
    expect(none.capacityRetryAfter).toBe(1);
    expect(none.retryAfterJitterPercent).toBe(10);
    expect(none.rateLimitHeaders).toBe(Moment.Rejected);
    expect(none.legacyHeaders).toBe(Moment.Never);
    expect(none.tellsAdmitted).toBe(false);
    expect(given.format).toBe(none.format);
    expect(given.message).toBe(none.message);
    expect(given.grpcStatus).toBe(none.grpcStatus);
    expect(given.capacityGrpcStatus).toBe(none.capacityGrpcStatus);
    expect(given.rateLimitHeaders).toBe(none.rateLimitHeaders);
    expect(given.legacyHeaders).toBe(none.legacyHeaders);
    expect(given.retryAfter).toBe(none.retryAfter);
  });

  it("reads every key", () => {
    const read = new ReadAnswer(`{"format": "problem", "message": "m", "capacity_message": "c",
      "grpc_status": "unavailable", "capacity_grpc_status": "resource_exhausted", "retry_after": false,
      "capacity_retry_after": 0, "retry_after_jitter_percent": 100, "rate_limit_headers": "never",
      "legacy_headers": "always", "headers": [{"name": "x-a", "value": "1"}], "shadow_header": "x-s"}`);
    expect(read.problems.join()).toBe("");
    const config = read.config;
    expect(config.format).toBe(BodyFormat.Problem);
    expect(config.message).toBe("m");
    expect(config.capacityMessage).toBe("c");
    expect(config.grpcStatus).toBe(14);
    expect(config.capacityGrpcStatus).toBe(8);
    expect(config.retryAfter).toBe(false);
    expect(config.capacityRetryAfter).toBe(0);
    expect(config.retryAfterJitterPercent).toBe(100);
    expect(config.rateLimitHeaders).toBe(Moment.Never);
    expect(config.tellsAdmitted).toBe(true);
    expect(config.headers[0].name.toString()).toBe("x-a");
    expect(config.headers[0].value.toString()).toBe("1");
    expect(config.shadowHeader).toBe("x-s");
  });

  it("refuses what could split a message, frame it, or stand there twice", () => {
    const values = ["a\\r\\nb: c", "a\\n", "\\u0000", " a", "a ", "\\u007f"];
    for (let i = 0; i < values.length; i++) {
      expectProblem(`{"headers": [{"name": "x", "value": "${values[i]}"}]}`, "$.headers[0].value: ");
    }
    const names = ["x y", "X", ":status", "content-length", "transfer-encoding", "retry-after", "content-type", "grpc-status"]; // prettier-ignore
    for (let i = 0; i < names.length; i++) {
      expectProblem(`{"headers": [{"name": "${names[i]}", "value": "v"}]}`, "$.headers[0].name: ");
    }
    expectProblem('{"shadow_header": "host"}', "$.shadow_header: ");
    expect(new ReadAnswer('{"shadow_header": "retry-after"}').problems.length).toBe(0);
  });

  it("refuses what is out of range, unknown or of another kind", () => {
    expectProblem('{"format": "html"}', "$.format: ");
    expectProblem('{"message": ""}', "$.message: ");
    expectProblem(`{"capacity_message": "${"a".repeat(1025)}"}`, "$.capacity_message: ");
    expectProblem('{"grpc_status": 8}', "$.grpc_status: ");
    expectProblem('{"retry_after_jitter_percent": 101}', "$.retry_after_jitter_percent: ");
    expectProblem('{"capacity_retry_after": 3601}', "$.capacity_retry_after: ");
    expectProblem('{"rate_limit_headers": true}', "$.rate_limit_headers: ");
    expectProblem('{"headers": []}', "$.headers: ");
    expectProblem('{"headers": [{"name": "x"}]}', "$.headers[0]: ");
    expectProblem('{"headers": [{"value": "x"}]}', "$.headers[0]: ");
    expectProblem('{"headers": [{"name": 1, "value": "x"}]}', "$.headers[0].name: ");
    expectProblem('{"mesage": "x"}', '$.mesage: unknown key; did you mean "message"?');
  });
});
