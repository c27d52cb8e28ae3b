import type { ParityCase } from "../case.js";
import { op, type PhaseName } from "../script.js";

const COUNTER = 0;
const GAUGE = 1;
const HISTOGRAM = 2;
const MINUS_ONE = -1n;

const PROPERTIES = [
  "plugin_name",
  "plugin_root_id",
  "plugin_vm_id",
  "node/id",
  "node/cluster",
  "node/metadata/ROLE",
  "node/metadata/NO",
  "node/nothing",
  "request/path",
  "request/url_path",
  "request/query",
  "request/host",
  "request/scheme",
  "request/method",
  "request/referer",
  "request/useragent",
  "request/id",
  "request/protocol",
  "request/size",
  "request/headers/x-a",
  "request/nothing",
  "response/code",
  "response/code_details",
  "response/flags",
  "response/headers/x-b",
  "response/trailers/x-c",
  "response/nothing",
  "nothing",
  "nothing/at/all",
  "plugin_name/more",
  "request/path/more",
];

const inPhases = (operations: ReturnType<typeof op.status>[], ...phases: PhaseName[]) =>
  Object.fromEntries(phases.map((phase) => [phase, operations]));

export const stateCases: ParityCase[] = [
  {
    name: "properties in each callback",
    script: inPhases(
      PROPERTIES.map((name) => op.property(name)),
      "requestHeaders",
      "requestBody",
      "responseHeaders",
      "responseBody",
      "log",
    ),
    request: {
      method: "POST",
      path: "/p?q=1",
      body: ["x"],
      headers: [
        ["x-a", "1"],
        ["referer", "r"],
        ["user-agent", "u"],
      ],
    },
    response: { headers: [["x-b", "1"]], body: ["y"] },
  },
  {
    name: "sizes as properties",
    script: inPhases(
      ["request/size", "request/total_size", "response/size", "response/total_size"].map((name) => op.property(name)),
      "requestHeaders",
      "responseHeaders",
    ),
  },
  {
    name: "odd property paths",
    script: {
      requestHeaders: ["", "/", "plugin_name/", "/plugin_name", "request//path"].map((name) => op.property(name)),
    },
  },
  {
    name: "properties that the plugin sets",
    script: {
      requestHeaders: [
        op.property("mine"),
        op.setProperty("mine", "one"),
        op.property("mine"),
        op.setProperty("mine", "two"),
        op.property("mine"),
        op.property("mine/more"),
        op.property("filter_state/wasm.mine"),
        op.setProperty("a/b", "deep"),
        op.property("a/b"),
        op.property("a"),
        op.setProperty("empty", ""),
        op.property("empty"),
        op.setProperty("plugin_name", "other"),
        op.property("plugin_name"),
        op.setProperty("request/path", "/other"),
        op.property("request/path"),
      ],
      responseHeaders: [op.property("mine")],
      log: [op.property("mine"), op.setProperty("late", "1"), op.property("late")],
      done: [op.property("mine"), op.property("plugin_name"), op.property("request/path")],
    },
  },
  {
    name: "shared data and its compare-and-set",
    script: {
      requestHeaders: [
        op.shared("k"),
        op.setShared("k", "one", 7, true),
        op.shared("k"),
        op.setShared("k", "two", 0),
        op.setShared("k", "three", 0),
        op.shared("k"),
        op.setShared("k", "four", 1),
        op.setShared("k", "five", 0, true),
        op.shared("k"),
        op.setShared("k", "", 0),
        op.shared("k"),
        op.setShared("", "no key", 0, true),
        op.shared(""),
      ],
    },
  },
  {
    name: "shared queues",
    script: {
      requestHeaders: [
        op.resolveQueue("", "q"),
        op.dequeue(1000),
        op.enqueue("x", 1000),
        op.registerQueue("q"),
        op.dequeue(),
        op.enqueue("first"),
        op.enqueue(""),
        op.registerQueue("q"),
        op.resolveQueue("", "q"),
        op.resolveQueue("main", "q"),
        op.resolveQueue("another", "q"),
        op.dequeue(),
        op.dequeue(),
        op.dequeue(),
      ],
    },
  },
  {
    name: "metrics",
    script: {
      requestHeaders: [
        op.defineMetric(0, COUNTER, "parity_c"),
        op.defineMetric(1, GAUGE, "parity_g"),
        op.defineMetric(2, HISTOGRAM, "parity_h"),
        op.defineMetric(9, 3, "parity_x"),
        op.defineMetric(9, 0xffff_ffff, "parity_x"),
        op.getMetric(0),
        op.getMetric(1),
        op.getMetric(2),
        op.increment(0, 1),
        op.increment(0, 0),
        op.increment(0, MINUS_ONE),
        op.getMetric(0),
        op.record(0, 5),
        op.getMetric(0),
        op.increment(1, 5),
        op.increment(1, 0),
        op.increment(1, -2),
        op.getMetric(1),
        op.record(1, 40),
        op.getMetric(1),
        op.increment(2, 1),
        op.record(2, 3),
        op.defineMetric(3, COUNTER, "parity_c"),
        op.getMetric(3),
        op.increment(3, 10),
        op.getMetric(0),
        op.defineMetric(4, GAUGE, "parity_c"),
        op.getMetric(4),
      ],
    },
  },
  {
    name: "metrics that nobody defined",
    script: {
      requestHeaders: [0, 4000, 4001, 4002, 4003].flatMap((id) => [
        op.fakeMetric(10, id),
        op.increment(10, 1),
        op.record(10, 1),
        op.getMetric(10),
      ]),
    },
  },
];
