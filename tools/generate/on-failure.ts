import type { Failure } from "../policy/model.js";

/** What becomes of requests when a plugin fails, by what a policy says; what a target refuses is not there. */
export type OnFailure = Partial<Record<Failure, string>>;

const TRAP: Record<Failure, string> = {
  open: "a request that makes a plugin trap gets a 503, and those after it pass without the plugin",
  closed: "a request that makes a plugin trap gets a 503, and so do those after it until the plugin is configured anew",
  reload: "a request that makes a plugin trap gets a 503, and the plugin starts anew, without what it knew",
};

function also(fetching: Record<Failure, string>): OnFailure {
  return {
    open: `${fetching.open}; ${TRAP.open}`,
    closed: `${fetching.closed}; ${TRAP.closed}`,
    reload: `${fetching.reload}; ${TRAP.reload}`,
  };
}

function same(closed: string): { closed: string; reload: string } {
  return { closed, reload: closed };
}

/** Where Istio's agent fetches. */
export const WITH_AGENT = also({
  open: "requests pass while a module cannot be fetched",
  ...same("requests get a 403 while a module cannot be fetched"),
});

/** Where Envoy reads or fetches by itself. */
export const BY_ENVOY = also({
  open: "Envoy refuses a listener whose module it cannot read, and lets requests pass while it cannot fetch one",
  ...same("Envoy refuses a listener whose module it cannot read, and answers 503 while it cannot fetch one"),
});

/** Where Envoy finds configurations in files. */
export const BY_FILES = also({
  open: "what Envoy cannot use it refuses, goes on with what it had, and lets requests pass if it had nothing",
  ...same("what Envoy cannot use it refuses, goes on with what it had, and answers 500 if it had nothing"),
});

export const BY_ENVOY_GATEWAY: OnFailure = {
  open: "failOpen: requests pass without a plugin that cannot be had or traps, also the one that makes it trap",
  closed: "requests get a 5xx without a plugin that cannot be had or traps",
};

export const BY_HIGRESS: OnFailure = { open: WITH_AGENT.open!, closed: WITH_AGENT.closed! };
