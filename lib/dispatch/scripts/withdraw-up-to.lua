--[[
Purpose   Removes the hints of a line between two places that the ledger was read from and up to.
Called by RedisDispatcher.withdrawUpTo, while the ledger itself gives whole claims.

KEYS[1]   epoch of the queue, which is not read
KEYS[2]   set of the types of which the ledger holds more than their window shows, which is not read either
KEYS[3…]  ready set of each type (score = −priority, member = job id)

ARGV[1], ARGV[2]  score and id of the job behind which the ledger was read; '' and '' when it was read from its head
ARGV[3], ARGV[4], …  for each ready set, in the order of KEYS: score and id of the last job that was claimed

Returns   how many hints there were.

Twice     There is nothing left between the two, but for what was announced meanwhile: that is found by the next
          look at the head of the ledger's line, or by the reconciler. Under another epoch as well.

Cost      O(log n) for each type, and as much as Redis takes to forget what is removed. The ids do not travel.
]]
local from_score, from_id = ARGV[1], ARGV[2]

-- A job may have no hint. As a member for a moment it shows how many rank before it.
local function stand_in(key, score, id)
  return redis.call('ZADD', key, score, id)
end

local removed = 0
for index = 3, #KEYS do
  local key = KEYS[index]
  local score, id = ARGV[2 * index - 3], ARGV[2 * index - 2]
  local stand_ins = stand_in(key, score, id)
  local first = 0
  if from_id ~= '' then
    stand_ins = stand_ins + stand_in(key, from_score, from_id)
    first = redis.call('ZRANK', key, from_id)
  end
  local last = redis.call('ZRANK', key, id)
  removed = removed + redis.call('ZREMRANGEBYRANK', key, first, last) - stand_ins
end
return removed
