import { messageOf } from "../../errors.js";

const LOST = "ended the connection before all had come";

const WORDS: Record<string, string> = {
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the name of the host cannot be looked up now",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: LOST,
  EPIPE: LOST,
  ETIMEDOUT: "cannot be reached in time",
  EHOSTUNREACH: "cannot be reached",
  ENETUNREACH: "cannot be reached: no network",
};
const TRANSIENT = ["ECONNRESET", "EPIPE", "ETIMEDOUT", "EAI_AGAIN"];

const UNTRUSTED =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|CERT_.*|ERR_TLS_CERT_ALTNAME_INVALID)$/;
const NO_TLS = /^(EPROTO|ERR_SSL_.*)$/;

/** Something that a registry says or asks for, which is not gone along with. */
export class Refused extends Error {}

/** No answer, or only a part of one. */
export class ConnectionFailed extends Error {
  /** @param mayPass whether the same request may well succeed a little later. */
  constructor(
    message: string,
    readonly mayPass: boolean,
    /** Whether what answers there does not speak TLS. */
    readonly noTls = false,
  ) {
    super(message);
  }

  /** What went wrong, in words that begin with the host. What ended the work from outside stays as it is. */
  static from({ host }: URL, thrown: unknown): Error {
    if (thrown instanceof ConnectionFailed) return new ConnectionFailed(`${host} ${thrown.message}`, thrown.mayPass);
    const code = codeOf(thrown);
    if (code === undefined) return thrown instanceof Error ? thrown : new Error(messageOf(thrown));
    if (UNTRUSTED.test(code)) {
      const remedy = "NODE_EXTRA_CA_CERTS=FILE adds authorities to trust";
      return new ConnectionFailed(`${host}: its certificate is not trusted (${code}); ${remedy}`, false);
    }
    if (NO_TLS.test(code)) {
      return new ConnectionFailed(
        `${host} does not speak TLS as it must (${code}); --plain-http asks without`,
        false,
        true,
      );
    }
    if (code.startsWith("HPE_")) return new ConnectionFailed(`${host} does not speak HTTP as it must (${code})`, false);
    return new ConnectionFailed(`${host}: ${WORDS[code] ?? messageOf(thrown)}`, TRANSIENT.includes(code));
  }
}

/** Also of attempts at several addresses. */
function codeOf(thrown: unknown): string | undefined {
  if (thrown instanceof AggregateError) return codeOf(thrown.errors[0]);
  const code = (thrown as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}
