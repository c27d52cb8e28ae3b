import assert from "node:assert/strict";
import { type HeaderList, type PluginModule, Proxy } from "../../tools/host/index.js";
import { ordinaryHeaders } from "./fuzz.js";
import { type TraceConfig, TraceRig } from "./trace.js";
import { isSampled, type Written } from "./trace-oracle-context.js";
import { FORMATS, formatOf } from "./trace-oracle-formats.js";
import { baggageLeft, mayPass, memberName } from "./trace-oracle-baggage.js";
import { type Drawn, type Expected, expectedOf, formatsOf } from "./trace-oracle.js";

/** Headers that are the oracle's: all others have to go on as they came, those of baggage apart. */
const OURS = new Set([...FORMATS.flatMap(({ headers }) => headers), "tracestate"]);
const isBaggage = (name: string) => /^(baggage|jaeger-baggage|uberctx-.*)$/.test(name);

/** Ids that nobody is told. */
const NOBODYS = { trace: 0x5ca1ab1e_0ddba11n, parent: 0xba5eba11n };

/** One trace plugin under test. */
export class TraceRun {
  /** How often each kind of thing came to pass. */
  readonly reached: Record<string, number> = {};
  private readonly ids = new Set<bigint>();
  /** Whether all that is sampled can be seen from outside. */
  private isSampledKnown: boolean;

  private constructor(
    private readonly config: TraceConfig,
    private readonly rig: TraceRig,
  ) {
    this.isSampledKnown = formatsOf(config, "inject").length > 0;
  }

  static async start(module: PluginModule, config: TraceConfig): Promise<TraceRun> {
    const rig = await TraceRig.start(module, config, new Proxy());
    assert.ok(rig.plugin.ok, rig.proxy.logs.map(({ message }) => message).join("\n"));
    // The host's listener has no direction, as an edge's.
    return new TraceRun({ trust: "none", ...config }, rig);
  }

  /** Passes a request. Throws for what the oracle does not expect. */
  pass(headers: HeaderList): void {
    const isGiven = (name: string) => headers.some(([other]) => other === name);
    const all = [...ordinaryHeaders.filter(([name]) => !isGiven(name)), ...headers];
    const stream = this.rig.plugin.openStream();
    const outcome = stream.requestHeaders(all, true);
    this.assertAlive();
    assert.deepEqual([outcome.paused, stream.localResponse], [false, undefined]);
    const sent = all.map(([name, value]): [string, string] => [name.toLowerCase(), value]);
    const left = [...stream.request.headers];
    this.check(sent, left);
    if (JSON.stringify(left) === JSON.stringify(sent)) assert.equal(stream.routeCacheClears, 0, "nothing is written");
    stream.responseHeaders([[":status", "200"]], true);
    stream.close();
    this.assertAlive();
  }

  private check(sent: HeaderList, left: HeaderList): void {
    const drawn = this.drawnIn(left);
    const may = [true, false].map((admitted) => expectedOf(this.config, sent, { ...drawn, admitted }));
    const fitting = may.filter(({ written }) => isAs(written, sent, left));
    const expected = fitting[0] ?? may[0]!;
    if (new Set(fitting.map(({ context }) => isSampled(context?.sampling))).size > 1) this.isSampledKnown = false;
    assert.deepEqual(pick(left), pick(applied(expected.written, sent)), this.outcomeText(expected));
    this.checkBaggage(sent, left);
    const others = (all: HeaderList) => all.filter(([name]) => !OURS.has(name) && !isBaggage(name));
    assert.deepEqual(others(left), others(sent), "other headers are as they were");
    this.note(expected);
  }

  private checkBaggage(sent: HeaderList, left: HeaderList): void {
    const { trust, baggage: rules = {}, extract = ["baggage"], inject = ["baggage"] } = this.config;
    const trusted = trust === "full";
    const valuesOf = (all: HeaderList, wanted: string) =>
      all.filter(([name]) => name === wanted).map(([, value]) => value);
    for (const [name, value] of left.filter(([one]) => isBaggage(one))) {
      const isGood = (one: string | undefined) => one === undefined || mayPass(one, rules, trusted);
      if (name === "jaeger-baggage") assert.ok(trusted, "nobody knows what that holds");
      assert.ok(namesIn(name, value).every(isGood), `${name}: ${value} must not go on`);
    }
    // Where both forms are there each has a say in the other; that has specs of its own.
    const isMixed = sent.some(([name]) => /^(uberctx-|jaeger-baggage)/.test(name)) || inject.includes("jaeger");
    if (isMixed) return;
    const carries = trusted || (extract.includes("baggage") && inject.includes("baggage"));
    assert.deepEqual(valuesOf(left, "baggage"), carries ? baggageLeft(sent, rules, trusted) : [], "baggage");
  }

  private outcomeText({ outcome, written }: Expected): string {
    return `${outcome}, expected to be written: ${JSON.stringify(written)}`;
  }

  /** The ids that left, which the plugin has drawn if they are not the caller's. */
  private drawnIn(left: HeaderList): Omit<Drawn, "admitted"> {
    for (const name of formatsOf(this.config, "inject")) {
      const found = formatOf(name)!.extract(left);
      if (found.found === "trace") return found.context;
    }
    return NOBODYS;
  }

  private note({ outcome, context }: Expected): void {
    const reach = (what: string) => void (this.reached[what] = (this.reached[what] ?? 0) + 1);
    reach(outcome);
    if (isSampled(context?.sampling)) reach("sampled");
    if (!context || (outcome !== "started" && outcome !== "distrusted") || context.trace === NOBODYS.trace) return;
    assert.ok(!this.ids.has(context.trace), "a new trace has an id of its own");
    this.ids.add(context.trace);
  }

  private assertAlive(): void {
    const { trapped } = this.rig.vm;
    if (trapped) throw new Error(`trap: ${trapped.stack ?? trapped.message}`);
    assert.equal(this.rig.proxy.metrics.value("tidegate_trace_host_errors_total") ?? 0, 0);
  }

  /** Ends the run: the counters have to say what came to pass. */
  end(): void {
    for (const [noun, count] of Object.entries(this.reached)) {
      // What is drawn and told nobody is not known here, and with it whether it is sampled.
      if (noun === "passed" || (noun === "sampled" && !this.isSampledKnown)) continue;
      assert.equal(this.rig.count(noun), count, noun);
    }
    this.assertAlive();
  }
}

/** The names of the items that a header of baggage holds; nobody knows those of jaeger-baggage. */
function namesIn(header: string, value: string): (string | undefined)[] {
  if (header === "baggage") return value.split(",").map((member) => memberName(member.trim()));
  return header.startsWith("uberctx-") ? [header.slice("uberctx-".length)] : [];
}

/** The headers of contexts, by name; each name's values in order. */
function pick(headers: HeaderList): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const [name, value] of headers) if (OURS.has(name)) (found[name] ??= []).push(value);
  return Object.fromEntries(Object.entries(found).sort());
}

/** What should have left. */
function applied(written: Written, sent: HeaderList): HeaderList {
  const kept = sent.filter(([name]) => !(name in written));
  const set = Object.entries(written).filter((entry): entry is [string, string] => entry[1] !== null);
  return [...kept, ...set];
}

function isAs(written: Written, sent: HeaderList, left: HeaderList): boolean {
  return JSON.stringify(pick(applied(written, sent))) === JSON.stringify(pick(left));
}
