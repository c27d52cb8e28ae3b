// Adds one response header, written in the ordinary way on the library: a root context and a stream context.
// Its streams carry no state and it has no configuration, so it does without proxy_on_delete and proxy_on_context_create.
import {
  Context,
  FilterHeadersStatusValues,
  Header,
  registerRootContext,
  responseHeader,
  RootContext,
  Utf8,
} from "../../../assembly";

export { proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../../../assembly/abi/exports/abi-version";
export { proxy_on_configure } from "../../../assembly/abi/exports/configure";
export { proxy_on_response_headers } from "../../../assembly/abi/exports/response-headers";

class HelloRoot extends RootContext {
  readonly header: Header = responseHeader("hello");
  readonly value: Utf8 = new Utf8("world");

  createContext(): Context {
    return new HelloContext(this);
  }
}

class HelloContext extends Context {
  constructor(private readonly root: HelloRoot) {
    super();
  }

  onResponseHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    this.root.header.add(this.root.value);
    return FilterHeadersStatusValues.Continue;
  }
}

registerRootContext((contextId: u32) => new HelloRoot(contextId), "hello");
