// Adds one response header on @solo-io/proxy-runtime, as its README shows it.
export * from "@solo-io/proxy-runtime/assembly/proxy";
import {
  Context,
  FilterHeadersStatusValues,
  registerRootContext,
  RootContext,
  stream_context,
} from "@solo-io/proxy-runtime/assembly";

class HelloRoot extends RootContext {
  createContext(contextId: u32): Context {
    return new HelloContext(contextId, this);
  }
}

class HelloContext extends Context {
  constructor(contextId: u32, root: HelloRoot) {
    super(contextId, root);
  }

  onResponseHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    stream_context.headers.response.add("hello", "world");
    return FilterHeadersStatusValues.Continue;
  }
}

registerRootContext((contextId: u32) => new HelloRoot(contextId), "hello");
