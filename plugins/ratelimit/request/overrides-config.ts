import { ConfigNode } from "../../../assembly/core/config-reader";
import { JsonKind } from "../../../assembly/core/json";
import { HashSecret, KeyRule } from "../../../assembly/request/key";
import { MAX_PARTS } from "../../../assembly/request/key-config";
import { MAX_TEXT } from "../../../assembly/request/operand";
import { QuotaConfig, readQuota } from "../quota/config";

/** Overrides of all rules together. */
export const MAX_OVERRIDES: i32 = 1024;

/** What requests with one key have in place of the rule's quota. */
@final
export class OverrideConfig {
  /** Null: no limit. */
  quota: QuotaConfig | null = null;

  /** @param key one text for each part of the rule's key. */
  constructor(readonly key: string[]) {}
}

/** Reads the quotas of single keys; `key` is the rule's. */
export function readOverrides(node: ConfigNode, key: KeyRule): OverrideConfig[] {
  const overrides: OverrideConfig[] = [];
  if (node.has("overrides") && !node.has("key")) node.refuseAt("overrides", 'expected together with "key" only');
  const nodes = node.objects("overrides", 1, MAX_OVERRIDES);
  const seen: u64[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const special = new OverrideConfig(readKeyValues(nodes[i], key, seen));
    nodes[i].refuseUnknown(["key", "quota", "exempt"]);
    const kind = nodes[i].exactlyOne(["quota", "exempt"]);
    if (kind == "exempt" && !nodes[i].bool(kind, true)) nodes[i].refuseAt(kind, "expected true; or give a quota");
    const quota = kind == "quota" ? nodes[i].object(kind) : null;
    if (quota != null) special.quota = readQuota(quota);
    overrides.push(special);
  }
  return overrides;
}

/** Reads the values of a key's parts. @param seen keys of earlier overrides. */
function readKeyValues(node: ConfigNode, key: KeyRule, seen: u64[]): string[] {
  const values: string[] = [];
  const member = node.required("key");
  const count = key.parts.length;
  if (member == null) return values;
  const isList = member.value.kind == JsonKind.Array;
  const nodes = isList ? node.array("key", 1, MAX_PARTS) : [member];
  let isText = nodes.length > 0;
  for (let i = 0; i < nodes.length; i++) {
    isText = isText && nodes[i].value.kind == JsonKind.String;
    const value = nodes[i].asString("", isList ? 0 : 1, MAX_TEXT);
    values.push(value);
    if (i < count && value.length > 0 && key.parts[i].canonical(value) == null) {
      nodes[i].refuse("expected an IP address");
    }
  }
  if (count == 0 || !isText) return values;
  if (values.length != count) {
    member.refuse(`expected ${count} texts, one for each part of the rule's key, not ${values.length}`);
    return values;
  }
  const fingerprint = key.fingerprintOf(values, new HashSecret(0, 0));
  if (fingerprint == 0 && isList) member.refuse("expected at least one part that is not empty");
  if (fingerprint != 0 && seen.includes(fingerprint))
    member.refuse("expected each key once; it is an earlier one's too");
  seen.push(fingerprint);
  return values;
}
