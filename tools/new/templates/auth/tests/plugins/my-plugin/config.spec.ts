import { ConfigNode, Problems } from "../../../assembly/core/config-reader";
import { parseJsonText } from "../../../assembly/core/json";
import { AuthConfig, parseConfig } from "../../../plugins/my-plugin/config";

let problems: string = "";

function parse(json: string): AuthConfig {
  const found = new Problems();
  const root = ConfigNode.root(parseJsonText(json), found);
  const config = root != null ? parseConfig(root) : new AuthConfig();
  problems = found.list.join("\n");
  return config;
}

function expectProblem(json: string, problem: string): void {
  parse(json);
  expect<string>(problems).toBe(problem);
}

const ADA: string = '{"name":"ada","key":"ada-0123456789abcdef"}';

describe("the configuration", () => {
  it("has keys, and defaults for all else", () => {
    const config = parse(`{"keys":[${ADA},{"name":"bob","key":"bob-0123456789abcdef"}]}`);
    expect<string>(problems).toBe("");
    expect<string>(config.names.join()).toBe("ada,bob");
    expect<string>(config.keys.join()).toBe("ada-0123456789abcdef,bob-0123456789abcdef");
    expect<string>(config.header).toBe("authorization");
    expect<string>(config.scheme).toBe("Bearer");
    expect<string>(config.userHeader).toBe("x-user");
    expect<bool>(config.forwardKey).toBe(false);
  });

  it("names headers and a scheme", () => {
    const config = parse(`{"header":"x-key","scheme":"","user_header":"x-who","forward_key":true,"keys":[${ADA}]}`);
    expect<string>(problems).toBe("");
    expect<string>(config.header + config.scheme).toBe("x-key");
    expect<string>(config.userHeader).toBe("x-who");
    expect<bool>(config.forwardKey).toBe(true);
  });

  it("is refused with every problem at its path", () => {
    expectProblem(
      '{"hedaer":"x-key","scheme":"my key","keys":[{"name":"Ada","key":"short"}]}',
      '$.hedaer: unknown key; did you mean "header"?\n' +
        "$.scheme: expected visible characters of ASCII\n" +
        "$.keys[0].name: expected a letter or digit, then up to 62 of a-z, 0-9, _ and -\n" +
        "$.keys[0].key: expected 16 to 256 characters, not 5",
    );
  });

  it("is refused without keys", () => {
    expectProblem("{}", '$: expected the key "keys", which is missing');
    expectProblem('{"keys":[]}', "$.keys: expected 1 to 256 elements, not 0");
  });

  it("is refused when two have one name or one key", () => {
    expectProblem(
      `{"keys":[${ADA},${ADA}]}`,
      '$.keys[1].name: "ada" is the name of an earlier key too\n' +
        "$.keys[1].key: expected another key than those before",
    );
  });

  it("is refused for a key with a space, which is not shown", () => {
    expectProblem(
      '{"keys":[{"name":"ada","key":"ada 0123456789abcdef"}]}',
      "$.keys[0].key: expected visible characters of ASCII",
    );
  });

  it("is refused where one header would be for both", () => {
    expectProblem(`{"header":"x-user","keys":[${ADA}]}`, '$.user_header: expected another header than "header"');
  });
});
