import { parseJsonText } from "../../../../assembly/core/json";
import { rolloutFingerprint } from "../../../../assembly/plugin/rollout/fingerprint";

/** Of a configuration, whose rollout has a salt and a stable one. */
function hashOf(json: string, salt: string = "a"): u64 {
  const root = parseJsonText(json).root;
  return rolloutFingerprint(salt, root, root.member("rollout")!.member("stable")!);
}

const BASE = '{"rules": [1, "x", {"a": null}], "rollout": {"percent": 5, "stable": {"rules": []}}, "shadow": true}';

describe("rolloutFingerprint", () => {
  it("is the same for the same, whatever the white space, the share and when to go back", () => {
    const base = hashOf(BASE);
    expect(base).not.toBe(0);
    expect(hashOf(BASE)).toBe(base);
    expect(hashOf(BASE.replaceAll(" ", ""))).toBe(base);
    expect(hashOf(BASE.replaceAll(" ", "\n\t "))).toBe(base);
    expect(hashOf(BASE.replace("5", '50, "revert": {"enabled": false}'))).toBe(base);
  });

  it("is another for another salt, new or stable configuration", () => {
    const others: u64[] = [
      hashOf(BASE),
      hashOf(BASE, "b"),
      hashOf(BASE.replace("1,", "2,")),
      hashOf(BASE.replace('"x"', '"y"')),
      hashOf(BASE.replace("null", "true")),
      hashOf(BASE.replace('{"a": null}', '{}, "a", null')),
      hashOf(BASE.replace("[]", "[0]")),
      hashOf(BASE.replace("[]", "{}")),
      hashOf(BASE.replace('"rules": []', "")),
      hashOf(BASE.replace("true", "false")),
      hashOf(BASE.replace('"shadow": true', '"shadow": "true"')),
    ];
    for (let i = 0; i < others.length; i++) {
      for (let j = 0; j < i; j++) expect(others[i]).not.toBe(others[j], `${j} and ${i}`);
    }
  });
});
