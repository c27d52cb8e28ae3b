// What the plugin decides, without a host: as-pect runs it as it is.
import { ByteView } from "../../assembly/core/bytes";

/** What becomes of a request. */
export enum Verdict {
  Allow,
  /** 401: who asks is to say who they are. */
  Unauthenticated,
  /** 403 */
  Forbid,
  /** The service did not say: it is as the configuration has it. */
  Unknown,
}

/** What the status of the service's answer says; 0 stands for no answer. Envoy makes 503 and 504 of what it cannot reach. */
export function verdictOf(status: u32): Verdict {
  if (status >= 200 && status < 300) return Verdict.Allow;
  if (status == 401) return Verdict.Unauthenticated;
  return status >= 400 && status < 500 ? Verdict.Forbid : Verdict.Unknown;
}

/** The number of a `:status`, 0 for what is none. Allocates: nothing. */
export function statusOf(value: ByteView): u32 {
  if (value.length != 3) return 0;
  let status: u32 = 0;
  for (let i = 0; i < 3; i++) {
    const digit = <u32>value.at(i) - 0x30;
    if (digit > 9) return 0;
    status = status * 10 + digit;
  }
  return status;
}
