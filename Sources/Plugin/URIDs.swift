// URIDs: the numbers that this host gives to the URIs that are spoken on the ports.
// Asked for once, at instantiation; the audio thread compares numbers.
import CLV2

struct URIDs: BitwiseCopyable {
  let int: LV2_URID, long: LV2_URID, float: LV2_URID, double: LV2_URID, path: LV2_URID, string: LV2_URID, urid: LV2_URID
  let object: LV2_URID, blank: LV2_URID, sequence: LV2_URID
  let midiEvent: LV2_URID
  let get: LV2_URID, set: LV2_URID, put: LV2_URID
  let property: LV2_URID, value: LV2_URID, body: LV2_URID, subject: LV2_URID
  let stateChanged: LV2_URID
  let position: LV2_URID, frame: LV2_URID, speed: LV2_URID
  let bar: LV2_URID, barBeat: LV2_URID, beatUnit: LV2_URID, beatsPerBar: LV2_URID, beatsPerMinute: LV2_URID
  let nominalBlockLength: LV2_URID, maximalBlockLength: LV2_URID
  let logError: LV2_URID, logNote: LV2_URID
  /// The plugin's own.
  let plugin: LV2_URID, voice: LV2_URID, score: LV2_URID, scoreStart: LV2_URID, status: LV2_URID, version: LV2_URID
  let prompt: LV2_URID, film: LV2_URID

  /// Fails where the host cannot map.
  init?(_ feature: LV2_URID_Map, of kind: PluginKind) {
    guard let function = feature.map else { return nil }
    func map(_ prefix: String, _ name: String = "") -> LV2_URID { function(feature.handle, prefix + name) }
    let atom = "http://lv2plug.in/ns/ext/atom#"
    int = map(atom, "Int")
    long = map(atom, "Long")
    float = map(atom, "Float")
    double = map(atom, "Double")
    path = map(atom, "Path")
    string = map(atom, "String")
    urid = map(atom, "URID")
    object = map(atom, "Object")
    blank = map(atom, "Blank")
    sequence = map(atom, "Sequence")
    midiEvent = map("http://lv2plug.in/ns/ext/midi#MidiEvent")
    let patch = "http://lv2plug.in/ns/ext/patch#"
    get = map(patch, "Get")
    set = map(patch, "Set")
    put = map(patch, "Put")
    property = map(patch, "property")
    value = map(patch, "value")
    body = map(patch, "body")
    subject = map(patch, "subject")
    stateChanged = map("http://lv2plug.in/ns/ext/state#StateChanged")
    let time = "http://lv2plug.in/ns/ext/time#"
    position = map(time, "Position")
    frame = map(time, "frame")
    speed = map(time, "speed")
    bar = map(time, "bar")
    barBeat = map(time, "barBeat")
    beatUnit = map(time, "beatUnit")
    beatsPerBar = map(time, "beatsPerBar")
    beatsPerMinute = map(time, "beatsPerMinute")
    let size = "http://lv2plug.in/ns/ext/buf-size#"
    nominalBlockLength = map(size, "nominalBlockLength")
    maximalBlockLength = map(size, "maxBlockLength")
    let log = "http://lv2plug.in/ns/ext/log#"
    logError = map(log, "Error")
    logNote = map(log, "Note")
    plugin = map(kind.uri)
    voice = map(kind.uri, "#voice")
    score = map(kind.uri, "#score")
    scoreStart = map(kind.uri, "#score-start")
    status = map(kind.uri, "#status")
    version = map(kind.uri, "#version")
    prompt = map(kind.uri, "#prompt")
    film = map(kind.uri, "#film")
  }
}
