--[[
Purpose   Removes hints of jobs that were claimed without them.
Called by RedisDispatcher.withdraw, after the ledger itself has given the jobs.

KEYS[1]   epoch of the queue, which is not read
KEYS[2]   set of the types of which the ledger holds more than their window shows, which is not read either
KEYS[3…]  ready set of each type (score = −priority, member = job id)

ARGV[1]   what is removed from the first ready set: ids, each of 36 characters, one after the other; one at least, and
          no more than Lua can unpack at once, some 7,000
ARGV[2…]  the same for the others, in the order of KEYS

Returns   how many there were.

Twice     What is not there is not removed again. Under another epoch as well: a hint of a claimed job is wrong in
          any. One that was announced anew meanwhile is found by the reconciler.

Cost      O(log n) for each id that is there, O(1) for each that is not.
]]
local ID_LENGTH = 36

local removed = 0
for index = 3, #KEYS do
  local joined = ARGV[index - 2]
  local ids = {}
  for start = 1, #joined, ID_LENGTH do
    ids[#ids + 1] = string.sub(joined, start, start + ID_LENGTH - 1)
  end
  removed = removed + redis.call('ZREM', KEYS[index], unpack(ids))
end
return removed
