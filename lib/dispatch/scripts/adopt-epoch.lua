--[[
Purpose   Agrees on the epoch of one queue: the one that is there, or else the proposed one.
Called by RedisDispatcher at the first use of a queue, when its epoch is missing or another one, and by the probe
          that decides whether Redis can be used again.

KEYS[1]   epoch of the queue
KEYS[2]   set of the types of which the ledger holds more than their window shows
KEYS[3…]  ready sets that the caller uses

ARGV[1]   the proposed epoch: random

Returns   { epoch, 1 when it was made by this call, else 0 }

Twice     The second call answers the same epoch.

It touches every key in the way the other scripts do, and always writes: a Redis that is read-only, out of memory,
older than 6.2 (ZMSCORE), or holds a foreign value under one of the keys refuses here already, and the probe does not
call it usable.
]]
local epoch = redis.call('GET', KEYS[1])
redis.call('SCARD', KEYS[2])
for index = 3, #KEYS do
  redis.call('ZMSCORE', KEYS[index], '')
end
redis.call('SET', KEYS[1], epoch or ARGV[1])
return { epoch or ARGV[1], epoch and 0 or 1 }
