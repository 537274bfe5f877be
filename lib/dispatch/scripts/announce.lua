--[[
Purpose   Makes pending jobs of one queue reachable, and wakes the workers that wait for them.
Called by RedisDispatcher.announce, after the jobs were committed to the ledger.

KEYS[1]   epoch of the queue
KEYS[2]   set of the types of which the ledger holds more than their window shows
KEYS[3…]  ready set of each type (score = −priority, member = job id)

ARGV[1]   the epoch that the caller knows
ARGV[2]   wake-up channel
ARGV[3]   window: how many hints a ready set holds at most
ARGV[4…]  for each ready set, in the order of KEYS: type, number of scores n, then n times a score and the ids that
          have it, each of 36 characters, one after the other: as values of their own they cost the client more than
          all the rest. No more ids than half of what Lua can unpack at once, some 7,000: each goes with its score

Returns   { 'announced', full types }: those of which no hint was taken, because all rank behind the tail.
          { 'forgotten' } when the epoch is missing or another one: then nothing was done.

Twice     A hint that is held already stays as it is; the second call only wakes the workers again.

A type that has more in the ledger takes no hint that ranks behind its tail: between the two lie older jobs that
were never shown, and the hint would overtake them. It comes in with them, when the window is filled again.
Everything is read before anything is written, so that a foreign value under one key changes nothing under another.
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return { 'forgotten' }
end

local ID_LENGTH = 36
local channel = ARGV[2]
local window = tonumber(ARGV[3])

local something_waits = redis.call('SCARD', KEYS[2]) > 0

local function tail_of(key, type)
  local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
  if #last == 0 or not something_waits or redis.call('SISMEMBER', KEYS[2], type) == 0 then
    return nil
  end
  return { id = last[1], score = tonumber(last[2]) }
end

local function ranks_behind(tail, score, id)
  if score == tail.score then
    return id > tail.id
  end
  return score > tail.score
end

local lanes = {}
local at = 4
for index = 3, #KEYS do
  local type, count = ARGV[at], tonumber(ARGV[at + 1])
  lanes[#lanes + 1] = {
    key = KEYS[index],
    type = type,
    first = at + 2,
    last = at + 1 + 2 * count,
    tail = tail_of(KEYS[index], type),
  }
  at = at + 2 + 2 * count
end

local reachable = false
local full_types = {}
for _, lane in ipairs(lanes) do
  local pairs_to_add = {}
  for position = lane.first, lane.last, 2 do
    local score, ids = ARGV[position], ARGV[position + 1]
    for start = 1, #ids, ID_LENGTH do
      local id = string.sub(ids, start, start + ID_LENGTH - 1)
      if not (lane.tail and ranks_behind(lane.tail, tonumber(score), id)) then
        pairs_to_add[#pairs_to_add + 1] = score
        pairs_to_add[#pairs_to_add + 1] = id
      end
    end
  end
  if #pairs_to_add > 0 then
    redis.call('ZADD', lane.key, unpack(pairs_to_add))
    reachable = true
  else
    full_types[#full_types + 1] = lane.type
  end
  local overflow = redis.call('ZCARD', lane.key) - window
  if overflow > 0 then
    redis.call('ZREMRANGEBYRANK', lane.key, -overflow, -1)
    redis.call('SADD', KEYS[2], lane.type)
  end
end

if reachable then
  redis.call('PUBLISH', channel, '')
end
return { 'announced', full_types }
