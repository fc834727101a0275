-- The service `lua.tcp_probe`: answers 200 when a connect to the application succeeds, made for this very request; else 503.
--
-- `txn.port` is the application's port, `txn.loopback` the addresses to try, separated by blanks. A refused connect is tried
-- again by HAProxy three times, a second apart, unless its time is shorter: so each address gets a moment first, which on
-- loopback is enough unless the application is slow to accept, and then all the time that the kubelet has.
local MOMENT, PATIENT = 0.05, 3600

local function connects(address, port, seconds)
  local socket = core.tcp()
  socket:settimeout(seconds)
  local connected = socket:connect(address, port)
  socket:close()
  return connected
end

local function is_open(addresses, port)
  for _, seconds in ipairs({ MOMENT, PATIENT }) do
    for address in string.gmatch(addresses, "%S+") do
      if connects(address, port, seconds) then return true end
    end
  end
  return false
end

core.register_service("tcp_probe", "http", function(applet)
  local open = is_open(applet:get_var("txn.loopback"), applet:get_var("txn.port"))
  applet:set_status(open and 200 or 503)
  applet:add_header("content-length", "0")
  applet:start_response()
end)
