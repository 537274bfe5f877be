--[[
Purpose   Puts back what a ready set should hold, from what the ledger says.
Called by RedisDispatcher.restore, once per chunk of the hints, in claim order.

KEYS[1]   epoch of the queue
KEYS[2]   set of the types of which the ledger holds more than their window shows
KEYS[3]   ready set of the type (score = −priority, member = job id)

ARGV[1]   the epoch that the caller knows
ARGV[2]   wake-up channel
ARGV[3]   window: how many hints a ready set holds at most
ARGV[4]   type
ARGV[5]   what comes after these hints: 'nothing' (these are all), 'more' (the ledger holds more), or
          'another chunk' (the mark is left to the last chunk)
ARGV[6…]  a score and the ids that have it, each of 36 characters, one after the other; for each score

Returns   { 'restored', n }: n of the hints are held now and were not before.
          { 'forgotten' } when the epoch is missing or another one: then nothing was done.

Twice     The second call finds all hints there, adds none and wakes nobody.
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return { 'forgotten' }
end

local key, waiting_types, type, window = KEYS[3], KEYS[2], ARGV[4], tonumber(ARGV[3])
local what_follows = ARGV[5]

local ID_LENGTH = 36
local pairs_to_add, ids = {}, {}
for position = 6, #ARGV, 2 do
  local score, joined = ARGV[position], ARGV[position + 1]
  for start = 1, #joined, ID_LENGTH do
    local id = string.sub(joined, start, start + ID_LENGTH - 1)
    pairs_to_add[#pairs_to_add + 1] = score
    pairs_to_add[#pairs_to_add + 1] = id
    ids[#ids + 1] = id
  end
end

redis.call('SCARD', waiting_types) -- a foreign value under this key must fail before the first write

local added = 0
if #ids > 0 and redis.call('ZCARD', key) + #ids <= window then
  added = redis.call('ZADD', key, unpack(pairs_to_add)) -- nothing is displaced: every new hint stays
elseif #ids > 0 then
  local before = redis.call('ZMSCORE', key, unpack(ids))
  redis.call('ZADD', key, unpack(pairs_to_add))
  local overflow = redis.call('ZCARD', key) - window
  if overflow > 0 then
    redis.call('ZREMRANGEBYRANK', key, -overflow, -1)
    what_follows = 'more'
  end
  local after = redis.call('ZMSCORE', key, unpack(ids))
  for index = 1, #ids do
    if after[index] and not before[index] then
      added = added + 1
    end
  end
end

if what_follows == 'more' then
  redis.call('SADD', waiting_types, type)
elseif what_follows == 'nothing' then
  redis.call('SREM', waiting_types, type)
end
if added > 0 then
  redis.call('PUBLISH', ARGV[2], '')
end
return { 'restored', added }
