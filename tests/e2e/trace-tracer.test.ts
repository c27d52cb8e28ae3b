// trace beside Envoy's own tracers in a real Envoy: what reaches the upstream, and what the tracer reports.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { isAtLeast } from "../../tools/envoy/version.js";
import type { HeaderList } from "../../tools/rig/exchange.js";
import { SILENT_TRACER_SINCE } from "../../tools/trace/tracer-version.js";
import { pluginModule } from "../support/plugin-module.js";
import type { HttpManager } from "../support/policy-envoy.js";
import { NEW_TRACEPARENT } from "../support/trace.js";
import { type Given, TracedChain } from "../support/traced-chain.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = "00f067aa0ba902b7";
const VALID = `00-${TRACE}-${CALLER}-01`;
const STATE = "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7";
const PROVIDERS = ["opentelemetry", "zipkin"] as const;

const envoy = await locateEnvoy({ allowInstall: true });
const canBeSilent = isAtLeast(envoy.version, SILENT_TRACER_SINCE);
await pluginModule("trace");

function withChain(
  given: Given,
  tests: (chain: () => TracedChain) => void,
  change?: (manager: HttpManager) => void,
): void {
  const where = given.isEdge ? "gateway" : "workload";
  describe(`${given.provider} ${given.tracer}, ${where}, ${JSON.stringify(given.config ?? {})}`, () => {
    let chain: TracedChain;
    before(async () => void (chain = await TracedChain.start(given, change)));
    after(async () => chain?.stop());
    tests(() => chain);
  });
}

const continued: HeaderList = [
  ["traceparent", VALID],
  ["tracestate", STATE],
];

for (const provider of PROVIDERS) {
  describe(`${provider}: what is refused`, () => {
    // The reason for TG3201. With no_context_propagation away, this is a propagating tracer and trace before the router.
    const overwriting = (manager: HttpManager): void => void delete manager.tracing!.no_context_propagation;
    withChain(
      { tracer: "reports", provider, config: { trust: "none" }, isEdge: false },
      (chain) => {
        test("a propagating tracer writes over what trace has written before", async () => {
          const received = await chain().send([]);
          const span = await chain().collector.next();
          assert.equal(received("traceparent"), `00-${span.trace}-${span.id}-01`);
        });
      },
      overwriting,
    );

    // The reason for TG3202.
    test(`a silent tracer is known from ${SILENT_TRACER_SINCE} on`, async () => {
      const starting = TracedChain.start({ tracer: "reports", provider });
      if (canBeSilent) await (await starting).stop();
      else await assert.rejects(starting, /no_context_propagation/);
    });
  });

  withChain({ tracer: "propagates", provider }, (chain) => {
    test("the upstream's parent is the span that Envoy reports", async () => {
      const received = await chain().send(continued);
      const span = await chain().collector.next();
      assert.deepEqual({ ...span, id: "" }, { trace: TRACE, id: "", parent: CALLER });
      assert.equal(received("traceparent"), `00-${TRACE}-${span.id}-01`);
      assert.equal(received("tracestate"), STATE);
    });

    test("a trace that Envoy starts stays as it is", async () => {
      const received = await chain().send([]);
      const span = await chain().collector.next();
      assert.equal(received("traceparent"), `00-${span.trace}-${span.id}-01`);
    });

    test("a decision against a trace stays", async () => {
      const received = await chain().send([["traceparent", VALID.replace(/01$/, "00")]]);
      assert.match(received("traceparent"), new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
      assert.deepEqual(chain().collector.spans, []);
    });

    test("what is invalid does not reach the upstream", async () => {
      const received = await chain().send([["traceparent", `00-${TRACE}`], ["tracestate", STATE]]); // prettier-ignore
      if (provider === "opentelemetry") {
        // The tracer gives up, reports nothing and writes nothing; trace starts the trace.
        assert.match(received("traceparent"), NEW_TRACEPARENT);
        assert.equal(received("tracestate"), "");
      } else {
        const span = await chain().collector.next();
        assert.equal(received("traceparent"), `00-${span.trace}-${span.id}-01`);
      }
    });
  });

  withChain({ tracer: "propagates", provider, isEdge: true }, (chain) => {
    test("at an edge neither Envoy's spans nor the upstream see a stranger's ids", async () => {
      const b3: HeaderList = [["x-b3-traceid", TRACE], ["x-b3-spanid", CALLER], ["x-b3-sampled", "0"], ["b3", `${TRACE}-${CALLER}-0`]]; // prettier-ignore
      const more: HeaderList = [["baggage", "tenant=7"], ["uberctx-tenant", "7"], ["uber-trace-id", `${TRACE}:${CALLER}:0:1`]]; // prettier-ignore
      for (const headers of [continued, b3, [...continued, ...b3, ...more]] as HeaderList[]) {
        const received = await chain().send(headers);
        const span = await chain().collector.next();
        assert.deepEqual([span.parent, span.trace === TRACE], ["", false]);
        assert.equal(received("traceparent"), `00-${span.trace}-${span.id}-01`);
        for (const name of ["tracestate", "baggage", "uberctx-tenant", "uber-trace-id", "b3"]) {
          assert.equal(received(name), "", name);
        }
        assert.notEqual(received("x-b3-traceid"), TRACE);
      }
    });
  });

  const telling = { inject: ["tracecontext", "b3"], response: { trace_id: "x-trace-id" } };
  withChain({ tracer: "propagates", provider, config: telling }, (chain) => {
    test("trace tells of Envoy's context in other formats, and in the response", async () => {
      const received = await chain().send(continued);
      const span = await chain().collector.next();
      assert.equal(received("b3"), `${TRACE}-${span.id}-1`);
      assert.equal(received("x-trace-id", "response"), TRACE);
    });
  });

  if (canBeSilent) {
    withChain({ tracer: "reports", provider }, (chain) => {
      test("trace has the last word where the tracer only reports", async () => {
        const received = await chain().send(continued);
        assert.deepEqual([received("traceparent"), received("tracestate")], [VALID, STATE]);
        const span = await chain().collector.next();
        assert.deepEqual({ ...span, id: "" }, { trace: TRACE, id: "", parent: CALLER });
      });

      test("a trace that trace starts is not the tracer's", async () => {
        const received = await chain().send([]);
        assert.match(received("traceparent"), NEW_TRACEPARENT);
        const span = await chain().collector.next();
        assert.notEqual(received("traceparent").slice(3, 35), span.trace);
      });
    });

    withChain({ tracer: "reports", provider, isEdge: true }, (chain) => {
      test("at an edge the tracer reports no stranger's ids either", async () => {
        const received = await chain().send(continued);
        const span = await chain().collector.next();
        assert.deepEqual([span.parent, span.trace === TRACE], ["", false]);
        assert.match(received("traceparent"), NEW_TRACEPARENT);
        assert.equal(received("tracestate"), "");
      });
    });
  }
}
