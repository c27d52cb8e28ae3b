import { Reading } from "./rules";

function matching(match: string): Reading {
  return new Reading(`"match": ${match}`);
}

function expectPaths(match: string, held: string[], others: string[]): void {
  const rule = matching(`{"path": ${match}}`);
  for (let i = 0; i < held.length; i++) expect(rule.holds(rule.get(held[i]))).toBe(true, held[i]);
  for (let i = 0; i < others.length; i++) expect(rule.holds(rule.get(others[i]))).toBe(false, others[i]);
}

/** What a header `x` or a parameter `x` holds for. */
function expectValues(condition: string, held: string[], others: string[], absent: bool): void {
  const header = matching(`{"headers": [{"name": "x", ${condition}}]}`);
  const query = matching(`{"query": [{"name": "x", ${condition}}]}`);
  for (let i = 0; i < held.length; i++) {
    expect(header.holds(header.request().with("x", held[i]))).toBe(true, condition + held[i]);
    expect(query.holds(query.get("/?y=0&x=" + held[i]))).toBe(true, condition + held[i]);
  }
  for (let i = 0; i < others.length; i++) {
    expect(header.holds(header.request().with("x", others[i]))).toBe(false, condition + others[i]);
    expect(query.holds(query.get("/?x=" + others[i]))).toBe(false, condition + others[i]);
  }
  expect(header.holds(header.request())).toBe(absent, condition);
  expect(query.holds(query.request())).toBe(absent, condition);
}

describe("a match by path", () => {
  it("is exact, by prefix or by suffix, without query", () => {
    expectPaths('{"exact": "/x"}', ["/x", "/x?y", "/x#y", "/x?"], ["/", "/xy", "/x/", "/X", ""]);
    expectPaths('{"prefix": "/api"}', ["/api", "/apis", "/api/v1?x"], ["/ap", "/v1/api", "/?/api"]);
    expectPaths('{"suffix": ".pdf"}', ["/a.pdf", "/.pdf?x"], ["/a.pdf/", "/pdf", "/a?.pdf"]);
  });

  it("is by template", () => {
    expectPaths('{"template": "/users/{id}"}', ["/users/1", "/users/1/?a"], ["/users", "/users/", "/users/1/2"]);
    expectPaths('{"template": "/files/**"}', ["/files", "/files/a/b"], ["/file"]);
  });

  it("is not to be got round by writing the path in another way", () => {
    const ways = [
      "/api/x",
      "//api/x",
      "/api//x",
      "/./api/x",
      "/v/../api/x",
      "/%61pi/x",
      "/%2e/api/x",
      "/v/%2E%2e/api/x",
    ];
    expectPaths('{"prefix": "/api/"}', ways.concat(["\\api\\x".replace("\\api", "/api")]), [
      "/api%2Fx",
      "/v/..%2Fapi/x",
    ]);
    expectPaths('{"exact": "/api/x"}', ways, ["/api/x/..", "/api/X"]);
    expectPaths('{"template": "/api/{x}"}', ways, ["/api/x/.."]);
    expectPaths('{"prefix": "/café"}', ["/café", "/caf%C3%A9", "/caf%c3%a9/x"], ["/cafe"]);
  });

  it("holds for no request without a path", () => {
    const rule = matching('{"path": {"prefix": "/"}}');
    expect(rule.holds(rule.request().without(":path"))).toBe(false);
    expect(rule.holds(rule.get("*"))).toBe(false);
  });
});

describe("a match by method", () => {
  it("takes any of several, as they are written", () => {
    const rule = matching('{"methods": ["POST", "PUT"]}');
    expect(rule.holds(rule.request())).toBe(false);
    expect(rule.holds(rule.request().with(":method", "put"))).toBe(false);
    expect(rule.holds(rule.request().with(":method", "PUT"))).toBe(true);
    expect(rule.holds(rule.request().without(":method"))).toBe(false);
  });
});

describe("a match by authority", () => {
  it("compares the host without port and final dot, in lower case", () => {
    const rule = matching('{"authority": {"exact": "shop.example"}}');
    const held = ["shop.example", "Shop.Example", "SHOP.EXAMPLE:443", "shop.example.", "shop.example.:8080"];
    for (let i = 0; i < held.length; i++) {
      expect(rule.holds(rule.request().with(":authority", held[i]))).toBe(true, held[i]);
    }
    expect(rule.holds(rule.request().with(":authority", "shop.example.org"))).toBe(false);
    expect(rule.holds(rule.request())).toBe(false);
  });

  it("is by prefix, suffix and list", () => {
    const suffix = matching('{"authority": {"suffix": ".shop.example"}}');
    expect(suffix.holds(suffix.request().with(":authority", "A.shop.example:1"))).toBe(true);
    expect(suffix.holds(suffix.request().with(":authority", "shop.example"))).toBe(false);
    const prefix = matching('{"authority": {"prefix": "api."}}');
    expect(prefix.holds(prefix.request().with(":authority", "api.shop.example"))).toBe(true);
    const list = matching('{"authority": {"in": ["a.example", "[::1]"]}}');
    expect(list.holds(list.request().with(":authority", "a.example"))).toBe(true);
    expect(list.holds(list.request().with(":authority", "[::1]:80"))).toBe(true);
    expect(list.holds(list.request().with(":authority", "b.example"))).toBe(false);
  });
});

describe("a match by header or query", () => {
  it("compares in five ways", () => {
    expectValues('"exact": "free"', ["free"], ["freed", "fre", "FREE", ""], false);
    expectValues('"prefix": "curl/"', ["curl/", "curl/8"], ["curl", "xcurl/"], false);
    expectValues('"suffix": "-beta"', ["-beta", "a-beta"], ["beta", "-betax"], false);
    expectValues('"in": ["a", "bc"]', ["a", "bc"], ["b", "abc", ""], false);
    expectValues('"present": true', ["a", ""], [], false);
    expectValues('"present": false', [], ["a", ""], true);
  });

  it("negates each of them, so that it holds without the value too", () => {
    expectValues('"exact": "free", "not": true', ["freed", ""], ["free"], true);
    expectValues('"prefix": "a", "not": true', ["b"], ["ab"], true);
    expectValues('"suffix": "a", "not": true', ["b"], ["ba"], true);
    expectValues('"in": ["a", "b"], "not": true', ["c"], ["a", "b"], true);
    expectValues('"present": true, "not": true', [], ["a", ""], true);
    expectValues('"present": false, "not": true', ["a", ""], [], false);
    expectValues('"exact": "free", "not": false', ["free"], ["b"], false);
  });

  it("decodes names and values of parameters", () => {
    const rule = matching('{"query": [{"name": "a b", "exact": "x&y é"}]}');
    expect(rule.holds(rule.get("/?a+b=x%26y%20%C3%A9"))).toBe(true);
    expect(rule.holds(rule.get("/?%61%20b=%78%26y+%c3%a9#z"))).toBe(true);
    expect(rule.holds(rule.get("/?a+b=x%2526y+%C3%A9"))).toBe(false, "once only");
    expect(rule.holds(rule.get("/#?a+b=x%26y+%C3%A9"))).toBe(false, "no query");
  });

  it("takes the first of a repeated parameter, and every condition", () => {
    const rule = matching('{"query": [{"name": "a", "exact": "1"}, {"name": "b", "present": true}]}');
    expect(rule.holds(rule.get("/?a=1&a=2&b"))).toBe(true);
    expect(rule.holds(rule.get("/?a=2&a=1&b"))).toBe(false);
    expect(rule.holds(rule.get("/?a=1"))).toBe(false);
    const both = matching('{"headers": [{"name": "x", "prefix": "a"}, {"name": "x", "suffix": "z"}]}');
    expect(both.holds(both.request().with("x", "az"))).toBe(true);
    expect(both.holds(both.request().with("x", "ay"))).toBe(false);
  });
});

describe("a match", () => {
  it("without conditions holds for every request", () => {
    const rule = matching("{}");
    expect(rule.holds(rule.request().without(":path").without(":method"))).toBe(true);
    expect(rule.rule.otherwise).toBe(false);
  });

  it("for the rest is only marked, for its rule to know of the others", () => {
    const rule = matching('{"otherwise": true}');
    expect(rule.rule.otherwise).toBe(true);
    expect(rule.rule.match.conditions.length).toBe(0);
  });

  it("asks for nothing that cannot decide any more, and for nothing twice", () => {
    const rule = matching(
      '{"path": {"prefix": "/a"}, "methods": ["GET"], "authority": {"exact": "h"}, ' +
        '"headers": [{"name": "x", "present": true}, {"name": "x", "exact": "1"}, {"name": "y", "exact": "2"}], ' +
        '"query": [{"name": "q", "exact": "1"}, {"name": "q", "present": true}]}',
    );
    const other = rule.get("/b");
    rule.holds(other);
    expect(other.reads.join()).toBe(":path");
    const good = rule.get("/a?q=1").with(":authority", "h").with("x", "1").with("y", "2");
    expect(rule.holds(good)).toBe(true);
    expect(good.reads.join()).toBe(":path,:method,:authority,x,y");
  });
});
