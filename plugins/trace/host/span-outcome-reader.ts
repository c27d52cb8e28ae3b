import { ByteView, Presence, Property, wallNs } from "../../../assembly";
import { NO_GRPC_STATUS, SpanOutcome } from "../spans/span-outcome";

/** Reads how a request ended from Envoy's attributes. */
@final
export class SpanOutcomeReader {
  private readonly time: Property = new Property(["request", "time"]);
  private readonly duration: Property = new Property(["request", "duration"]);
  private readonly code: Property = new Property(["response", "code"]);
  private readonly flags: Property = new Property(["response", "flags"]);
  private readonly details: Property = new Property(["response", "code_details"]);
  private readonly grpcStatus: Property = new Property(["response", "grpc_status"]);
  private readonly protocol: Property = new Property(["request", "protocol"]);
  private readonly outcome: SpanOutcome = new SpanOutcome();

  /** Only in onLog; the outcome's texts are valid until the callback returns. Allocates: nothing. */
  read(isGrpc: bool): SpanOutcome {
    const outcome = this.outcome;
    outcome.durationNs = numberOf(this.duration);
    outcome.startNs = numberOf(this.time);
    if (outcome.startNs == 0) outcome.startNs = max(wallNs(), outcome.durationNs) - outcome.durationNs;
    outcome.status = <u32>numberOf(this.code);
    outcome.responseFlags = numberOf(this.flags);
    // Of what is not gRPC, Envoy tells what its HTTP status would be.
    outcome.grpcStatus = isGrpc ? this.readGrpcStatus() : NO_GRPC_STATUS;
    if (outcome.isBroken) readText(this.details, outcome.details);
    else outcome.details.set(0, 0);
    readText(this.protocol, outcome.protocol);
    return outcome;
  }

  private readGrpcStatus(): i32 {
    if (this.grpcStatus.read() != Presence.Found || this.grpcStatus.value.length != 8) return NO_GRPC_STATUS;
    return <i32>(load<u64>(this.grpcStatus.value.ptr) & 0x7fffffff);
  }
}

/** 0 for what is not there, or is no number of at least 0. */
function numberOf(property: Property): u64 {
  if (property.read() != Presence.Found || property.value.length != 8) return 0;
  return max(load<i64>(property.value.ptr), 0);
}

function readText(property: Property, into: ByteView): void {
  if (property.read() == Presence.Found) into.set(property.value.ptr, property.value.length);
  else into.set(0, 0);
}
