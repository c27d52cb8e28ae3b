import { Utf8 } from "../../../assembly/core/bytes";
import { statusOf, Verdict, verdictOf } from "../../../plugins/my-plugin/policy";

function expectVerdict(statuses: u32[], verdict: Verdict): void {
  for (let i = 0; i < statuses.length; i++) expect<Verdict>(verdictOf(statuses[i])).toBe(verdict, `${statuses[i]}`);
}

describe("verdictOf", () => {
  it("allows what the service is content with", () => expectVerdict([200, 204, 299], Verdict.Allow));
  it("asks who it is", () => expectVerdict([401], Verdict.Unauthenticated));
  it("forbids what the service refuses", () => expectVerdict([400, 403, 404, 429, 499], Verdict.Forbid));
  it("does not know from anything else", () =>
    expectVerdict([0, 100, 199, 300, 302, 500, 503, 504, 999], Verdict.Unknown));
});

describe("statusOf", () => {
  it("reads three digits", () => {
    expect<u32>(statusOf(new Utf8("200"))).toBe(200);
    expect<u32>(statusOf(new Utf8("099"))).toBe(99);
  });

  it("is 0 for what is no status", () => {
    const others = ["", "20", "2000", "2x0", "-20", " 20"];
    for (let i = 0; i < others.length; i++) expect<u32>(statusOf(new Utf8(others[i]))).toBe(0, others[i]);
  });
});
