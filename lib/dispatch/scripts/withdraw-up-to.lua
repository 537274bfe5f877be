--[[
Purpose   Removes the hints of a line up to a place that the ledger was read up to.
Called by RedisDispatcher.withdrawUpTo, while the ledger itself gives whole claims.

KEYS[1]   epoch of the queue, which is not read
KEYS[2]   set of the types of which the ledger holds more than their window shows, which is not read either
KEYS[3…]  ready set of each type (score = −priority, member = job id)

ARGV[1], ARGV[2], …  for each ready set, in the order of KEYS: score and id of the last job that was claimed

Returns   how many hints there were.

Twice     There is nothing left before that place, but for what was announced meanwhile: that is found by the next
          claim, which begins at the head of the ledger's line, or by the reconciler. Under another epoch as well.

Cost      O(log n) for each type, and as much as Redis takes to forget what is removed. The ids do not travel.
]]
local removed = 0
for index = 3, #KEYS do
  local key = KEYS[index]
  local score, id = ARGV[2 * index - 5], ARGV[2 * index - 4]
  -- It may have had no hint. As a member for a moment it shows how many rank before it.
  local was_hinted = redis.call('ZADD', key, score, id) == 0
  local before = redis.call('ZRANK', key, id)
  redis.call('ZREMRANGEBYRANK', key, 0, before)
  removed = removed + before + (was_hinted and 1 or 0)
end
return removed
