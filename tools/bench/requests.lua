-- What wrk sends, whichever variant is measured: GETs of 1000 users in turn, each continuing a trace.
-- The plugins' configurations in configs.ts go with it.
local requests = {}
local last = 0

function init()
  for user = 1, 1000 do
    requests[user] = wrk.format("GET", "/api/items", {
      ["x-user-id"] = tostring(user * 100),
      ["traceparent"] = string.format("00-4bf92f3577b34da6a3ce929d%08x-00f067aa0ba902b7-01", user),
      ["tracestate"] = "congo=t61rcWkgMzE",
    })
  end
end

function request()
  last = last % #requests + 1
  return requests[last]
end
