import {
  Counter,
  Header,
  monotonicNs,
  Presence,
  Property,
  requestHeader,
  responseHeader,
  responseTrailer,
  Utf8,
  WasmResultValues,
} from "../../../assembly";
import { readBinaryLoadReport, readLoadReport } from "../../../assembly/core/load-report";
import { sipHash13 } from "../../../assembly/core/siphash";
import { EndpointLoads } from "../conditions/endpoint-loads";
import { LoadReportsConfig } from "../conditions/load-reports-config";

const HEADER: string = "endpoint-load-metrics";
const BINARY: string = "endpoint-load-metrics-bin";
/** Longer addresses are cut. */
const MAX_ADDRESS: i32 = 256;

/** Asks upstreams for load reports, takes those that come, and keeps them from clients. Allocates nothing after construction. */
@final
export class LoadReports {
  /** Reports that were not understood. */
  private readonly unread: Counter = new Counter("tidegate_ratelimit_load_reports_unread_total");
  private readonly wanted: Header = requestHeader("endpoint-load-metrics-format");
  private readonly report: Header = responseHeader(HEADER);
  private readonly binary: Header = responseHeader(BINARY);
  private readonly trailer: Header = responseTrailer(HEADER);
  private readonly binaryTrailer: Header = responseTrailer(BINARY);
  private readonly address: Property = new Property(["upstream", "address"]);
  private readonly format: Utf8;
  private readonly asks: bool;
  private readonly strips: bool;
  private readonly reads: bool;

  /** @param loads of the metrics that expressions use; none: nothing is read. For configure. */
  constructor(
    config: LoadReportsConfig,
    private readonly loads: EndpointLoads,
    private readonly hostErrors: Counter,
  ) {
    this.format = new Utf8(config.requestFormat);
    this.asks = config.requestFormat.length > 0;
    this.strips = config.strip;
    this.reads = loads.count > 0;
  }

  /** Asks for a report. Only in onRequestHeaders, of an admitted request; Envoy then chooses the route again. */
  ask(): void {
    if (this.asks && this.wanted.replace(this.format) != WasmResultValues.Ok) this.hostErrors.add(1);
  }

  /**
   * Takes a report from the response's headers. Only in onResponseHeaders.
   * @param nowNs monotonic; 0 to leave the report be, for responses that are not sampled.
   */
  takeHeaders(nowNs: u64): void {
    this.take(this.report, this.binary, nowNs);
  }

  /** As `takeHeaders`, where gRPC has its reports; nothing is sampled there. Only in onResponseTrailers. */
  takeTrailers(): void {
    this.take(this.trailer, this.binaryTrailer, this.reads ? monotonicNs() : 0);
  }

  /** Hands on how many reports were not understood. Allocates: nothing. */
  flush(): void {
    this.unread.flush();
  }

  /** Two host calls for a response without a report; to read one costs one more, for the address, and to strip it two. */
  private take(report: Header, binary: Header, nowNs: u64): void {
    const read = this.reads && nowNs != 0;
    if (!read && !this.strips) return;
    if (this.found(report)) {
      if (read) this.note(readLoadReport(report.value, this.loads.values), nowNs);
    } else if (this.found(binary)) {
      if (read) this.note(readBinaryLoadReport(binary.value, this.loads.values), nowNs);
    } else return;
    // Of two reports one is read, and none may reach the client.
    this.strip(report);
    this.strip(binary);
  }

  private found(header: Header): bool {
    const presence = header.read();
    if (presence == Presence.Failed) this.hostErrors.add(1);
    return presence == Presence.Found;
  }

  private strip(header: Header): void {
    if (this.strips && header.remove() != WasmResultValues.Ok) this.hostErrors.add(1);
  }

  private note(understood: bool, nowNs: u64): void {
    if (!understood) {
      this.unread.add(1);
      return;
    }
    const address = this.address;
    if (address.read() == Presence.Failed) this.hostErrors.add(1);
    this.loads.note(sipHash13(address.value.ptr, min(address.value.length, MAX_ADDRESS), 0, 0), nowNs);
  }
}
