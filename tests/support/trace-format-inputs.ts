import fc from "fast-check";

// Contexts in every format, in every way in which they may be written. Values are byte strings.

/** A context that formats are to say; which of several is a number, so that formats agree often. */
export interface Base {
  trace: string;
  span: string;
  state: number;
}

export type Header = [name: string, value: string];

export const text = (allowed: string, minLength: number, maxLength = minLength) =>
  fc.array(fc.constantFrom(...allowed), { minLength, maxLength }).map((all) => all.join(""));
const hexDigits = (digits: number) => text("0123456789abcdef", digits);

const trace = fc.oneof(
  { weight: 6, arbitrary: hexDigits(32) },
  { weight: 3, arbitrary: hexDigits(16).map((low) => "0".repeat(16) + low) },
  { weight: 1, arbitrary: hexDigits(3).map((low) => low.padStart(32, "0")) },
  { weight: 1, arbitrary: hexDigits(16).map((high) => high + "0".repeat(16)) },
  { weight: 1, arbitrary: fc.constantFrom("0".repeat(32), "f".repeat(32)) },
);
const span = fc.oneof(
  { weight: 8, arbitrary: hexDigits(16) },
  { weight: 1, arbitrary: fc.constantFrom("0".repeat(16), "f".repeat(16), "1".padStart(16, "0")) },
);
export const bases: fc.Arbitrary<Base> = fc.record({ trace, span, state: fc.nat(5) });

const decimal = (digits: string) => BigInt(`0x${digits}`).toString();
const short = (digits: string) => digits.replace(/^0+(?=.)/, "");
/** One of these by a number. */
export const pick = <Value>(values: readonly Value[], how: number): Value => values[how % values.length]!;

const uuid = (id: string) => id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
const base64 = (value: string) => Buffer.from(value, "latin1").toString("base64");

/** How each format is written: `how` chooses among the ways in which it may be. */
export const WRITERS: Record<string, (context: Base, how: number) => Header[]> = {
  tracecontext: ({ trace, span, state }, how) => {
    const flags = pick(["00", "01", "02", "03", "01", "ff"], state);
    const value = `-${trace}-${span}-${flags}`;
    return [
      [
        "traceparent",
        pick([`00${value}`, `00${value}`, `00${value}`, `cc${value}-more`, `01${value}`, `00${value}-x`], how),
      ],
    ];
  },
  b3: ({ trace, span, state }, how) => {
    const id = pick([trace, trace.slice(16), trace.toUpperCase(), trace], how);
    const rest = pick(["-0", "-1", "-d", "", `-1-${span}`, `-0-${"0".repeat(16)}`], state);
    return [["b3", how % 13 === 0 ? pick(["0", "1", "d", "D", "2"], state) : `${id}-${span}${rest}`]];
  },
  b3multi: ({ trace, span, state }, how) => {
    const ids: Header[] = [["x-b3-traceid", pick([trace, trace.slice(16), trace.toUpperCase()], how)], ["x-b3-spanid", span]]; // prettier-ignore
    const parent: Header[] = how % 4 === 0 ? [["x-b3-parentspanid", span]] : [];
    const states: Header[][] = [
      [["x-b3-sampled", "0"]],
      [["x-b3-sampled", pick(["1", "1", "true", "True", "2"], how)]],
      [["x-b3-flags", "1"]],
      [],
      [["x-b3-flags", "1"], ["x-b3-sampled", "0"]], // prettier-ignore
      [["x-b3-flags", pick(["0", "", "3"], how)], ["x-b3-sampled", pick(["false", "0"], how)]], // prettier-ignore
    ];
    return [...(how % 13 === 0 ? [] : ids), ...parent, ...pick(states, state)];
  },
  jaeger: ({ trace, span, state }, how) => {
    const flags = pick(["0", "1", "3", "2", "01", "00"], state);
    const id = pick([trace, short(trace), trace.slice(16), trace.toUpperCase()], how);
    const parent = pick(["0", span, "", "00"], how >> 2);
    const value = [id, pick([span, short(span)], how >> 1), parent, flags].join(":");
    return [["uber-trace-id", how % 5 === 0 ? value.replaceAll(":", "%3A") : value]];
  },
  xray: ({ trace, span, state }, how) => {
    const root = `Root=1-${trace.slice(0, 8)}-${trace.slice(8)}`;
    const sampled = pick([["Sampled=0"], ["Sampled=1"], ["Sampled=?"], [], ["Sampled=1"], ["Sampled=2"]], state);
    const extra = pick([[], ["Self=1-67891234-12456789abcdef012345678"], ["Lineage=a87bd80c:1|68fd508a:5"]], how);
    const parent = how % 4 === 0 ? [] : [`Parent=${span}`];
    const fields = [root, ...parent, ...sampled, ...extra];
    return [["x-amzn-trace-id", (how % 3 === 0 ? fields.reverse() : fields).join(pick([";", "; ", ";"], how))]];
  },
  datadog: ({ trace, span, state }, how) => {
    const priority = pick<Header[]>([[["x-datadog-sampling-priority", pick(["0", "-1"], how)]], [["x-datadog-sampling-priority", "1"]], [["x-datadog-sampling-priority", "2"]], []], state); // prettier-ignore
    const high = trace.slice(0, 16);
    const tags = pick(
      [`_dd.p.tid=${high}`, `_dd.p.dm=-1,_dd.p.tid=${high}`, "_dd.p.dm=-4", `_dd.p.tid=${high.slice(1)}`, ""],
      how,
    );
    const headers: Header[] = [["x-datadog-trace-id", decimal(trace.slice(16))], ["x-datadog-parent-id", decimal(span)], ...priority]; // prettier-ignore
    if (tags !== "" || how % 7 === 0) headers.push(["x-datadog-tags", tags]);
    if (how % 6 === 0) headers.push(["x-datadog-origin", "rum"]);
    return headers;
  },
  google: ({ trace, span, state }, how) => {
    const options = pick([";o=0", ";o=1", "", ";o=1", ";o=3", ""], state);
    const id = pick([trace, trace.toUpperCase(), trace], how);
    return [["x-cloud-trace-context", `${id}${how % 9 === 0 ? "" : `/${decimal(span)}`}${options}`]];
  },
  skywalking: ({ trace, span, state }, how) => {
    const id = pick([trace, uuid(trace), `${trace}.74.16218381104550009`, "not.an.id"], how);
    const texts = [`${span}.1.2`, "service", "instance@10.0.0.1", "/shop", "10.0.0.2:8080"].map(base64);
    return [["sw8", [pick(["0", "1"], state), base64(id), texts[0], how % 5, ...texts.slice(1)].join("-")]];
  },
};
