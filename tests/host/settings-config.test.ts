// `disabled`, `settings` and Higress's `_rules_` as the schema describes them and as each plugin takes them.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import type { PluginModule } from "../../tools/host/index.js";
import { discoverPlugins } from "../../tools/plugins.js";
import { SchemaChecker } from "../../tools/validate/schema-checker.js";
import { ordinaryHeaders, sample, start } from "../support/fuzz.js";
import { pluginModule } from "../support/plugin-module.js";
import { settingMatches } from "../support/settings-oracle.js";

const OWN = {
  ratelimit: { rules: [{ name: "all", quota: { requests: 1, per: "hour" } }] },
  canary: { rules: [{ name: "r", arm: "v1" }] },
  trace: { start: false },
};

const catalog = discoverPlugins();

for (const [plugin, own] of Object.entries(OWN)) {
  describe(`${plugin} refuses`, () => {
    let module: PluginModule;
    before(async () => {
      module = await pluginModule(plugin);
    });
    const match = { hosts: ["a"] };
    const one = { name: "one", match, config: own };
    const rows: [what: string, configuration: object, problems: string[]][] = [
      [
        "own keys of what is disabled",
        { ...own, disabled: true },
        [`$.${Object.keys(own)[0]!}: unknown key; expected "disabled", "settings", "rollout"`],
      ],
      ["settings that are none", { ...own, settings: [] }, ["$.settings: expected 1 to 256 elements, not 0"]],
      [
        "a setting without a match, and one with both outcomes or none",
        { ...own, settings: [{ name: "x", config: own }, { ...one, disabled: true }, { name: "b", match: { hosts: ["b"] } }] },
        [
          '$.settings[0]: expected the key "match", which is missing',
          '$.settings[1]: expected exactly one of the keys "config", "disabled", not 2 of them',
          '$.settings[2]: expected exactly one of the keys "config", "disabled", not none of them',
        ],
      ],
      [
        "two of one name, and settings in settings",
        { ...own, settings: [one, { ...one, match: { hosts: ["b"] }, config: { ...own, settings: [one] } }] },
        ['$.settings[1].name: "one" is the name of an earlier setting too', "$.settings[1].config.settings: unknown key"],
      ],
      [
        "Higress's services, and rules for nothing",
        { _rules_: [{ _match_service_: ["a"], ...own }, own, { _match_domain_: ["www.*"], ...own }] },
        [
          '$._rules_[0]._match_service_: expected "_match_route_" or "_match_domain_": this plugin knows routes and hosts only',
          '$._rules_[1]: expected exactly one of the keys "_match_route_", "_match_domain_", not none of them',
          "$._rules_[2]._match_domain_[0]: expected a host such as shop.example or *.shop.example, without port",
        ],
      ],
    ]; // prettier-ignore
    for (const [what, configuration, problems] of rows) {
      test(what, async () => {
        const { verdict, lines } = await start(module, JSON.stringify(configuration));
        assert.equal(verdict, "refused");
        assert.deepEqual(lines.length, problems.length, lines.join("\n"));
        for (const problem of problems) assert.ok(lines.some((line) => line.startsWith(`${plugin}: ${problem}`)), `${problem}\n${lines.join("\n")}`); // prettier-ignore
      });
    }

    test("what is wrong in a setting, at its path", async () => {
      const configuration = { ...own, settings: [{ ...one, config: { ...own, strat: 1 } }] };
      const { lines } = await start(module, JSON.stringify(configuration));
      assert.equal(lines.length, 1);
      assert.ok(lines[0]!.startsWith(`${plugin}: $.settings[0].config.strat: unknown key`), lines[0]);
    });
  });

  test(`${plugin}: 400 random settings are good by schema and plugin, or by neither, and never trap`, async () => {
    const module = await pluginModule(plugin);
    const schema = SchemaChecker.of(catalog.get(plugin)!.schema);
    const junk = fc.oneof(
      fc.constantFrom<unknown>(null, 0, "", "a", [], {}, true, [1], ["/"], ["*.a", "*."], [{ prefix: "/" }, { exact: "x" }]), // prettier-ignore
      fc.jsonValue({ maxDepth: 2 }),
    );
    const keys = fc.constantFrom(
      "name",
      "match",
      "config",
      "disabled",
      "hosts",
      "paths",
      "routes",
      "ports",
      "direction",
    );
    const arbitrary = fc.tuple(settingMatches, fc.option(fc.tuple(keys, junk, fc.nat(11)), { freq: 3 }));
    let accepted = 0;
    for (const [matches, change] of sample(arbitrary, 400, 20_261_123)) {
      const settings: Record<string, unknown>[] = matches.map((match, i) => ({ name: `s${i}`, match: { ...match }, config: own })); // prettier-ignore
      if (change) {
        const setting = settings[change[2] % settings.length]!;
        const target = change[0] in setting || change[0] === "disabled" ? setting : (setting["match"] as Record<string, unknown>); // prettier-ignore
        target[change[0]] = change[1];
      }
      const configuration = { ...own, settings };
      const run = await start(module, JSON.stringify(configuration));
      assert.notEqual(run.verdict, "trap", JSON.stringify(configuration));
      const isGood = schema.check(JSON.parse(JSON.stringify(configuration))).length === 0;
      // What only the plugin knows: normal forms, and settings that never serve.
      if (!isGood) assert.equal(run.verdict, "refused", JSON.stringify(configuration));
      if (run.verdict !== "accepted") continue;
      accepted++;
      const stream = run.plugin.openStream();
      stream.requestHeaders(ordinaryHeaders, true);
      assert.equal(run.vm.trapped, undefined);
      stream.close();
    }
    assert.ok(accepted > 80 && accepted < 360, `${accepted} accepted`);
  });
}

test("Higress's rules serve as settings, and without a configuration beside them other requests pass", async () => {
  const module = await pluginModule("canary");
  const rules = [
    { _match_domain_: ["*"], ...OWN.canary },
    { _match_domain_: ["Shop.example"], rules: [{ name: "r", arm: "v2" }] },
    { _match_route_: ["default/foo"], rules: [{ name: "r", arm: "v3" }] },
    { _match_route_: ["default/off"], disabled: true },
  ];
  const decide = async (configuration: object, host: string, route?: string) => {
    const { plugin, verdict, lines } = await start(module, JSON.stringify(configuration));
    assert.equal(verdict, "accepted", lines.join("\n"));
    const stream = plugin.openStream({ properties: route === undefined ? {} : { "xds.route_name": route } });
    stream.requestHeaders([[":authority", host], ...ordinaryHeaders.slice(1)], true);
    return stream.request.headers.find(([name]) => name === "x-canary")?.[1];
  };
  assert.equal(await decide({ _rules_: rules }, "x.test"), "v1");
  assert.equal(await decide({ _rules_: rules }, "shop.example"), "v2");
  assert.equal(await decide({ _rules_: rules }, "shop.example", "default/foo"), "v3");
  assert.equal(await decide({ _rules_: rules }, "shop.example", "default/off"), undefined);
  assert.equal(await decide({ _rules_: rules.slice(1) }, "x.test"), undefined);
  assert.equal(await decide({ ...OWN.canary, _rules_: rules.slice(1) }, "x.test"), "v1");
});
