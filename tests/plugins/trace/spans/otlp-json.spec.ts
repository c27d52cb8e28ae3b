import { ByteView, Utf8 } from "../../../../assembly/core/bytes";
import { parseJson } from "../../../../assembly/core/json";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { TraceContext } from "../../../../plugins/trace/context/trace-context";
import { MAX_SPAN_BYTES, SpanEncoder, SpanKind } from "../../../../plugins/trace/spans/otlp-json";
import { SpanOutcome } from "../../../../plugins/trace/spans/span-outcome";
import { SpanRecord, SpanText } from "../../../../plugins/trace/spans/span-record";

const server = new SpanEncoder(SpanKind.Server);
const client = new SpanEncoder(SpanKind.Client);
const kept: Utf8[] = [];
let record = new SpanRecord();
let outcome = new SpanOutcome();

function view(into: ByteView, text: string): void {
  const bytes = new Utf8(text);
  kept.push(bytes);
  into.set(bytes.ptr, bytes.length);
}

function tell(which: SpanText, text: string): void {
  view(record.text(which), text);
}

/** A good request in the trace of the specification's examples. */
function begin(): void {
  const context = new TraceContext();
  context.traceIdHigh = 0x4bf92f3577b34da6;
  context.traceIdLow = 0xa3ce929d0e0e4736;
  context.parentId = 0x00f067aa0ba902b7;
  record = new SpanRecord();
  record.begin(context, 0);
  tell(SpanText.Method, "GET");
  tell(SpanText.Path, "/reviews/7");
  tell(SpanText.Host, "reviews:9080");
  tell(SpanText.Scheme, "http");
  outcome = new SpanOutcome();
  outcome.startNs = 1544712660000000000;
  outcome.durationNs = 1_500_000;
  outcome.status = 200;
  view(outcome.protocol, "HTTP/1.1");
}

function encoded(encoder: SpanEncoder): string {
  const json = encoder.encode(record, outcome);
  expect<bool>(json != null).toBe(true);
  return json!.toString();
}

/** The attributes, as `key=value` in order. */
function attributes(encoder: SpanEncoder): string {
  const bytes = new Utf8(encoded(encoder));
  const document = parseJson(bytes);
  expect<string>(document.error).toBe("");
  const list = document.root.member("attributes")!.elements();
  const all: string[] = [];
  for (let i = 0; i < list.length; i++) {
    const value = list[i].member("value")!;
    const text = value.member("stringValue");
    const number = value.member("intValue");
    all.push(list[i].member("key")!.text + (text != null ? "=" + text.text : ":" + number!.text));
  }
  return all.join(" ");
}

function status(encoder: SpanEncoder): string {
  const text = encoded(encoder);
  return text.slice(text.indexOf('"status"'));
}

const OK: string = '"status":{"code":0}}';
const ERROR: string = '"status":{"code":2}}';

describe("a span in OTLP/JSON", () => {
  beforeEach(begin);

  it("is of the names and kinds of values that the mapping has", () => {
    expect<string>(encoded(server)).toBe(
      '{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7","flags":257,"name":"GET","kind":2,' +
        '"startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712660001500000","attributes":[' +
        '{"key":"http.request.method","value":{"stringValue":"GET"}},' +
        '{"key":"url.scheme","value":{"stringValue":"http"}},' +
        '{"key":"url.path","value":{"stringValue":"/reviews/7"}},' +
        '{"key":"server.address","value":{"stringValue":"reviews"}},' +
        '{"key":"server.port","value":{"intValue":"9080"}},' +
        '{"key":"http.response.status_code","value":{"intValue":"200"}},' +
        '{"key":"network.protocol.version","value":{"stringValue":"1.1"}}],"status":{"code":0}}',
    );
  });

  // Bits of SpanFlags in opentelemetry/proto/trace/v1/trace.proto.
  it("says that its parent was remote, and whether its trace id is random", () => {
    record.parentId = 0xb7ad6b7169203331;
    record.isRandom = true;
    expect<bool>(encoded(server).includes('"parentSpanId":"b7ad6b7169203331","flags":771,')).toBe(true);
  });

  it("tells its tracestate and a link", () => {
    tell(SpanText.Tracestate, "ot=th:8,a=\\1");
    const other = new TraceContext();
    other.traceIdLow = 1;
    other.parentId = 2;
    record.linkTo(other);
    const text = encoded(server);
    expect<bool>(text.includes('","traceState":"ot=th:8,a=\\\\1","flags":')).toBe(true);
    const link = '"links":[{"traceId":"00000000000000000000000000000001","spanId":"0000000000000002"}],"status"';
    expect<bool>(text.includes(link)).toBe(true);
  });

  it("of a client names the whole URL and a port", () => {
    const rest = "http.response.status_code:200 network.protocol.version=1.1";
    expect<string>(attributes(client)).toBe(
      `http.request.method=GET url.full=http://reviews:9080/reviews/7 server.address=reviews server.port:9080 ${rest}`,
    );
    tell(SpanText.Host, "reviews");
    expect<bool>(attributes(client).includes("server.port:80 ")).toBe(true);
    tell(SpanText.Scheme, "https");
    expect<bool>(attributes(client).includes("server.port:443 ")).toBe(true);
    expect<bool>(attributes(server).includes("server.port")).toBe(false);
    expect<bool>(encoded(client).includes('"kind":3,')).toBe(true);
  });

  it("has no attribute of what is not known", () => {
    for (let i = 1; i < 6; i++) record.text(<SpanText>i).set(0, 0);
    outcome.protocol.set(0, 0);
    expect<string>(attributes(server)).toBe("http.request.method=GET http.response.status_code:200");
  });

  it("tells the user agent", () => {
    tell(SpanText.UserAgent, 'curl/8 "x"');
    expect<bool>(attributes(server).includes('user_agent.original=curl/8 "x" ')).toBe(true);
  });
});

// https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name and the text on http.request.method
describe("the method", () => {
  beforeEach(begin);

  it("is the name if it is one of RFC 9110 or PATCH", () => {
    const known = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
    for (let i = 0; i < known.length; i++) {
      tell(SpanText.Method, known[i]);
      expect<bool>(encoded(server).includes(`"name":"${known[i]}"`)).toBe(true);
      expect<bool>(attributes(server).startsWith(`http.request.method=${known[i]} url`)).toBe(true);
    }
  });

  it("is _OTHER and the name HTTP if it is another, or in lower case", () => {
    const unknown = ["get", "GE", "GETS", "PROPFIND"];
    for (let i = 0; i < unknown.length; i++) {
      tell(SpanText.Method, unknown[i]);
      expect<bool>(encoded(server).includes('"name":"HTTP"')).toBe(true);
      const expected = `http.request.method=_OTHER http.request.method_original=${unknown[i]} url`;
      expect<bool>(attributes(server).startsWith(expected)).toBe(true);
    }
  });
});

function expectStatus(code: u32, ofServer: string, ofClient: string): void {
  outcome.status = code;
  expect<string>(status(server)).toBe(ofServer, `server ${code}`);
  expect<string>(status(client)).toBe(ofClient, `client ${code}`);
  const error = `error.type=${code}`;
  expect<bool>(attributes(server).includes(error)).toBe(ofServer == ERROR);
  expect<bool>(attributes(client).includes(error)).toBe(ofClient == ERROR);
}

// https://opentelemetry.io/docs/specs/semconv/http/http-spans/#status
describe("the status", () => {
  beforeEach(begin);

  it("is an error for 5xx, for clients 4xx too", () => {
    for (let code: u32 = 100; code < 400; code += 33) expectStatus(code, OK, OK);
    for (let code: u32 = 400; code < 500; code += 33) expectStatus(code, OK, ERROR);
    for (let code: u32 = 500; code < 600; code += 33) expectStatus(code, ERROR, ERROR);
  });

  it("is an error when there was no response, named by Envoy's details", () => {
    outcome.status = 0;
    view(outcome.details, "downstream_remote_disconnect");
    expect<string>(status(server)).toBe(ERROR);
    expect<bool>(attributes(server).includes("status_code")).toBe(false);
    expect<bool>(attributes(server).endsWith("error.type=downstream_remote_disconnect")).toBe(true);
    outcome.details.set(0, 0);
    expect<bool>(attributes(server).endsWith("error.type=_OTHER")).toBe(true);
  });

  it("is an error when the stream broke off after a good status", () => {
    view(outcome.details, "upstream_reset_after_response_started{connection_termination}");
    expect<string>(status(server)).toBe(OK);
    outcome.responseFlags = 1 << 6;
    expect<string>(status(server)).toBe(ERROR);
    expect<bool>(attributes(server).endsWith("error.type=upstream_reset_after_response_started")).toBe(true);
    // A fault that was injected, a rate limit and the like are no breach.
    outcome.responseFlags = (1 << 9) | (1 << 10) | (1 << 11);
    expect<string>(status(server)).toBe(OK);
  });

  // https://opentelemetry.io/docs/specs/semconv/rpc/grpc/: which statuses are errors of a server
  it("of gRPC is an error for all but OK, of a server for six only", () => {
    const bad: i32[] = [2, 4, 12, 13, 14, 15];
    for (let code = 0; code < 40; code++) {
      outcome.grpcStatus = code;
      expect<string>(status(client)).toBe(code == 0 ? OK : ERROR, `client ${code}`);
      expect<string>(status(server)).toBe(bad.includes(code) ? ERROR : OK, `server ${code}`);
      expect<bool>(attributes(server).includes(`rpc.system=grpc rpc.grpc.status_code:${code}`)).toBe(true);
    }
  });
});

describe("any span", () => {
  it("is JSON and fits, whatever its texts are", () => {
    const chance = new Xoshiro256();
    chance.seedPoor(5, 5, 5, 5);
    const bytes = new Uint8Array(600);
    for (let round = 0; round < 400; round++) {
      begin();
      const plain = chance.next() & 1;
      for (let i = 0; i < bytes.length; i++) bytes[i] = <u8>(plain ? 1 + (chance.next() % 31) : chance.next());
      for (let i = 0; i < 6; i++) record.text(<SpanText>i).set(bytes.dataStart, <i32>(chance.next() % 600));
      // As it comes back from Envoy: cut.
      const carried = new SpanRecord();
      expect<bool>(carried.read(record.write())).toBe(true);
      record = carried;
      record.linkSpanId = 1;
      record.parentId = 1;
      outcome.startNs = u64.MAX_VALUE;
      outcome.status = <u32>(chance.next() % 700);
      outcome.details.set(bytes.dataStart, 600);
      outcome.protocol.set(bytes.dataStart, 10);
      const text = encoded(round & 1 ? server : client);
      expect<bool>(text.length <= MAX_SPAN_BYTES).toBe(true);
      expect<string>(parseJson(new Utf8(text)).error).toBe("");
    }
  });
});
