-- Puts an item at the end of a list without doubles, and takes out what is too much at its beginning or too old.
-- ARGV: the item, how many the list may have, milliseconds that an item stays.
-- Answers what was taken out for being too much.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[3])
-- Items of one millisecond keep their order by the fraction.
redis.call('ZADD', KEYS[1], string.format('%.3f', time[1] * 1000 + time[2] / 1000), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local last = redis.call('ZCARD', KEYS[1]) - ARGV[2] - 1
if last < 0 then
  return {}
end
local gone = redis.call('ZRANGE', KEYS[1], 0, last)
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, last)
return gone
