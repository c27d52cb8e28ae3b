import type { Category } from "./facts.js";

/** What a README says in one language, beside the texts of the plugin itself. */
export interface Words {
  /** Whether texts of the plugin are looked up in Chinese. */
  isChinese: boolean;
  /** Where the other language is. */
  other: string;
  about(name: string, version: string): string;
  attributes: string;
  attribute: string;
  value: string;
  phase: string;
  phaseOf: Record<"authn" | "authz" | "stats" | "last", string>;
  priority: string;
  priorityOf(priority: number): string;
  category: string;
  categoryOf: Record<Category, string>;
  minHigress: string;
  orNewer(version: string): string;
  configuration: string;
  unknown: string;
  anObject: string;
  key: string;
  type: string;
  required: string;
  default: string;
  description: string;
  yes: string;
  no: string;
  ofEveryPlugin: string;
  oneOf(choices: string): string;
  anyOf(choices: string): string;
  range(least: string, most: string): string;
  items(least: number, most: string): string;
  keysAs(place: string): string;
  examples: string;
  example(number: number): string;
  use: string;
  useOf: string;
  withTidegate: string;
  plainEnvoy: string;
  join: string;
}

function chineseList(choices: string): string {
  return choices.replaceAll("`, `", "`、`");
}

const PHASES = { authn: "AUTHN", authz: "AUTHZ", stats: "STATS", last: "UNSPECIFIED_PHASE" } as const;

export const ENGLISH: Words = {
  isChinese: false,
  other: "[中文](README_ZH.md)",
  about: (name, version) =>
    `Plugin \`${name}\`, version ${version}: a WebAssembly module of the proxy-wasm ABI for Istio, Higress, Envoy Gateway and Envoy.`,
  attributes: "Where it runs",
  attribute: "attribute",
  value: "value",
  phase: "phase",
  phaseOf: {
    authn: `\`${PHASES.authn}\`: before authentication`,
    authz: `\`${PHASES.authz}\`: before authorization`,
    stats: `\`${PHASES.stats}\`: before statistics`,
    last: `\`${PHASES.last}\`: after all others, before the router`,
  },
  priority: "priority",
  priorityOf: (priority) => `${priority}; in a phase the higher one runs first`,
  category: "category",
  categoryOf: {
    auth: "authentication and authorization",
    security: "security",
    protocol: "protocols",
    "flow-control": "traffic control",
    "flow-monitor": "traffic observation",
    custom: "custom",
  },
  minHigress: "Higress",
  orNewer: (version) => `${version} or newer`,
  configuration: "Configuration",
  unknown: "What the plugin takes is not described here.",
  anObject: "An object in JSON, or in YAML where the gateway's resources have it.",
  key: "key",
  type: "type",
  required: "required",
  default: "default",
  description: "description",
  yes: "yes",
  no: "no",
  ofEveryPlugin: "Keys of every plugin",
  oneOf: (choices) => `One of ${choices}.`,
  anyOf: (choices) => `Any of ${choices}.`,
  range: (least, most) => `${least} to ${most}.`,
  items: (least, most) =>
    least === undefined || least === 0 ? `At most ${most} items.` : `${least} to ${most} items.`,
  keysAs: (place) => `Keys as in \`${place}\`.`,
  examples: "Examples",
  example: (number) => `Example ${number}`,
  use: "How to load it",
  useOf:
    "Put your registry's address in the place of registry.example.com. To run exactly what was looked at, end the address with the image's digest (`@sha256:...`) in the place of its tag.",
  withTidegate: "By a policy of Tidegate",
  plainEnvoy: "Envoy",
  join: " ",
};

export const CHINESE: Words = {
  isChinese: true,
  other: "[English](README_EN.md)",
  about: (name, version) =>
    `插件 \`${name}\`，版本 ${version}：遵循 proxy-wasm ABI 的 WebAssembly 模块，适用于 Istio、Higress、Envoy Gateway 与 Envoy。`,
  attributes: "运行属性",
  attribute: "属性",
  value: "值",
  phase: "插件执行阶段",
  phaseOf: {
    authn: `\`${PHASES.authn}\`：认证之前`,
    authz: `\`${PHASES.authz}\`：鉴权之前`,
    stats: `\`${PHASES.stats}\`：统计之前`,
    last: `\`${PHASES.last}\`：默认阶段，位于其他过滤器之后、路由之前`,
  },
  priority: "插件执行优先级",
  priorityOf: (priority) => `${priority}；同一阶段内数值大的先执行`,
  category: "分类",
  categoryOf: {
    auth: "认证鉴权",
    security: "安全防护",
    protocol: "协议转换",
    "flow-control": "流量控制",
    "flow-monitor": "流量观测",
    custom: "自定义",
  },
  minHigress: "Higress 版本",
  orNewer: (version) => `${version} 及以上`,
  configuration: "配置说明",
  unknown: "此处没有关于插件配置的说明。",
  anObject: "配置为一个 JSON 对象；在网关的资源中也可以写成 YAML。",
  key: "配置项",
  type: "类型",
  required: "必填",
  default: "默认值",
  description: "说明",
  yes: "是",
  no: "否",
  ofEveryPlugin: "所有插件共有的配置项",
  oneOf: (choices) => `可选值：${chineseList(choices)}。`,
  anyOf: (choices) => `可包含：${chineseList(choices)}。`,
  range: (least, most) => `取值范围：${least} 到 ${most}。`,
  items: (least, most) => (least === 0 ? `最多 ${most} 项。` : `${least} 到 ${most} 项。`),
  keysAs: (place) => `其下的配置项同 \`${place}\`。`,
  examples: "配置示例",
  example: (number) => `示例 ${number}`,
  use: "使用方式",
  useOf:
    "请将 registry.example.com 换成您的镜像仓库地址。若要确保运行的正是经过检查的镜像，请用镜像摘要（`@sha256:...`）代替地址末尾的标签。",
  withTidegate: "使用 Tidegate 策略",
  plainEnvoy: "Envoy",
  join: "",
};
