-- Makes an Ardour session with the plugin on a MIDI track and a score on that track, and saves it; or opens one that is
-- there, and saves it again. Ardour needs no display and no sound card for it.
-- usage: ardour7-lua ardour-session.lua new FOLDER RATE SCORE.mid SECONDS [CONTROL=VALUE | voice=PATH | score=PATH | score-start=SECONDS]...
--        ardour7-lua ardour-session.lua again FOLDER
local uri = "urn:fotoplayer:piano"
local task, folder, rate, score, seconds = table.unpack(arg)
-- A session is named as its folder: its files are looked for by that name.
local name = folder:match("[^/]+$")

local function wait(what, is_so)
  for _ = 1, 200 do
    if is_so() then return end
    ARDOUR.LuaAPI.usleep(50000)
  end
  error("Ardour does not come to an end: " .. what)
end

local function plugin_of(session)
  for route in session:get_routes():iter() do
    local processor = route:nth_plugin(0)
    if not processor:isnil() then return processor:to_insert() end
  end
  error("no plugin in the session")
end

local function set_control(insert, symbol, value)
  -- Ardour counts control ports, in and out.
  local plugin, which = insert:plugin(0), 0
  for port = 0, plugin:parameter_count() - 1 do
    if plugin:parameter_is_control(port) then
      if plugin:parameter_is_input(port) and plugin:parameter_label(port):lower() == symbol then
        return assert(ARDOUR.LuaAPI.set_processor_param(insert, which, tonumber(value)), "Ardour does not set " .. symbol)
      end
      which = which + 1
    end
  end
  error("no control " .. symbol)
end

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  assert(file:write(text))
  file:close()
end

-- Lua cannot set a property that is no port: it is written into the plugin's saved state.
local function put_into(path, property, value, datatype)
  local state = path .. "/plugins/" .. read(path .. "/" .. name .. ".ardour"):match('<Processor id="(%d+)"[^>]-' .. uri)
    .. "/state1/state.ttl"
  local key = string.format("<%s#%s>", uri, property)
  local text, count = read(state):gsub("%s" .. key:gsub("%p", "%%%0") .. "[^\n]*", ""):gsub("state:state %[", function(all)
    return string.format('%s\n\t\t%s "%s"^^%s ;', all, key, value, datatype)
  end)
  assert(count == 1, "no state in " .. state)
  write(state, text)
end

-- Lua cannot import a MIDI file: it is written into the saved session, as one region from the session's start.
local function put_score_into(path)
  local text = read(path)
  local base = "score.mid"
  assert(os.execute(string.format("mkdir -p '%s/interchange/%s/midifiles' && cp '%s' '%s/interchange/%s/midifiles/%s'",
    folder, name, score, folder, name, base)))
  local counter = math.tointeger(text:match('id%-counter="(%d+)"'))
  local route = text:match('<Route [^>]*default%-type="midi".-</Route>')
  local track, playlist = route:match('name="([^"]*)"'), route:match('midi%-playlist="(%d+)"')
  local beats = math.tointeger(seconds * 2 * 1920)  -- 120 beats a minute, 1920 ticks each
  local function region(id, whole)
    return string.format('<Region name="score" muted="0" opaque="1" locked="0" video-locked="0" automatic="0" whole-file="%d" '
      .. 'import="0" external="0" sync-marked="0" left-of-split="0" right-of-split="0" hidden="0" position-locked="0" '
      .. 'valid-transients="0" start="b0" length="b%d@b0" sync-position="b0" ancestral-start="b0" ancestral-length="b0@b0" '
      .. 'stretch="1" shift="1" layering-index="0" tags="" contents="0" id="%d" type="midi" first-edit="nothing" '
      .. 'source-0="%d" master-source-0="%d"/>', whole, beats, id, counter, counter)
  end
  local function insert(element, addition, pattern)
    -- An element that is empty, or one that has something in it already.
    local count
    text, count = text:gsub("<" .. element .. (pattern or "") .. "/>",
      function(tag) return tag:sub(1, -3) .. ">" .. addition .. "</" .. element:gsub("%%", "") .. ">" end, 1)
    if count == 0 then
      text, count = text:gsub("<" .. element .. (pattern or "") .. ">", function(tag) return tag .. addition end, 1)
    end
    assert(count == 1, "no " .. element .. " in the session")
  end
  insert("Sources", string.format('<Source name="%s" take-id="" type="midi" flags="" id="%d" natural-position="a0" '
    .. 'captured-for="%s" origin=""/>', base, counter, track))
  insert("Regions", region(counter + 1, 1))
  insert("Playlist", region(counter + 2, 0), ' [^>]-id="' .. playlist .. '"[^>]-')
  text = text:gsub("<Location [^>]-IsSessionRange.->", "", 1)
  insert("Locations", string.format('<Location id="%d" name="session" start="a0" end="a%d" flags="IsSessionRange" locked="0" '
    .. 'timestamp="0" cue="0"/>', counter + 3, math.tointeger(seconds * 282240000)))
  text = text:gsub('id%-counter="%d+"', string.format('id-counter="%d"', counter + 10), 1)
  write(path, text)
end

if task == "new" then
  os.execute("rm -rf '" .. folder .. "'")  -- What an attempt that stood still has left.
  local session = create_session(folder, name, tonumber(rate))
  assert(session, "no session in " .. folder)
  local one = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)
  local track = session:new_midi_track(one, one, false, ARDOUR.PluginInfo(), nil, nil, 1, "Piano",
    ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true, false):front()
  -- Ardour connects new tracks on a thread of its own; whoever goes on at once gets a silent session.
  ARDOUR.LuaAPI.usleep(500000)
  local plugin = ARDOUR.LuaAPI.new_plugin(session, uri, ARDOUR.PluginType.LV2, "")
  assert(not plugin:isnil(), "Ardour does not find " .. uri)
  assert(track:add_processor_by_index(plugin, 0, nil, true) == 0, "the track does not take the plugin")
  wait("the track's way to the master bus", function() return track:output():audio(0):connected() end)
  local properties, types = {}, { voice = "atom:Path", score = "atom:Path", ["score-start"] = "xsd:double" }
  for _, assignment in ipairs({ table.unpack(arg, 6) }) do
    local symbol, value = assignment:match("^([%w-]+)=(.*)$")
    if types[symbol] then
      properties[symbol] = value
    else
      set_control(plugin_of(session), symbol, value)
    end
  end
  ARDOUR.LuaAPI.usleep(300000)
  session:save_state("")
  close_session()
  put_score_into(folder .. "/" .. name .. ".ardour")
  for property, value in pairs(properties) do put_into(folder, property, value, types[property]) end
elseif task == "again" then
  local session = load_session(folder, name)
  assert(session, "the session does not open")
  ARDOUR.LuaAPI.usleep(500000)
  plugin_of(session)
  session:save_state("")
  close_session()
else
  error("new or again, not " .. tostring(task))
end
print("Ardour has saved " .. folder)
quit()
