/** Why a gateway does not take an image. */
export interface Refusal {
  why: string;
}

/** Whether a rule refused an image. */
export function isRefusal(answer: Uint8Array | Refusal): answer is Refusal {
  return !(answer instanceof Uint8Array);
}
