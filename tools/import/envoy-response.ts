import { STATUS_CODES } from "node:http";
import type { Field } from "./field.js";
import type { Limits, Scope } from "./limits.js";

/** What clients are told, and how many keys are kept: settings of the whole plugin here. */
export function addResponse(config: Field, scope: Scope, limits: Limits): void {
  const code = config.down("status", "code");
  const status = code && statusOf(code);
  if (status !== undefined && status >= 400) limits.set(scope, "status", status, code!);
  const exhausted = config.at("rate_limited_as_resource_exhausted")?.flag() === true;
  if (!exhausted) limits.set(scope, "response.grpc_status", "unavailable", config.at("stat_prefix") ?? config);
  const draft = config.at("enable_x_ratelimit_headers");
  if (draft?.text() === "DRAFT_VERSION_03") limits.set(scope, "response.legacy_headers", "always", draft);
  const keys = config.at("max_dynamic_descriptors");
  const most = keys?.number();
  if (most !== undefined) limits.set(scope, "max_keys", Math.min(Math.max(most, 64), 262_144), keys!);
  const headers = config.at("response_headers_to_add");
  const added = (headers?.items ?? []).flatMap(answerHeader);
  if (added.length > 0) limits.set(scope, "response.headers", added, headers!);
}

function answerHeader(option: Field): { name: string; value: string }[] {
  option.at("append")?.settle();
  option.at("append_action")?.settle();
  const name = option.down("header", "key")?.text()?.toLowerCase() ?? "";
  const value = option.down("header", "value");
  const text = value?.text() ?? "";
  if (!text.replaceAll("%%", "").includes("%")) return [{ name, value: text.replaceAll("%%", "%") }];
  value!.report("TG8102", "the plugin ratelimit writes headers as they are, without what Envoy puts in for %...%");
  return [];
}

/** A status as a number, or by Envoy's name for it, such as TooManyRequests. */
function statusOf(code: Field): number | undefined {
  const text = code.text() ?? "";
  if (/^\d{3}$/.test(text)) return Number(text);
  const found = Object.entries(STATUS_CODES).find(([, name]) => name?.replace(/\W/g, "") === text);
  if (!found) code.report("TG8103", "there is no such status");
  return found && Number(found[0]);
}
