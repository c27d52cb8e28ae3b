// Settings as Higress's rules: whichever way they are read, the same configuration serves a request.
import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type HigressConfig, higressConfig } from "../../tools/generate/higress-rules.js";

interface Setting {
  name: string;
  match: { hosts?: string[]; routes?: string[]; paths?: object[] };
  config?: { number: number };
  disabled?: true;
}
const DISABLED = "untouched";

/** What serves a request by the contract of settings: the most specific, routes before hosts, the longest host first. */
function byContract(base: unknown, settings: readonly Setting[], host: string, route: string): unknown {
  const rank = ({ match }: Setting): number => {
    if (match.routes) return match.routes.includes(route) ? 10_000 : -1;
    const lengths = (match.hosts ?? []).map((one) => {
      if (one === host) return 1_000;
      return one.startsWith("*.") && host.endsWith(one.slice(1)) && host.length >= one.length ? one.length : -1;
    });
    return Math.max(-1, ...lengths);
  };
  const [best] = settings
    .map((setting, i) => ({ setting, i, rank: rank(setting) }))
    .sort((a, b) => b.rank - a.rank || a.i - b.i);
  if (!best || best.rank < 0) return base;
  return best.setting.config ?? DISABLED;
}

/** What Higress's SDK takes: the first rule that matches, else the default configuration (matcher/rule_matcher.go). */
function byHigress(
  { matchRules = [], defaultConfig, defaultConfigDisable }: HigressConfig,
  host: string,
  route: string,
): unknown {
  const matches = (domain: string): boolean =>
    domain.startsWith("*") ? host.endsWith(domain.slice(1)) : host === domain;
  const rule = matchRules.find((one) => (one.ingress ? one.ingress.includes(route) : one.domain!.some(matches)));
  const found = rule ? rule.config : defaultConfigDisable ? { disabled: true } : defaultConfig;
  return found!["disabled"] === true ? DISABLED : found;
}

const label = fc.constantFrom("a", "b");
const host = fc
  .tuple(label, fc.option(label), fc.option(label))
  .map((labels) => labels.filter((one) => one !== null).join("."));
const pattern = fc.tuple(fc.boolean(), host).map(([isWide, one]) => (isWide ? `*.${one}` : one));
const routes = ["r1", "r2", "r3"];
const settingsOf = fc
  .array(
    fc.record({
      hosts: fc.uniqueArray(pattern, { minLength: 1, maxLength: 3 }),
      route: fc.option(fc.constantFrom(...routes)),
    }),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((given) => {
    const seen = new Set<string>(); // a place that is another setting's is refused by the plugins
    return given.flatMap(({ hosts, route }, i): Setting[] => {
      const own = (route === null ? hosts : [route]).filter((one) => !seen.has(one) && seen.add(one));
      const match = route === null ? { hosts: own } : { routes: own };
      const serves = i % 3 === 2 ? { disabled: true as const } : { config: { number: i } };
      return own.length === 0 ? [] : [{ name: `s${i}`, match, ...serves }];
    });
  });

describe("Higress's rules", () => {
  it("come to what the settings say, for every request", () => {
    let made = 0;
    fc.assert(
      fc.property(settingsOf, fc.boolean(), (settings, isDisabled) => {
        const base = isDisabled ? { disabled: true } : { number: -1 };
        const config = higressConfig({ ...base, settings });
        if (!config.matchRules) {
          assert.deepEqual(config, { defaultConfigDisable: false, defaultConfig: { ...base, settings } });
          return;
        }
        made++;
        assert.equal(config.matchRules.length, settings.length);
        for (const authority of ["a", "b", "a.a", "a.b", "b.a", "a.a.b", "b.a.b", "a.b.a", "b.b.b", "x"])
          for (const route of [...routes, ""]) {
            const wanted = byContract(isDisabled ? DISABLED : base, settings, authority, route);
            assert.deepEqual(byHigress(config, authority, route), wanted, `${authority} ${route}`);
          }
      }),
      { numRuns: 500, seed: 3604 },
    );
    assert.ok(made > 100, `${made} made`);
  });

  it("are all or none, since a plugin takes them in the place of settings", () => {
    const [byHost, byPath] = [{ hosts: ["a"] }, { hosts: ["a"], paths: [{ exact: "/" }] }];
    const given = (...matches: object[]): object => ({
      settings: matches.map((match, i) => ({ name: `s${i}`, match, disabled: true })),
    });
    assert.equal(higressConfig(given(byHost) as never).matchRules?.length, 1);
    for (const other of [byPath, { routes: ["r"], hosts: ["a"] }, { ports: [80] }, { direction: "inbound" }]) {
      const config = given(byHost, other) as Record<string, unknown>;
      assert.deepEqual(higressConfig(config), { defaultConfigDisable: false, defaultConfig: config });
    }
  });

  it("are none where no order of two says what the settings say", () => {
    const config = {
      settings: [
        { name: "one", match: { hosts: ["*.a", "x.b"] }, config: {} },
        { name: "two", match: { hosts: ["*.b", "x.a"] }, config: {} },
      ],
    };
    assert.deepEqual(higressConfig(config), { defaultConfigDisable: false, defaultConfig: config });
  });

  it("leave what has no settings, or no shape, as it is", () => {
    for (const config of [
      {},
      { disabled: true },
      { settings: [] },
      { settings: 1 },
      { settings: [1, {}, { match: { hosts: [1] } }] },
    ])
      assert.deepEqual(higressConfig(config), { defaultConfigDisable: false, defaultConfig: config });
  });
});
