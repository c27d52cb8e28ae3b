import { ByteView, Utf8 } from "../../../../assembly/core/bytes";
import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJsonText } from "../../../../assembly/core/json";
import { readSettings, tableOf } from "../../../../assembly/plugin/settings/config";
import { Direction } from "../../../../assembly/core/traffic-direction";
import { RequestPlace, SettingTable } from "../../../../assembly/plugin/settings/table";

class At extends RequestPlace {
  asked: string = "";

  constructor(
    private hostText: string,
    private pathText: string,
    private routeText: string = "",
    private portNumber: i32 = -1,
    private way: Direction = Direction.Unspecified,
  ) {
    super();
  }

  route(): ByteView {
    this.asked += "r";
    return new Utf8(this.routeText);
  }

  host(): ByteView {
    this.asked += "h";
    return new Utf8(this.hostText);
  }

  path(): ByteView {
    this.asked += "p";
    return new Utf8(this.pathText);
  }

  port(): i32 {
    this.asked += "o";
    return this.portNumber;
  }

  direction(): Direction {
    this.asked += "d";
    return this.way;
  }
}

let problems = new Problems();

/** A table of settings with these matches. */
function table(matches: string[]): SettingTable {
  let json = "";
  for (let i = 0; i < matches.length; i++) {
    json += (i ? "," : "") + `{"name": "s${i + 1}", "match": {${matches[i]}}, "disabled": true}`;
  }
  problems = new Problems();
  return tableOf(readSettings(ConfigNode.root(parseJsonText(`{"settings": [${json}]}`), problems)!));
}

function expectChoice(matches: string[], at: At, expected: i32): void {
  const made = table(matches);
  expect(problems.list.join("\n")).toBe("");
  expect(made.choose(at)).toBe(expected);
}

describe("the setting of a request", () => {
  it("is the one whose keys all hold, of a list any one", () => {
    const matches = ['"hosts": ["a", "b"], "ports": [1, 2]'];
    expectChoice(matches, new At("b", "/", "", 2), 1);
    expectChoice(matches, new At("b", "/", "", 3), 0);
    expectChoice(matches, new At("c", "/", "", 1), 0);
  });

  it("has the longest wildcard of its host, and its host over all wildcards", () => {
    const matches = ['"hosts": ["*.b.c"]', '"hosts": ["*.c"]', '"hosts": ["x.b.c"]', '"hosts": ["*.x.b.c"]'];
    expectChoice(matches, new At("y.b.c", "/"), 1);
    expectChoice(matches, new At("b.c", "/"), 2);
    expectChoice(matches, new At("x.b.c", "/"), 3);
    expectChoice(matches, new At("y.x.b.c", "/"), 4);
    expectChoice(matches, new At(".c", "/"), 0);
    expectChoice(matches, new At("c", "/"), 0);
    expectChoice(matches, new At("", "/"), 0);
    expectChoice(matches, new At("a".repeat(300) + ".c", "/"), 0);
  });

  it("has the most specific path: exact, then template, then prefix, each the longest", () => {
    const matches = [
      '"paths": [{"prefix": "/a"}]',
      '"paths": [{"prefix": "/a/b"}]',
      '"paths": [{"template": "/a/{long-name}"}]',
      '"paths": [{"template": "/a/b/{x}"}]',
      '"paths": [{"exact": "/a/b"}]',
      '"paths": [{"template": "/a/**"}]',
    ];
    expectChoice(matches, new At("", "/ab"), 1);
    expectChoice(matches, new At("", "/a/b"), 5);
    expectChoice(matches, new At("", "/a/c"), 3);
    expectChoice(matches, new At("", "/a/b/c"), 4);
    expectChoice(matches, new At("", "/a/b/c/d"), 6);
    expectChoice(matches, new At("", ""), 0);
  });

  it("goes by route, host, path, port and direction, in this order, then as written", () => {
    const matches = [
      '"direction": "inbound"',
      '"ports": [80]',
      '"paths": [{"prefix": "/"}]',
      '"hosts": ["a"]',
      '"routes": ["r"]',
      '"paths": [{"template": "/{x}/b"}, {"template": "/{x}/d"}]',
      '"paths": [{"template": "/c/{y}"}]',
    ];
    expectChoice(matches, new At("a", "/", "r", 80, Direction.Inbound), 5);
    expectChoice(matches, new At("a", "/", "", 80, Direction.Inbound), 4);
    expectChoice(matches, new At("b", "/", "", 80, Direction.Inbound), 3);
    expectChoice(matches, new At("b", "", "", 80, Direction.Inbound), 2);
    expectChoice(matches, new At("b", "", "", 81, Direction.Inbound), 1);
    expectChoice(matches, new At("b", "", "", 81, Direction.Outbound), 0);
    expectChoice(matches, new At("b", "/c/d"), 6);
  });

  it("is found by asking for no more than it takes", () => {
    const made = table(['"hosts": ["a"], "ports": [80]', '"paths": [{"exact": "/x"}], "direction": "inbound"']);
    const first = new At("a", "/", "", 80);
    expect(made.choose(first)).toBe(1);
    expect(first.asked).toBe("ho");
    const other = new At("b", "/", "", 80);
    expect(made.choose(other)).toBe(0);
    expect(other.asked).toBe("hp");
  });
});

function expectProblem(matches: string[], expected: string): void {
  table(matches);
  expect(problems.list.join("\n")).toBe(expected);
}

describe("settings are refused", () => {
  it("that could never serve", () => {
    const first = '"hosts": ["a", "b"], "paths": [{"template": "/x/{id}"}]';
    expectProblem([first, '"hosts": ["B"], "paths": [{"template": "/x/{name}"}]'],
      '$.settings[1].match: expected each request once: those at host b path /x/{name} go to "s1"'); // prettier-ignore
    expectProblem(['"direction": "inbound"', '"direction": "inbound"'],
      '$.settings[1].match: expected each request once: those at this direction go to "s1"'); // prettier-ignore
    expectProblem(['"hosts": ["a", "A"]'], "$.settings[0].match: expected each request once");
    expectProblem([first, '"hosts": ["b"], "paths": [{"template": "/x/{id}"}], "ports": [80]'], "");
  });

  it("whose matches are wrong, all at once", () => {
    expectProblem([
      '', '"host": ["a"]', '"hosts": ["*", "a:80", 1]', '"paths": [{"prefix": "a"}, {}]',
      '"ports": [0]', '"direction": "in"', '"routes": [""]', '"hosts": []',
    ], [
      "$.settings[0].match: expected at least one key; the keys beside settings serve the requests that no setting matches",
      '$.settings[1].match.host: unknown key; did you mean "hosts"?',
      "$.settings[2].match.hosts[0]: expected a host such as shop.example or *.shop.example, without port",
      "$.settings[2].match.hosts[1]: expected a host such as shop.example or *.shop.example, without port",
      "$.settings[2].match.hosts[2]: expected a string, not a number",
      "$.settings[3].match.paths[0].prefix: expected a path that begins with / and has no ?, #, space or control character",
      '$.settings[3].match.paths[1]: expected exactly one of the keys "exact", "prefix", "template", not none of them',
      "$.settings[4].match.ports[0]: expected a whole number from 1 to 65535, not 0",
      '$.settings[5].match.direction: expected one of "inbound", "outbound", not "in"',
      "$.settings[6].match.routes[0]: expected 1 to 256 characters, not 0",
      "$.settings[7].match.hosts: expected 1 to 64 elements, not 0",
    ].join("\n")); // prettier-ignore
  });
});
