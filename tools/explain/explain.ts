import { readFileSync } from "node:fs";
import { canaryOf } from "../canary/config.js";
import { UserError } from "../errors.js";
import { PluginModule } from "../host/index.js";
import { modulePath } from "../plugin-folders.js";
import { type PolicyDocument, policyLabel } from "../policy/model.js";
import { askWhat, askWhy } from "./ask.js";
import { changeOf, type Explanation, explanationOf } from "./explanation.js";
import { authorityOf, type Described, requestOf } from "./request.js";
import { readSteps } from "./steps.js";

/** An explanation, and of what. */
export interface Explained extends Explanation {
  policy: string;
  plugin: string;
  /** Date and time in UTC. */
  at: string;
  request: { method: string; authority: string; path: string; clientAddress: string };
}

/**
 * Has the built module of canary decide a request and say why. The policy must be one that the module takes.
 * @param atMs the time at which it decides, since the Unix epoch.
 */
export async function explainCanary(policy: PolicyDocument, described: Described, atMs: number): Promise<Explained> {
  const canary = canaryOf(policy);
  if (!canary) throw new Error("the policy has no canary");
  const module = await PluginModule.compile(readFileSync(modulePath("canary")));
  const asked = { module, plugin: "canary", configuration: JSON.stringify(canary.config.value), atMs };
  const request = requestOf(described);
  const steps = module.exports.includes("tidegate_explain") ? readSteps(await askWhy(asked, request)) : undefined;
  if (!steps) throw new UserError("build/canary.wasm is of another version; run `tidegate build`", 3);
  const sent = await askWhat(asked, request);
  const { after } = changeOf(sent, canary.header);
  const told = steps.arm === null ? [] : [canary.valueOf(steps.arm)];
  if (after.join() !== told.join()) throw new Error(`canary sends ${after.join()}, but explains ${told.join()}`);
  const { method, path, clientAddress } = described;
  return {
    policy: policyLabel(policy),
    plugin: "canary",
    at: new Date(atMs).toISOString(),
    request: { method, authority: authorityOf(described), path, clientAddress },
    ...explanationOf(canary, steps, sent),
  };
}
