-- The record at KEYS[1], kept for ARGV[2] milliseconds from now; ARGV[1] becomes it where there is none.
local held = redis.call('GET', KEYS[1]) or ARGV[1]
redis.call('SET', KEYS[1], held, 'PX', ARGV[2])
return held
