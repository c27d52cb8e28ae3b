import { Evidence, MOST_WINDOW_NS } from "../../../../plugins/ratelimit/concurrency/evidence";
import { Question, Questions } from "../../../../plugins/ratelimit/concurrency/questions";
import { Window } from "../../../../plugins/ratelimit/concurrency/window";
import { ControlFields, ControlRecord } from "../../../../plugins/ratelimit/pool/control";

const MS: i64 = 1_000_000;
const record = new ControlRecord();
const window = new Window();
const evidence = new Evidence(window, new Questions(window, 3));

/** A limit of 5 that has been reached for a while: 100 answers a second, at 1.35 times the usual latency. */
function limited(): ControlFields {
  record.clear(1_000_000_000_000, 5);
  const fields = record.fields;
  fields.limited = 1;
  fields.slowness = 0.43;
  fields.flight = Math.log2(4.6);
  fields.pace = Math.log2(100);
  return fields;
}

/** A window of so many answers, whose excess differs by `spread`; so many are turned away for each. */
function see(answers: f64, slowness: f64, ms: i64, spread: f64 = 0.3, rejected: f64 = 1): void {
  const fields = record.fields;
  const excess = Math.log2(0.5 * (1 + Math.pow(2, slowness)));
  fields.samples = answers;
  fields.finished = answers;
  fields.known = answers;
  fields.rejected = answers * rejected;
  fields.offered = answers * (1 + rejected);
  fields.sumLog = answers * excess;
  fields.sumSquares = answers * (excess * excess + spread * spread);
  fields.area = (4 * <f64>ms) / 1000;
  window.take(fields, <f64>ms / 1000);
}

function enough(ms: i64): bool {
  return evidence.isEnough(record.fields, true, ms * MS);
}

describe("A window tells enough", () => {
  it("with 30 samples whose error is small", () => {
    limited();
    see(29, 0.43, 300);
    expect(enough(300)).toBe(false);
    see(30, 0.43, 300);
    expect(enough(300)).toBe(true);
  });

  it("with more samples, or after a while, if they differ much", () => {
    limited();
    see(100, 0.43, 300, 1.5);
    expect(enough(300)).toBe(false);
    expect(enough(340)).toBe(true);
    see(150, 0.43, 300, 1.5);
    expect(enough(300)).toBe(true);
  });

  it("later, if it is to say what fewer in flight bring", () => {
    const fields = limited();
    fields.question = Question.Look;
    fields.beforeFlight = fields.flight;
    see(40, 0.1, 340, 0.5);
    expect(enough(340)).toBe(false);
    expect(enough(1000)).toBe(true);
  });

  it("after ten seconds, whatever it has", () => {
    limited();
    expect(evidence.isEnough(record.fields, false, MOST_WINDOW_NS - 1)).toBe(false);
    expect(evidence.isEnough(record.fields, false, MOST_WINDOW_NS)).toBe(true);
  });

  it("with ten samples when requests flood in", () => {
    limited().limited = 0;
    see(10, 0.43, 100);
    expect(enough(100)).toBe(true);
    see(10, 0.43, 100, 0.3, 0.05);
    expect(enough(100)).toBe(false);
  });

  it("with ten samples when the limit has gone up too far, and by itself not before", () => {
    const fields = limited();
    see(10, 2, 100);
    expect(enough(100)).toBe(false);
    fields.question = Question.Raise;
    expect(enough(100)).toBe(true);
    see(10, 0.8, 100);
    expect(enough(100)).toBe(false);
  });

  it("with ten samples when the upstream carries more", () => {
    limited();
    see(16, 0, 100);
    expect(enough(100)).toBe(true);
    expect(evidence.isFreed(record.fields, Question.None)).toBe(true);
  });
});

describe("That the upstream carries more", () => {
  it("is not seen in a lull, in which requests are faster since there are fewer", () => {
    limited();
    see(10, 0, 100);
    expect(evidence.isFreed(record.fields, Question.None)).toBe(false);
    see(11, -0.3, 100);
    expect(evidence.isFreed(record.fields, Question.None)).toBe(false);
  });

  it("is not seen while little is turned away, or nothing is limited", () => {
    const fields = limited();
    see(16, 0, 100, 0.3, 0.05);
    expect(evidence.isFreed(fields, Question.None)).toBe(false);
    see(16, 0, 100);
    fields.limited = 0;
    expect(evidence.isFreed(fields, Question.None)).toBe(false);
  });

  it("is not seen in what a change of the limit brings", () => {
    const fields = limited();
    see(16, 0, 100);
    expect(evidence.isFreed(fields, Question.Cut)).toBe(false);
    expect(evidence.isFreed(fields, Question.Raise)).toBe(false);
    fields.settling = -1;
    expect(evidence.isFreed(fields, Question.None)).toBe(false);
  });

  it("is not seen while requests are still slow, or the samples too few to say", () => {
    limited();
    see(16, 0.2, 100);
    expect(evidence.isFreed(record.fields, Question.None)).toBe(false);
    see(16, 0.1, 100, 0.9);
    expect(evidence.isFreed(record.fields, Question.None)).toBe(false);
  });
});
