import { isExhaustedGrpcStatus, isFailedGrpcStatus } from "../../../core/grpc-status";
import { isServerError, isTooManyRequests } from "../../../core/http-status";
import { Header, responseHeader } from "../../../host/headers";
import { Presence } from "../../../host/presence";
import { Outcome } from "../tally";

/** What the answer at hand is to a rollout. Local answers of Envoy and of other filters come this way too. */
@final
export class AnswerReader {
  private readonly status: Header = responseHeader(":status");
  private readonly grpcStatus: Header = responseHeader("grpc-status");
  outcome: Outcome = Outcome.Fine;

  /**
   * Sets `outcome`; false when the host does not tell the status. Only in onResponseHeaders. One host call, two for an
   * answer without a body: that is how gRPC says what it says at once. What it says after messages is not looked at.
   * Allocates: nothing.
   */
  read(endOfStream: bool): bool {
    if (this.status.read() != Presence.Found) return false;
    const status = this.status.value;
    if (isServerError(status)) this.outcome = Outcome.Error;
    else if (isTooManyRequests(status)) this.outcome = Outcome.Rejection;
    else this.outcome = endOfStream ? this.ofGrpc() : Outcome.Fine;
    return true;
  }

  private ofGrpc(): Outcome {
    if (this.grpcStatus.read() != Presence.Found) return Outcome.Fine;
    const status = this.grpcStatus.value;
    if (isExhaustedGrpcStatus(status)) return Outcome.Rejection;
    return isFailedGrpcStatus(status) ? Outcome.Error : Outcome.Fine;
  }
}
