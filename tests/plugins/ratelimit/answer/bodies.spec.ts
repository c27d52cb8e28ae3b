import { Bodies, BodyFormat } from "../../../../plugins/ratelimit/answer/bodies";

describe("bodies", () => {
  it("of text are the message, whatever decided", () => {
    const bodies = new Bodies(BodyFormat.Text, 429, "rate limit exceeded");
    expect(bodies.contentType).toBe("", "Envoy writes text/plain");
    expect(bodies.quota("per-user").toString()).toBe("rate limit exceeded");
    expect(bodies.capacity("concurrency").toString()).toBe("rate limit exceeded");
  });

  it("of JSON say what was exceeded and which policy says so", () => {
    const bodies = new Bodies(BodyFormat.Json, 429, "slow down");
    expect(bodies.contentType).toBe("application/json");
    expect(bodies.quota("per-user").toString()).toBe(
      '{"error":"quota-exceeded","message":"slow down","policy":"per-user"}',
    );
  });

  it("of problem+json are those of the draft", () => {
    const bodies = new Bodies(BodyFormat.Problem, 429, "slow down");
    expect(bodies.contentType).toBe("application/problem+json");
    expect(bodies.quota("per-user").toString()).toBe(
      '{"type":"https://iana.org/assignments/http-problem-types#quota-exceeded",' +
        '"title":"Request cannot be satisfied as assigned quota has been exceeded",' +
        '"status":429,"detail":"slow down","violated-policies":["per-user"]}',
    );
    expect(new Bodies(BodyFormat.Problem, 503, "busy").capacity("concurrency").toString()).toBe(
      '{"type":"https://iana.org/assignments/http-problem-types#temporary-reduced-capacity",' +
        '"title":"Request cannot be satisfied due to temporary server capacity constraints",' +
        '"status":503,"detail":"busy","violated-policies":["concurrency"]}',
    );
  });

  it("escape the message as JSON has it, and keep other characters", () => {
    const bodies = new Bodies(BodyFormat.Json, 429, '"\\\n\r\t\x00\x1f/é\u2028😀');
    expect(bodies.quota("r").toString()).toBe(
      '{"error":"quota-exceeded","message":"\\"\\\\\\u000a\\u000d\\u0009\\u0000\\u001f/é\u2028😀","policy":"r"}',
    );
  });

  it("for gRPC are the message alone", () => {
    expect(new Bodies(BodyFormat.Problem, 429, "slow down").text().toString()).toBe("slow down");
  });
});
