import { problemsOf, Tree } from "./tree";

const KINDS =
  '"all", "any", "not", "header", "cookie", "query", "claim", "path", "method", "authority", "client_address", "source_identity"';
const TESTS = '"present", "exact", "prefix", "suffix", "in", "in_list", "regex"';

/** Conditions inside one another, `depth` of them. */
function nested(depth: i32): string {
  return depth == 1 ? '{"method": {"exact": "GET"}}' : `{"not": ${nested(depth - 1)}}`;
}

/** Conditions beside one another in groups of `group`. */
function wide(groups: i32, group: i32): string {
  const leaves = new Array<string>(group).fill('{"method": {"exact": "GET"}}').join(", ");
  return `{"any": [${new Array<string>(groups).fill(`{"all": [${leaves}]}`).join(", ")}]}`;
}

describe("a condition as configured", () => {
  it("is of one kind", () => {
    expect(problemsOf("{}")).toBe(`$: expected exactly one of the keys ${KINDS}, not none of them`);
    expect(problemsOf('{"method": {"exact": "GET"}, "path": {"exact": "/"}}')).toBe(
      `$: expected exactly one of the keys ${KINDS}, not 2 of them`,
    );
    expect(problemsOf('{"headers": {"name": "a", "exact": "b"}}')).toBe(
      '$.headers: unknown key; did you mean "header"?\n' +
        `$: expected exactly one of the keys ${KINDS}, not none of them`,
    );
    expect(problemsOf('{"header": "x"}')).toBe("$.header: expected an object, not a string");
    expect(problemsOf('{"all": {}}')).toBe("$.all: expected an array, not an object");
    expect(problemsOf('{"all": []}')).toBe("$.all: expected 1 to 64 elements, not 0");
    expect(problemsOf('{"any": [1]}')).toBe("$.any[0]: expected an object, not a number");
  });

  it("has one test", () => {
    expect(problemsOf('{"header": {"name": "a"}}')).toBe(
      `$.header: expected exactly one of the keys ${TESTS}, not none of them`,
    );
    expect(problemsOf('{"header": {"name": "a", "exact": "b", "prefix": "b"}}')).toBe(
      `$.header: expected exactly one of the keys ${TESTS}, not 2 of them`,
    );
    expect(problemsOf('{"authority": {"name": "a", "exact": "b"}}')).toBe(
      `$.authority.name: unknown key; expected ${TESTS}`,
    );
    expect(problemsOf('{"method": {"prefix": "G"}}')).toBe(
      '$.method.prefix: unknown key; expected "exact", "in"\n' +
        '$.method: expected exactly one of the keys "exact", "in", not none of them',
    );
    expect(problemsOf('{"header": {"name": "a", "template": "/a"}}').split("\n")[0]).toBe(
      `$.header.template: unknown key; expected "name", ${TESTS}`,
    );
    expect(problemsOf('{"header": {"name": "a", "present": "yes"}}')).toBe(
      "$.header.present: expected a boolean, not a string",
    );
  });

  it("has the name of what it is on", () => {
    expect(problemsOf('{"header": {"exact": "b"}}')).toBe('$.header: expected the key "name", which is missing');
    expect(problemsOf('{"header": {"name": "X-A", "exact": "b"}}')).toBe(
      "$.header.name: expected a header name in lower case",
    );
    expect(problemsOf('{"header": {"name": "x-canary", "exact": "b"}}')).toBe(
      "$.header.name: expected another header than decision_header, which a client could set to choose its arm",
    );
    expect(problemsOf('{"cookie": {"name": "a b", "exact": "b"}}')).toBe(
      "$.cookie.name: expected a cookie's name of letters, digits and !#$%&'*+-.^_`|~ only",
    );
    expect(problemsOf('{"query": {"name": "", "exact": "b"}}')).toBe(
      "$.query.name: expected 1 to 128 characters, not 0",
    );
  });

  it("has the name of a claim, or names that lead to it", () => {
    expect(problemsOf('{"claim": {"exact": "b"}}')).toBe('$.claim: expected the key "name", which is missing');
    expect(problemsOf('{"claim": {"name": [], "exact": "b"}}')).toBe("$.claim.name: expected 1 to 8 elements, not 0");
    expect(problemsOf('{"claim": {"name": ["a", ""], "payload": "a\\u0000b", "exact": "b"}}')).toBe(
      "$.claim.name[1]: expected 1 to 128 characters, not 0\n$.claim.payload: expected a name without NUL",
    );
    expect(problemsOf('{"claim": {"name": 1, "exact": "b"}}')).toBe("$.claim.name: expected a string, not a number");
  });

  it("compares with texts that can come", () => {
    expect(problemsOf('{"header": {"name": "a", "exact": " b"}}')).toBe(
      "$.header.exact: expected a header value without white space around it, which never arrives",
    );
    expect(problemsOf('{"path": {"prefix": "/a/../b"}}')).toBe(
      '$.path.prefix: expected a path in its normal form, "/b"',
    );
    expect(problemsOf('{"authority": {"exact": "Shop.example"}}')).toBe(
      "$.authority.exact: expected a host or a part of one in lower case, without port",
    );
    expect(problemsOf('{"method": {"in": ["GET", "get"]}}')).toBe(
      "$.method.in[1]: expected a method in capital letters, such as GET",
    );
    expect(problemsOf('{"path": {"template": "/{a"}}') != "").toBe(true);
    expect(problemsOf('{"claim": {"name": "a", "exact": " b\\n"}}')).toBe("", "a claim can be any text");
  });

  it("tells the place of a wrong text among many, never the text", () => {
    const long = "x".repeat(257);
    expect(problemsOf(`{"header": {"name": "a", "in": ["b", "${long}", 7, "c\\n"]}}`)).toBe(
      "$.header.in[1]: expected a text of at most 256 bytes\n" +
        "$.header.in[2]: expected a string, not a number\n" +
        "$.header.in[3]: expected a header value without control characters such as CR, LF and NUL",
    );
    expect(problemsOf('{"header": {"name": "a", "in": []}}')).toBe("$.header.in: expected 1 to 1000 elements, not 0");
  });

  it("names a list that there is", () => {
    expect(problemsOf('{"query": {"name": "a", "in_list": "tester"}}')).toBe(
      '$.query.in_list: expected one of "testers", not "tester"; did you mean "testers"?',
    );
    expect(problemsOf('{"query": {"name": "a", "in_list": "testers"}}', [])).toBe(
      '$.query.in_list: expected the key "lists" beside "rules", with a list of this name',
    );
  });

  it("has an expression that RE2 knows", () => {
    expect(problemsOf('{"header": {"name": "a", "regex": "(a"}}').startsWith("$.header.regex: ")).toBe(true);
    expect(problemsOf('{"header": {"name": "a", "regex": ""}}')).toBe(
      "$.header.regex: expected 1 to 1024 characters, not 0",
    );
  });

  it("has ranges of addresses", () => {
    expect(problemsOf('{"client_address": {"trusted_hops": 17}}')).toBe(
      "$.client_address.trusted_hops: expected a whole number from 0 to 16, not 17\n" +
        '$.client_address: expected the key "in", which is missing',
    );
    expect(problemsOf('{"client_address": {"in": ["10.0.0.1/8", "::1", 7, ""], "exact": "a"}}')).toBe(
      '$.client_address.exact: unknown key; expected "in", "trusted_hops"\n' +
        '$.client_address.in[0]: expected no bits set after the first 8; "10.0.0.1/8" has some\n' +
        "$.client_address.in[2]: expected a string, not a number\n" +
        "$.client_address.in[3]: expected an IP address, or a range of them such as 10.0.0.0/8 or 2001:db8::/32",
    );
  });

  it("has at most 8 conditions inside one another", () => {
    expect(problemsOf(nested(8))).toBe("");
    expect(problemsOf(nested(9))).toBe(
      "$.not.not.not.not.not.not.not.not: expected at most 8 conditions inside one another",
    );
    expect(problemsOf(nested(200)).split("\n").length).toBe(1);
  });

  it("has at most 256 conditions", () => {
    expect(problemsOf(wide(5, 50))).toBe("", "1 + 5 + 250 of them");
    expect(problemsOf(wide(6, 50))).toBe("$.any[5]: expected at most 256 conditions in one; this is one more");
    expect(problemsOf(wide(64, 64)).split("\n").length).toBe(1);
  });

  it("reads each value of the request by one source", () => {
    const tree = new Tree(
      '{"all": [{"header": {"name": "a", "exact": "b"}}, {"header": {"name": "a", "prefix": "b"}}, ' +
        '{"claim": {"name": "sub", "exact": "b"}}, {"claim": {"name": ["sub"], "prefix": "b"}}]}',
    );
    const request = tree.request().with("a", "b");
    tree.holds(request);
    expect(tree.names.names).toStrictEqual([":path", ":method", "a"]);
    expect(tree.names.properties.length).toBe(1);
    expect(request.reads.length).toBe(2);
  });
});
