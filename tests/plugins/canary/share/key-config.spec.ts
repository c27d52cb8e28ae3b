import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJsonText } from "../../../../assembly/core/json";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { HeaderNames } from "../../../../assembly/request/facts";
import { ValueSource } from "../../../../assembly/request/source";
import { KeyReader } from "../../../../plugins/canary/share/key-config";
import { MemoryRequest } from "../../../assembly/request/memory-request";

let problems: string = "";
let names = new HeaderNames();
let reader = new KeyReader(names, new Xoshiro256());

/** A key as the configuration's only one. */
function read(key: string): ValueSource | null {
  names = new HeaderNames();
  reader = new KeyReader(names, new Xoshiro256());
  problems = "";
  return readAnother(key);
}

function readAnother(key: string): ValueSource | null {
  const told = new Problems();
  const root = ConfigNode.root(parseJsonText(`{"key":${key}}`), told)!;
  const source = reader.read(root, "key");
  problems = told.list.join("\n");
  return source;
}

function cookie(keys: string): string {
  return `{"assign_cookie":{"name":"tg"${keys}}}`;
}

/** What is written for the token 0. */
function lineOf(keys: string): string {
  read(cookie(keys));
  expect<string>(problems).toBe("", keys);
  return reader.assignment!.cookie.setCookie(0).toString().replace("tg=0000000000000000", "");
}

function expectProblem(keys: string, problem: string): void {
  read(cookie(keys));
  expect<string>(problems).toBe("$.key.assign_cookie" + problem, keys);
}

describe("KeyReader", () => {
  it("reads the key of a share from another source", () => {
    const source = read('{"header":"x-user-id"}')!;
    expect<string>(problems).toBe("");
    const request = new MemoryRequest(names).with("x-user-id", "42");
    request.begin();
    expect<string>(source.value(request)!.toString()).toBe("42");
    expect<bool>(reader.assignment == null).toBe(true);
  });

  it("writes the attributes that are asked for", () => {
    expect<string>(lineOf("")).toBe("; Path=/; SameSite=Lax; Secure; HttpOnly");
    expect<string>(
      lineOf(
        `,"max_age":"30d","path":"/shop","domain":"example.com","same_site":"none","secure":true,"http_only":true`,
      ),
    ).toBe("; Max-Age=2592000; Path=/shop; Domain=example.com; SameSite=None; Secure; HttpOnly");
    expect<string>(lineOf(',"same_site":"strict","secure":false,"http_only":false')).toBe("; Path=/; SameSite=Strict");
    expect<string>(lineOf(',"domain":"a-b.c1"')).toBe("; Path=/; Domain=a-b.c1; SameSite=Lax; Secure; HttpOnly");
  });

  it("refuses attributes that browsers would not keep or that would become others", () => {
    const domain = ".domain: expected a host name of a-z, 0-9, . and -, such as example.com";
    const domains = ["a b", "a;b", ".a", "a.", "a..b", "-a", "a-", "a.-b", "A.b", "a_b", "\u00e9", "a\\r\\nb"];
    for (let i = 0; i < domains.length; i++) expectProblem(`,"domain":"${domains[i]}"`, domain);
    const path = ".path: expected a path that begins with /, of printable ASCII without ;";
    const paths = ["a", "/a; Secure", "/\\n", "/\u00e9", " /"];
    for (let i = 0; i < paths.length; i++) expectProblem(`,"path":"${paths[i]}"`, path);
    expectProblem(',"path":""', ".path: expected 1 to 256 characters, not 0");
    expectProblem(
      ',"max_age":"401d"',
      '.max_age: expected a duration from 1s to 400d, a whole number and s, m, h or d, not "401d"',
    );
    expectProblem(
      ',"max_age":0',
      ".max_age: expected a duration from 1s to 400d, a whole number and s, m, h or d, not 0",
    );
    expectProblem(
      ',"same_site":"Lax"',
      '.same_site: expected one of "strict", "lax", "none", not "Lax"; did you mean "lax"?',
    );
    expectProblem(
      ',"same_site":"none","secure":false',
      ".secure: expected true, without which browsers drop a cookie of same_site none",
    );
    expectProblem(
      ',"expires":"1d"',
      '.expires: unknown key; expected "name", "max_age", "path", "domain", "same_site", "secure", "http_only"',
    );
  });

  it("refuses names that cannot be, or promise what is not kept", () => {
    const bad = ".name: expected a cookie's name of letters, digits and !#$%&'*+-.^_`|~ only";
    const wrong = ["a b", "a=b", "a;b", "\u00e9", "a\\n"];
    for (let i = 0; i < wrong.length; i++) {
      read(`{"assign_cookie":{"name":"${wrong[i]}"}}`);
      expect<string>(problems).toBe("$.key.assign_cookie" + bad, wrong[i]);
    }
    read('{"assign_cookie":{"name":"__Secure-tg","secure":false}}');
    expect<string>(problems).toBe("$.key.assign_cookie.secure: expected true, as the cookie's name promises");
    read('{"assign_cookie":{"name":"__Host-tg","path":"/a","domain":"b.c"}}');
    expect<string>(problems).toBe(
      "$.key.assign_cookie.domain: expected no domain, as the cookie's name promises\n" +
        "$.key.assign_cookie.path: expected /, as the cookie's name promises",
    );
  });

  it("refuses keys that are none", () => {
    read("{}");
    expect<bool>(problems.startsWith('$.key: expected one of the keys "assign_cookie", "header", ')).toBe(
      true,
      problems,
    );
    read('"x-user"');
    expect<string>(problems).toBe("$.key: expected an object, not a string");
    read('{"assign_cookie":{"name":"tg"},"header":"x"}');
    expect<string>(problems).toBe('$.key: expected "assign_cookie" alone');
    read('{"assign_cookie":{}}');
    expect<string>(problems).toBe('$.key.assign_cookie: expected the key "name", which is missing');
  });

  it("has one cookie for all rules, which is the same in each", () => {
    const first = read(cookie(',"max_age":"1d"'));
    expect<bool>(readAnother(cookie(',"max_age":"24h"')) === first).toBe(true);
    expect<string>(problems).toBe("");
    const others = [cookie(""), '{"assign_cookie":{"name":"other","max_age":"1d"}}'];
    for (let i = 0; i < others.length; i++) {
      readAnother(others[i]);
      expect<string>(problems).toBe(
        "$.key.assign_cookie: expected the cookie of an earlier rule: one is enough for all, since each salt deals it anew",
      );
    }
    expect<bool>(reader.assignment === first).toBe(true);
  });
});
