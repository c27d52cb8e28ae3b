import type { PluginCatalog } from "../plugins.js";
import type { PolicyDocument, PluginUse, Rollout } from "../policy/model.js";
import { chainChanges } from "./chain.js";
import { deltasOf } from "./deltas.js";
import { type Change, changeOf } from "./difference.js";
import { isSame } from "./json.js";

const ABOUT = "rollout";

/** What changes of a rollout: that one begins or ends, its share, who is in it, and its stable side. */
export function rolloutChanges(one: PolicyDocument, other: PolicyDocument, catalog: PluginCatalog): Change[] {
  const [old, now] = [one.spec.rollout, other.spec.rollout];
  if (!old && !now) return [];
  if (!old) return [begun(now!, one.spec.plugins)];
  if (!now) return [ended(old, one.spec.plugins, other.spec.plugins)];
  return [
    ...shareChange(old.percent, now.percent),
    ...saltChange(old.salt, now.salt),
    ...stableChanges(one, other, catalog),
    ...deltasOf(old.revert, now.revert, ["revert"]).map((delta) => changeOf(ABOUT, delta)),
  ];
}

function begun({ percent, salt, stable }: Rollout, before: readonly PluginUse[]): Change {
  const keep = isSame(configsOf(stable.plugins), configsOf(before)) ? "what they have" : "another stable side";
  const text = `begins: ${percent} percent of the proxies (salt ${salt}) take the plugins below, the others keep ${keep}`;
  return { about: ABOUT, path: "percent", new: `${percent} %`, text };
}

function ended({ percent, stable }: Rollout, before: readonly PluginUse[], after: readonly PluginUse[]): Change {
  const old = `${percent} %`;
  if (isSame(configsOf(after), configsOf(before))) {
    const text = `ends: the proxies that do not have it yet take the new side, until now ${old} do`;
    return { about: ABOUT, path: "percent", old, text };
  }
  if (isSame(configsOf(after), configsOf(stable.plugins))) {
    return {
      about: ABOUT,
      path: "percent",
      old,
      text: `ends: every proxy has the stable side again, until now ${old} have the new one`,
    };
  }
  return { about: ABOUT, path: "percent", old, text: `ends: every proxy takes plugins that neither side has` };
}

/** What of plugins the two sides of a rollout can differ in. */
function configsOf(plugins: readonly PluginUse[]): unknown {
  return plugins.map(({ name, config = {} }) => ({ name, config }));
}

function shareChange(old: number, now: number): Change[] {
  if (old === now) return [];
  const values = { about: ABOUT, path: "percent", old: `${old} %`, new: `${now} %` };
  const verb = now > old ? "raised" : "lowered";
  return [{ ...values, text: `share ${verb} from ${old} to ${now} percent: ${meaning(old, now)}` }];
}

function meaning(old: number, now: number): string {
  if (now === 0) return "every proxy goes back to the stable side";
  if (now < old) return "some proxies go back to the stable side, none takes the new one";
  return now === 100 ? "every proxy takes the new side" : "more proxies take the new side, none goes back";
}

function saltChange(old: string, now: string): Change[] {
  if (old === now) return [];
  return [
    { about: ABOUT, path: "salt", old, new: now, text: `salt ${old} -> ${now}: other proxies take the new side` },
  ];
}

/** The stable side's plugins, in the words of any chain. */
function stableChanges(one: PolicyDocument, other: PolicyDocument, catalog: PluginCatalog): Change[] {
  const [before, after] = [one, other].map((policy): PolicyDocument => {
    const { rollout, ...spec } = policy.spec;
    return { ...policy, spec: { ...spec, plugins: rollout!.stable.plugins } };
  });
  return chainChanges(before!, after!, catalog).map((change) => ({ ...change, about: `stable ${change.about}` }));
}
