-- The fetch `lua.spiffe_id`: the SPIFFE id of the client's certificate, or "" unless it has exactly one URI SAN in strict DER.
--
-- Not `ssl_c_san`: with the identity shim loaded that shows the shim's name too. A fetch and not a converter: HAProxy hands
-- binary samples to Lua converters as hex. It needs a stream (`tcp-request content`, `http-request`), and costs 17 % of the
-- requests when called for each: keep the answer in a `sess.` variable.
local byte, find, sub = string.byte, string.find, string.sub

local BOOLEAN, OCTET_STRING, OID, SEQUENCE = 0x01, 0x04, 0x06, 0x30
local EXTENSIONS = 0xa3                 -- [3] EXPLICIT, the last field of a TBSCertificate
local URI = 0x86                        -- [6] IMPLICIT IA5String in GeneralNames
local SUBJECT_ALT_NAME = "\x55\x1d\x11" -- 2.5.29.17

-- The DER element at `p`, which must end at or before `last`: its tag, and where its value starts and ends. Nil if malformed.
local function element(s, p, last)
  if p + 1 > last then return nil end
  local tag, length = byte(s, p), byte(s, p + 1)
  if tag & 0x1f == 0x1f then return nil end -- a tag of several bytes: X.509 has none
  local value = p + 2
  if length >= 0x80 then
    local n = length & 0x7f
    if n == 0 or n > 3 or value + n - 1 > last then return nil end -- indefinite, or absurd
    length = 0
    for i = value, value + n - 1 do length = (length << 8) | byte(s, i) end
    if length < 0x80 or (n > 1 and length < (1 << (8 * (n - 1)))) then return nil end -- not the shortest form
    value = value + n
  end
  if value + length - 1 > last then return nil end
  return tag, value, value + length - 1
end

-- Where the list of extensions starts and ends.
local function extensions(der)
  local tag, first, last = element(der, 1, #der) -- Certificate
  if tag ~= SEQUENCE or last ~= #der then return nil end
  tag, first, last = element(der, first, last) -- TBSCertificate
  if tag ~= SEQUENCE then return nil end
  local p, from, to = first, nil, nil
  repeat
    tag, from, to = element(der, p, last)
    if not tag then return nil end
    p = to + 1
  until tag == EXTENSIONS
  if to ~= last then return nil end
  tag, first, last = element(der, from, to)
  if tag ~= SEQUENCE or last ~= to then return nil end
  return first, last
end

-- The only URI among the GeneralNames that an extension's octet string holds.
local function only_uri(der, p, last)
  local tag, first, stop = element(der, p, last)
  if tag == BOOLEAN then tag, first, stop = element(der, stop + 1, last) end -- "critical"
  if tag ~= OCTET_STRING or stop ~= last then return nil end
  tag, first, stop = element(der, first, stop)
  if tag ~= SEQUENCE or stop ~= last then return nil end
  local uri
  while first <= stop do
    local kind, from, to = element(der, first, stop)
    if not kind then return nil end
    if kind == URI then
      if uri then return nil end
      uri = sub(der, from, to)
    elseif kind & 0x1f == 6 or kind & 0xc0 ~= 0x80 then
      return nil -- [6] in constructed form is a URI to readers of BER
    end
    first = to + 1
  end
  return uri
end

-- The value of the only subjectAltName extension that has one URI.
local function uri_san(der)
  local p, last = extensions(der)
  if not p then return nil end
  local uri, seen
  while p <= last do
    local tag, first, stop = element(der, p, last)
    if tag ~= SEQUENCE then return nil end
    local kind, from, to = element(der, first, stop)
    if kind ~= OID then return nil end
    if sub(der, from, to) == SUBJECT_ALT_NAME then
      if seen then return nil end
      seen = true
      uri = only_uri(der, to + 1, stop)
      if not uri then return nil end
    end
    p = stop + 1
  end
  return uri
end

-- Only what no map, log line or header can misread: no separators, escapes or control characters.
local function spiffe_id(der)
  local uri = uri_san(der)
  if uri and #uri <= 2048 and find(uri, "^spiffe://[a-z0-9._-]+/[A-Za-z0-9._/-]*$") then return uri end
  return ""
end

-- Certificates repeat, so almost no connection pays for parsing. Only real leaves are kept: 512 of 16 KB would be 20 MB.
local CACHED_CERTIFICATES, CACHED_BYTES = 512, 4096
local cache, cached = {}, 0

local function cached_spiffe_id(der)
  if not der or der == "" then return "" end
  local id = cache[der]
  if id then return id end
  id = spiffe_id(der)
  if #der <= CACHED_BYTES then
    if cached >= CACHED_CERTIFICATES then cache, cached = {}, 0 end
    cache[der], cached = id, cached + 1
  end
  return id
end

core.register_fetches("spiffe_id", function(txn) return cached_spiffe_id(txn.f:ssl_c_der()) end)
