import { Status, StreamType } from "../abi.js";
import type { HostCallFactory } from "./host-call.js";

/** What ABI 0.1.0 has in place of continue_stream, get_buffer_bytes and a foreign function. */
export const oldestCalls: HostCallFactory = (vm) => ({
  plain: {
    /** That of the plugin while it can be read, that of the VM at any other time. */
    proxy_get_configuration(pointerAt = 0, sizeAt = 0) {
      const { root } = vm.acting;
      const configuration = root?.configuring ? root.plugin.configuration : vm.configuration;
      return vm.giveBytes(configuration, pointerAt, sizeAt) ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_continue_request: () => vm.acting.continueStream(StreamType.Request),
    proxy_continue_response: () => vm.acting.continueStream(StreamType.Response),

    proxy_clear_route_cache() {
      vm.acting.clearRouteCache();
      return Status.Ok;
    },
  },
});
