-- Asks for the paths of a file in turn: wrk -s bench/serving.lua URL -- FILE
-- A line is a path and, where the answer is known, a tab and its entity tag. TOKEN: a bearer token
-- that goes with every request.
local requests = {}
local last = 0

function init(args)
    local token = os.getenv("TOKEN")
    for line in io.lines(args[1]) do
        local path, tag = line:match("^([^\t]+)\t?(.*)$")
        local fields = {}
        if token and token ~= "" then fields["Authorization"] = "Bearer " .. token end
        if tag ~= "" then fields["If-None-Match"] = tag end
        requests[#requests + 1] = wrk.format("GET", path, fields)
    end
end

function request()
    last = last % #requests + 1
    return requests[last]
end

function done(summary)
    local errors = summary.errors
    io.write(string.format("answered\t%d\t%d\t%d\n", summary.requests,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout,
        summary.bytes))
end
