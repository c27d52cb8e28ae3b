import { ByteView, Utf8 } from "../../../../assembly/core/bytes";
import { HeaderPairsWriter } from "../../../../assembly/core/header-pairs";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { explainCondition } from "../../../../plugins/canary/conditions/explain";
import { holdsFor, Tree } from "./tree";

/** A condition on the header x-user. */
function onUser(test: string): string {
  return `{"header": {"name": "x-user", ${test}}}`;
}

function isOk(header: string): string {
  return `{"header": {"name": "${header}", "exact": "ok"}}`;
}

describe("a condition on a value", () => {
  it("compares it with one text", () => {
    expect(holdsFor(onUser('"exact": "alice"'), "alice")).toBe(true);
    expect(holdsFor(onUser('"exact": "alice"'), "Alice")).toBe(false);
    expect(holdsFor(onUser('"prefix": "beta-"'), "beta-7")).toBe(true);
    expect(holdsFor(onUser('"prefix": "beta-"'), "beta")).toBe(false);
    expect(holdsFor(onUser('"suffix": "@example.com"'), "a@example.com")).toBe(true);
    expect(holdsFor(onUser('"suffix": "@example.com"'), "example.com")).toBe(false);
  });

  it("does not hold for a request without it, whatever the test", () => {
    const tests = [
      '"exact": "a"',
      '"prefix": "a"',
      '"suffix": "a"',
      '"in": ["a"]',
      '"in_list": "testers"',
      '"regex": ".*"',
    ];
    for (let i = 0; i < tests.length; i++) expect(holdsFor(onUser(tests[i]), "-")).toBe(false, tests[i]);
  });

  it("asks whether there is one, if only an empty one", () => {
    expect(holdsFor(onUser('"present": true'), "")).toBe(true);
    expect(holdsFor(onUser('"present": true'), "-")).toBe(false);
    expect(holdsFor(onUser('"present": false'), "")).toBe(false);
    expect(holdsFor(onUser('"present": false'), "-")).toBe(true);
  });

  it("looks it up among texts, byte for byte", () => {
    const texts = onUser('"in": ["42", "alice", "1000-1999", "\\u00e9"]');
    expect(holdsFor(texts, "42")).toBe(true);
    expect(holdsFor(texts, "alice")).toBe(true);
    expect(holdsFor(texts, "é")).toBe(true);
    expect(holdsFor(texts, "1000-1999")).toBe(true);
    expect(holdsFor(texts, "1500")).toBe(false, "a range is for lists");
    expect(holdsFor(texts, "042")).toBe(false);
    expect(holdsFor(texts, "Alice")).toBe(false);
    expect(holdsFor(texts, "")).toBe(false);
  });

  it("looks it up in a list", () => {
    expect(holdsFor(onUser('"in_list": "testers"'), "42")).toBe(true);
    expect(holdsFor(onUser('"in_list": "testers"'), "43")).toBe(false);
  });

  it("matches the whole of it with an expression", () => {
    expect(holdsFor(onUser('"regex": "v[0-9]+"'), "v12")).toBe(true);
    expect(holdsFor(onUser('"regex": "v[0-9]+"'), "xv12")).toBe(false);
    expect(holdsFor(onUser('"regex": "v[0-9]+"'), "v12x")).toBe(false);
    expect(holdsFor(onUser('"regex": "a|"'), "")).toBe(true);
  });
});

describe("a condition on a part of the request", () => {
  it("sees decoded cookies and parameters", () => {
    const cookie = new Tree('{"cookie": {"name": "tester", "exact": "a b"}}');
    expect(cookie.holds(cookie.request().with("cookie", "x=1; tester=a%20b"))).toBe(true);
    expect(cookie.holds(cookie.request().with("cookie", "x=1"))).toBe(false);
    const query = new Tree('{"query": {"name": "v", "exact": "a b"}}');
    expect(query.holds(query.request().with(":path", "/?v=a+b"))).toBe(true);
    expect(query.holds(query.request().with(":path", "/v=a+b"))).toBe(false);
  });

  it("sees the path in its normal form", () => {
    const template = new Tree('{"path": {"template": "/users/{id}/**"}}');
    expect(template.holds(template.request().with(":path", "/users/7/orders?x"))).toBe(true);
    expect(template.holds(template.request().with(":path", "/users"))).toBe(false);
    const path = new Tree('{"path": {"regex": "/api/v[0-9]/.*"}}');
    expect(path.holds(path.request().with(":path", "/x/../api/v2/a?b"))).toBe(true);
    expect(path.holds(path.request().with(":path", "/api/v/a"))).toBe(false);
  });

  it("sees the method, the host and the certificate", () => {
    const method = new Tree('{"method": {"in": ["GET", "HEAD"]}}');
    expect(method.holds(method.request())).toBe(true);
    expect(method.holds(method.request().with(":method", "POST"))).toBe(false);
    const host = new Tree('{"authority": {"suffix": ".example"}}');
    expect(host.holds(host.request().with(":authority", "Shop.EXAMPLE:8080"))).toBe(true);
    const spiffe = new Tree('{"source_identity": {"prefix": "spiffe://cluster.local/ns/dev/"}}');
    expect(spiffe.holds(spiffe.request().identifiedBy("spiffe://cluster.local/ns/dev/sa/a"))).toBe(true);
    expect(spiffe.holds(spiffe.request())).toBe(false);
  });

  it("sees the client's address, through trusted hops", () => {
    const direct = new Tree('{"client_address": {"in": ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"]}}');
    expect(direct.holds(direct.request().from("10.1.2.3:5555"))).toBe(true);
    expect(direct.holds(direct.request().from("[2001:db8::9]:1"))).toBe(true);
    expect(direct.holds(direct.request().from("[::ffff:10.9.9.9]:1"))).toBe(true, "IPv4 in IPv6 notation");
    expect(direct.holds(direct.request().from("192.0.2.8:80"))).toBe(false);
    expect(direct.holds(direct.request())).toBe(false);
    const hop = new Tree('{"client_address": {"in": ["203.0.113.0/24"], "trusted_hops": 1}}');
    const far = hop.request().from("10.0.0.1:80").with("x-forwarded-for", "203.0.113.9, 198.51.100.1");
    expect(hop.holds(far)).toBe(true);
    const forged = hop.request().from("10.0.0.1:80").with("x-forwarded-for", "203.0.113.9, 192.0.2.1, 198.51.100.1");
    expect(hop.holds(forged)).toBe(false, "what a client wrote itself");
    expect(hop.holds(hop.request().from("10.0.0.1:80"))).toBe(false);
    expect(hop.holds(hop.request().from("203.0.113.1:80"))).toBe(true, "Envoy's word when nothing was forwarded");
  });

  it("takes no other text of 16 bytes for an address", () => {
    const all = new Tree('{"client_address": {"in": ["::/0", "0.0.0.0/0"]}}');
    expect(all.holds(all.request().from("/run/app/my.sock"))).toBe(false);
    expect(all.holds(all.request().from("192.0.2.8:80"))).toBe(true);
  });
});

const SUB: string = "metadata/filter_metadata/envoy.filters.http.jwt_authn/jwt_payload/sub";

/** A claim of a number, and a list of texts, as Envoy gives them. */
const NUMBER: StaticArray<f64> = [42];
const ROLES: HeaderPairsWriter = new HeaderPairsWriter();

function numberClaim(): ByteView {
  const view = new ByteView();
  view.set(changetype<usize>(NUMBER), 8);
  return view;
}

function roles(): ByteView {
  ROLES.clear();
  ROLES.add(new Utf8("user"), new ByteView());
  ROLES.add(new Utf8("tester"), new ByteView());
  ROLES.encode();
  const view = new ByteView();
  view.set(ROLES.ptr, ROLES.length);
  return view;
}

describe("a condition on a claim", () => {
  it("compares text and numbers as text", () => {
    const exact = new Tree('{"claim": {"name": "sub", "exact": "42"}}');
    expect(exact.holds(exact.request().having(SUB, new Utf8("42")))).toBe(true);
    expect(exact.holds(exact.request().having(SUB, numberClaim()))).toBe(true);
    expect(exact.holds(exact.request())).toBe(false);
    const listed = new Tree('{"claim": {"name": "sub", "in_list": "testers"}}');
    expect(listed.holds(listed.request().having(SUB, numberClaim()))).toBe(true);
    expect(listed.holds(listed.request().having(SUB, new Utf8("43")))).toBe(false);
  });

  it("holds for a list with an element that passes", () => {
    const json = '{"claim": {"name": ["realm_access", "roles"], "payload": "payload", "exact": "tester"}}';
    const path = "metadata/filter_metadata/envoy.filters.http.jwt_authn/payload/realm_access/roles";
    const tree = new Tree(json);
    expect(tree.holds(tree.request().having(path, roles()))).toBe(true);
    expect(tree.holds(tree.request().having(path, new Utf8("tester")))).toBe(true, "one text in place of a list");
    const other = new Tree(json.replace('"tester"', '"admin"'));
    expect(other.holds(other.request().having(path, roles()))).toBe(false);
    const present = new Tree(json.replace('"exact": "tester"', '"present": true'));
    expect(present.holds(present.request().having(path, roles()))).toBe(true);
    expect(present.holds(present.request())).toBe(false);
  });
});

describe("a tree of conditions", () => {
  it("holds when all, any or not its conditions do", () => {
    const names = ["all", "any"];
    for (let bits = 0; bits < 4; bits++) {
      for (let i = 0; i < 2; i++) {
        const tree = new Tree(`{"${names[i]}": [${isOk("a")}, ${isOk("b")}]}`);
        const request = tree.request();
        if ((bits & 1) != 0) request.with("a", "ok");
        if ((bits & 2) != 0) request.with("b", "ok");
        expect(tree.holds(request)).toBe(i == 0 ? bits == 3 : bits != 0);
      }
    }
    expect(holdsFor(`{"not": ${onUser('"exact": "a"')}}`, "a")).toBe(false);
    expect(holdsFor(`{"not": ${onUser('"exact": "a"')}}`, "-")).toBe(true, "a request without the value");
  });

  it("asks only for what the outcome depends on, and for nothing twice", () => {
    const all = new Tree(`{"all": [${isOk("a")}, ${isOk("b")}, ${isOk("a")}]}`);
    const wrong = all.request().with("a", "no");
    all.holds(wrong);
    expect(wrong.reads).toStrictEqual(["a"]);
    const right = all.request().with("a", "ok").with("b", "ok");
    all.holds(right);
    expect(right.reads).toStrictEqual(["a", "b"]);
    const any = new Tree(`{"any": [${isOk("a")}, ${isOk("b")}]}`);
    const first = any.request().with("a", "ok");
    any.holds(first);
    expect(first.reads).toStrictEqual(["a"]);
  });

  it("comes to what logic says, for random trees", () => {
    const random = new Xoshiro256();
    random.seedPoor(17, 0, 0, 0);
    let held = 0;
    for (let round = 0; round < 200; round++) {
      const bits = <u32>random.next();
      const model = new Model(bits);
      const tree = new Tree(model.grow(random, 7));
      const request = tree.request();
      for (let i = 0; i < 5; i++) if (((bits >> i) & 1) != 0) request.with("h" + i.toString(), "ok");
      assert(tree.holds(request) == model.value, "round " + round.toString());
      if (model.value) held++;
    }
    expect(held > 20 && held < 180).toBe(true, "some hold, some do not");
  });

  it("explains itself line by line, without the texts that it compares with", () => {
    const tree = new Tree(
      `{"all": [${isOk("a")}, {"not": {"claim": {"name": ["a", "b"], "in": ["secret"]}}}, ` +
        `{"client_address": {"in": ["10.0.0.0/8"]}}, {"query": {"name": "q", "in_list": "testers"}}, ` +
        `{"path": {"prefix": "/secret"}}]}`,
    );
    const request = tree.request().with("a", "ok").from("10.0.0.1:80");
    request.begin();
    const lines: string[] = [];
    explainCondition(tree.condition!, request, lines);
    expect(lines.join("\n")).toBe(
      [
        "no:  all",
        '  yes: header "a" exact',
        "  yes: not",
        '    no:  claim "a.b" in',
        "  yes: client_address in",
        '  no:  query "q" in_list "testers"',
        "  no:  path prefix",
      ].join("\n"),
    );
  });
});

/** Grows a random tree and knows what it comes to. */
class Model {
  value: bool = false;

  /** @param bits which of five headers are as asked. */
  constructor(private readonly bits: u32) {}

  grow(random: Xoshiro256, depth: i32): string {
    const kind = depth == 0 ? 3 : <i32>(random.next() % 4);
    if (kind == 3) {
      const header = <i32>(random.next() % 5);
      this.value = ((this.bits >> header) & 1) != 0;
      return isOk("h" + header.toString());
    }
    if (kind == 2) {
      const child = this.grow(random, depth - 1);
      this.value = !this.value;
      return `{"not": ${child}}`;
    }
    const parts: string[] = [];
    let value: bool = kind == 0;
    for (let i = <i32>(random.next() % 2) + 1; i > 0; i--) {
      parts.push(this.grow(random, depth - 1));
      value = kind == 0 ? value && this.value : value || this.value;
    }
    this.value = value;
    return `{"${kind == 0 ? "all" : "any"}": [${parts.join(", ")}]}`;
  }
}
