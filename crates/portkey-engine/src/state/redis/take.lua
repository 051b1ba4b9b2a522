-- Takes some from a bucket by the generic cell rate algorithm. The key holds the time at which the bucket is full again.
-- ARGV: nanoseconds from one to the next, how many the bucket holds, how many to take.
-- Answers 0, or the microseconds until there are as many again. The clock is the server's, so replicas' clocks may differ.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval = ARGV[1] / 1000
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + interval * tonumber(ARGV[3])
local wait = full - interval * tonumber(ARGV[2]) - now
if wait > 0 then
  return math.ceil(wait)
end
redis.call('SET', KEYS[1], string.format('%.3f', full), 'PX', math.ceil((full - now) / 1000))
return 0
