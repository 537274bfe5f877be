--[[
Purpose   Takes the next hints of one queue, over several job types: highest priority first, then oldest first.
Called by RedisDispatcher.take, when a worker has room.

KEYS[1]   epoch of the queue
KEYS[2]   set of the types of which the ledger holds more than their window shows
KEYS[3…]  ready set of each type that the worker has room for (score = −priority, member = job id)

ARGV[1]   the epoch that the caller knows
ARGV[2]   limit: how many hints at most, over all types
ARGV[3]   low-water mark: fewer hints than this are few
ARGV[4…]  for each ready set, in the order of KEYS: type, room (how many hints of it at most), name of a room that it
          shares with others ('' when the room is its own): those of one name get so many together

Returns   { 'taken', ids, low types, left }: low types have few hints left while the ledger holds more. Their mark is
          removed by this answer, so that one process fills the window; its restore sets the mark again. Left is how
          many hints the ready sets hold beside those.
          { 'forgotten' } when the epoch is missing or another one: then nothing was done.

Twice     The second call takes the next hints. Hints and marks of an answer that was lost are found by the
          reconciler, which compares the ready sets with the ledger.

Cost      One read per type, then O(n log types) for n hints. Everything is read before anything is removed, so that
          a foreign value under one key costs no hint of another type.
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return { 'forgotten' }
end

local limit = tonumber(ARGV[2])
local low_water = tonumber(ARGV[3])
local something_waits = redis.call('SCARD', KEYS[2]) > 0

-- A ready set is read page by page: many types with room for many hints would else be read whole for a few.
local page_size = math.ceil(limit / math.max(1, #KEYS - 2))

local function read_page(lane)
  local last = math.min(lane.taken + page_size, lane.room) - 1
  lane.page = last < lane.taken and {} or redis.call('ZRANGE', lane.key, lane.taken, last, 'WITHSCORES')
  lane.position = 1
end

local function look_at_head(lane)
  if lane.position > #lane.page then
    read_page(lane)
  end
  lane.id = lane.page[lane.position]
  lane.score = tonumber(lane.page[lane.position + 1])
  return lane.id
end

-- Ids are compared as text: they are UUIDs of version 7, so the older one comes first.
local function comes_before(one, other)
  if one.score == other.score then
    return one.id < other.id
  end
  return one.score < other.score
end

-- A binary heap of lanes; the lane with the best head is at its top.
local heap = {}

local function sink(index)
  while true do
    local child = 2 * index
    if child > #heap then
      return
    end
    if child < #heap and comes_before(heap[child + 1], heap[child]) then
      child = child + 1
    end
    if not comes_before(heap[child], heap[index]) then
      return
    end
    heap[index], heap[child] = heap[child], heap[index]
    index = child
  end
end

local taken_of_shared = {}

local function has_no_room(lane)
  return lane.shared ~= '' and taken_of_shared[lane.shared] >= lane.room
end

local lanes = {}
for index = 3, #KEYS do
  local argument = 4 + 3 * (index - 3)
  local lane = {
    key = KEYS[index],
    type = ARGV[argument],
    room = math.min(tonumber(ARGV[argument + 1]), limit),
    shared = ARGV[argument + 2],
    held = redis.call('ZCARD', KEYS[index]),
    taken = 0,
    page = {},
    position = 1,
  }
  lanes[#lanes + 1] = lane
  taken_of_shared[lane.shared] = 0
  if look_at_head(lane) then
    heap[#heap + 1] = lane
  end
end
for index = math.floor(#heap / 2), 1, -1 do
  sink(index)
end

local ids = {}
while #heap > 0 and #ids < limit do
  local best = heap[1]
  local is_left_out = has_no_room(best)
  if not is_left_out then
    ids[#ids + 1] = best.id
    best.taken = best.taken + 1
    taken_of_shared[best.shared] = taken_of_shared[best.shared] + 1
    best.position = best.position + 2
  end
  if is_left_out or not look_at_head(best) then
    heap[1] = heap[#heap]
    heap[#heap] = nil
  end
  sink(1)
end

local low_types = {}
local left = 0
for _, lane in ipairs(lanes) do
  if lane.taken > 0 then
    redis.call('ZREMRANGEBYRANK', lane.key, 0, lane.taken - 1)
  end
  left = left + lane.held - lane.taken
  if something_waits and lane.held - lane.taken < low_water and redis.call('SREM', KEYS[2], lane.type) == 1 then
    low_types[#low_types + 1] = lane.type
  end
end
return { 'taken', ids, low_types, left }
