import { Quota } from "../../../assembly/core/gcra";
import { configOf, problemsOf } from "./request";

const QUOTA = '"quota": {"requests": 10, "per": "second"}';

/** The problems of a configuration of one rule `r` with these further members. */
function ruleProblems(members: string): string {
  return problemsOf(`{"rules": [{"name": "r", ${members}}]}`).join("\n");
}

/** The problems of a rule with this quota. */
function quotaProblems(quota: string): string {
  return ruleProblems(`"quota": ${quota}`);
}

function expectPart(text: string, part: string, what: string = ""): void {
  expect(text.includes(part)).toBe(true, `${what} ${part} in: ${text}`);
}

describe("parseConfig", () => {
  it("applies the defaults", () => {
    const config = configOf(`{"rules": [{"name": "r", ${QUOTA}}]}`);
    expect(config.status).toBe(429);
    expect(config.maxKeys).toBe(4096);
    expect(config.shadow).toBe(false);
    const rule = config.rules[0];
    expect(rule.quota.burst).toBe(10);
    expect(rule.shadow).toBe(false);
    expect(rule.key.isKeyed).toBe(false);
    expect(rule.otherwise).toBe(false);
    expect(rule.exempt.length).toBe(0);
    expect(rule.overrides.length).toBe(0);
    expect(rule.cost.otherwise).toBe(1);
    expect(rule.lease).toBe(0);
    expect(rule.enabledPercent).toBe(10_000);
    expect(rule.enforcedPercent).toBe(10_000);
    expect(config.enabledPercent).toBe(10_000);
  });

  it("reads every key", () => {
    const config = configOf(`{"max_keys": 64, "status": 503, "shadow": true, "rules": [{
      "name": "per-user_1", "shadow": true,
      "match": {"path": {"exact": "/x"}, "methods": ["GET", "M-SEARCH"],
        "headers": [{"name": "x-a", "exact": "1"}, {"name": "x-b", "prefix": "2"}, {"name": "x-c", "present": false}]},
      "key": {"header": "x-a"}, "quota": {"requests": 7, "per": "day", "burst": 20}}]}`);
    expect(config.maxKeys).toBe(64);
    expect(config.status).toBe(503);
    const rule = config.rules[0];
    expect(rule.name).toBe("per-user_1");
    expect(rule.match.conditions.length).toBe(5);
    expect(config.headers.names.join()).toBe(":path,:method,x-a,x-b,x-c", "each header once");
    expect(rule.quota.periodSeconds).toBe(86_400);
    expect(rule.quota.burst).toBe(20);
  });

  it("gives each of several replicas its share of a quota, and at least a burst of 1", () => {
    const quota = configOf(
      '{"rules": [{"name": "r", "quota": {"requests": 7, "per": "minute", "burst": 9, "replicas": 4}}]}',
    ).rules[0].quota;
    expect(quota.requests).toBe(7);
    expect(quota.periodSeconds).toBe(240);
    expect(quota.burst).toBe(2);
    expect(quota.toQuota().interval).toBe(new Quota(7, 240, 2).interval);
    const small = configOf('{"rules": [{"name": "r", "quota": {"requests": 2, "per": "second", "replicas": 50}}]}');
    expect(small.rules[0].quota.burst).toBe(1, "never no capacity at all");
  });

  it("reports every problem at once, each with its path", () => {
    const problems = problemsOf(`{"status": 204, "rulez": 1, "rules": [
      {"name": "A", "quota": {"requests": 0, "per": "fortnight"}},
      {"name": "ok", "key": {"header": "X-User"}},
      {"name": "ok", "match": {"path": {"prefix": "api"}, "methods": ["get"]}, ${QUOTA}}]}`);
    expect(problems.length).toBe(10, problems.join("\n"));
    const all = problems.join("\n");
    expectPart(all, '$.rulez: unknown key; did you mean "rules"?');
    expectPart(all, "$.status: expected a whole number from 400 to 599, not 204");
    expectPart(all, "$.rules[0].name: ");
    expectPart(all, "$.rules[0].quota.per: ");
    expectPart(all, "$.rules[0].quota.requests: expected a whole number from 1 to 1000000000, not 0");
    expectPart(all, "$.rules[1].key.header: expected a header name in lower case");
    expectPart(all, '$.rules[1]: expected the key "quota"');
    expectPart(all, '$.rules[2].name: "ok" is the name of an earlier rule too');
    expectPart(all, "$.rules[2].match.path.prefix: expected a path that begins with /");
    expectPart(all, "$.rules[2].match.methods[0]: ");
  });
});

describe("parseConfig refuses", () => {
  it("what is no object, or has no rules", () => {
    expectPart(problemsOf("[]").join(), "$: expected an object");
    expectPart(problemsOf("{}").join(), '"rules"');
    expectPart(problemsOf('{"rules": []}').join(), "$.rules: ");
    expectPart(problemsOf('{"rules": [1]}').join(), "$.rules[0]: ");
    expectPart(problemsOf('{"rules": null}').join(), "$.rules: ");
  });

  it("numbers that are not whole, too great, too small, or texts", () => {
    const wrong = ["0", "-1", "1.5", "1e309", '"5"', "null", "true", "9007199254740993", "1e6000", "1000001"];
    for (let i = 0; i < wrong.length; i++) {
      const problems = quotaProblems(`{"requests": ${wrong[i]}, "per": "second"}`);
      expect(problems.length).toBeGreaterThan(0, wrong[i]);
    }
    expect(quotaProblems('{"requests": 1000000, "per": "second"}')).toBe("");
    expect(quotaProblems('{"requests": 1000001, "per": "minute"}')).toBe("");
    expectPart(quotaProblems('{"requests": 1000000001, "per": "day"}'), "$.rules[0].quota.requests: ");
  });

  it("a burst that takes over 180 days to earn", () => {
    expect(quotaProblems('{"requests": 1, "per": "day", "burst": 180}')).toBe("");
    expect(quotaProblems('{"requests": 1, "per": "day", "burst": 181}')).toBe(
      "$.rules[0].quota.burst: expected a burst that is earned within 180 days at this quota",
    );
  });

  it("statuses that are no errors", () => {
    const wrong = [0, 99, 200, 204, 302, 399, 600, 1000, 70000];
    for (let i = 0; i < wrong.length; i++) {
      expect(problemsOf(`{"status": ${wrong[i]}, "rules": [{"name": "r", ${QUOTA}}]}`).length).toBe(1);
    }
  });

  it("names that could not be part of a metric's name", () => {
    const wrong = ["", "A", "-a", "_a", "a.b", "a b", "a=b", "ü", "a".repeat(64)];
    for (let i = 0; i < wrong.length; i++) {
      expectPart(problemsOf(`{"rules": [{"name": "${wrong[i]}", ${QUOTA}}]}`).join(), "$.rules[0].name: ", wrong[i]);
    }
    expect(problemsOf(`{"rules": [{"name": "${"a".repeat(63)}", ${QUOTA}}]}`).length).toBe(0);
  });

  it("header names and values that never arrive", () => {
    const names = ["", "x y", "X-User", ":path", "x\\u0000", "x:"];
    for (let i = 0; i < names.length; i++) {
      expectPart(ruleProblems(`"key": {"header": "${names[i]}"}, ${QUOTA}`), "$.rules[0].key.header: ", names[i]);
    }
    const values = ["", "a\\r\\nb", "a\\u0000", " a"];
    for (let i = 0; i < values.length; i++) {
      const match = `"match": {"headers": [{"name": "x", "exact": "${values[i]}"}]}`;
      expectPart(ruleProblems(`${match}, ${QUOTA}`), "$.rules[0].match.headers[0].exact: ", values[i]);
    }
  });

  it("paths that never match", () => {
    const paths = ["", "api", "/a?b", "/a#b", "/a b", "/a\\n"];
    for (let i = 0; i < paths.length; i++) {
      const match = `"match": {"path": {"exact": "${paths[i]}"}}`;
      expectPart(ruleProblems(`${match}, ${QUOTA}`), "$.rules[0].match.path.exact: ", paths[i]);
    }
  });

  it("choices that are not exactly one", () => {
    expectPart(ruleProblems(`"match": {"path": {}}, ${QUOTA}`), "$.rules[0].match.path: ");
    expectPart(ruleProblems(`"match": {"path": {"exact": "/", "prefix": "/"}}, ${QUOTA}`), "$.rules[0].match.path: ");
    expectPart(ruleProblems(`"key": {}, ${QUOTA}`), "$.rules[0].key: ");
    expectPart(ruleProblems(`"key": {"header": "x", "path": true}, ${QUOTA}`), "$.rules[0].key: ");
    expectPart(ruleProblems(`"key": {"path": false}, ${QUOTA}`), "$.rules[0].key.path: expected true");
    expectPart(ruleProblems(`"key": {"client_address": 1}, ${QUOTA}`), "$.rules[0].key.client_address: ");
    expectPart(ruleProblems(`"match": {"headers": [{"name": "x"}]}, ${QUOTA}`), "$.rules[0].match.headers[0]: ");
    expectPart(ruleProblems(`"match": {"headers": []}, ${QUOTA}`), "$.rules[0].match.headers: ");
    expectPart(ruleProblems(`"match": {"methods": []}, ${QUOTA}`), "$.rules[0].match.methods: ");
  });

  it("more rules, and more keys in all, than memory is meant for", () => {
    const rules: string[] = [];
    for (let i = 0; i < 65; i++) rules.push(`{"name": "r${i}", "key": {"path": true}, ${QUOTA}}`);
    expectPart(problemsOf(`{"rules": [${rules.join()}]}`).join(), "$.rules: ");
    const five = rules.slice(0, 5).join();
    expect(problemsOf(`{"max_keys": 262144, "rules": [${five}]}`).join()).toBe(
      "$.max_keys: expected at most 1048576 keys over all rules that have a key, not 1310720",
    );
    expect(problemsOf(`{"max_keys": 262144, "rules": [${rules.slice(0, 4).join()}]}`).length).toBe(0);
  });
});
