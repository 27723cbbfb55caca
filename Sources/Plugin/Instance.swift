// Instance: what the audio thread has in its hands: plain memory, no object, no reference counted.
// `Backstage` holds everything else, and is not met by the audio thread.
import CLV2
import Performer
import Synchronization

/// One instance's memory, which the host knows as its handle.
struct Instance: BitwiseCopyable {
  let urids: URIDs
  /// Samples a second.
  let rate: Int
  /// What plays.
  let stage: Stage
  /// The path that was asked for; empty means the bundle's own voice.
  let voice: Billboard
  /// The path of the score; empty means none.
  let score: Billboard
  /// Where it begins.
  let scoreStart: Dial
  /// What leads an instrument that is led; empty means nothing.
  let prompt: Billboard, film: Billboard
  let isLed: Bool
  /// Where the score lies once it is read.
  let lectern: Lectern
  /// What there is to say about the two.
  let status: Billboard
  /// Calls the courier, who tells of the edition of `wish` that was delivered last, and when something has arrived.
  let bell: Signal
  let arrival: Signal
  let delivered: UnsafeMutablePointer<Atomic<Int>>
  /// Holds one reference.
  let backstage: Unmanaged<Backstage>

  /// Unless the control says otherwise.
  let tellsPositionOfSound: Bool

  var ports = Ports()
  var controls: Controls
  var settings: PerformanceSettings
  var gain = Ramp(1), presence = Ramp(1)
  var tiltLeft: Tilt, tiltRight: Tilt
  var transport = Transport()
  /// What the player holds, and how the score is performed.
  var live = Hand()
  var player = ScorePlayer()
  var follower = FilmFollower()
  /// The latency of the cycle before: a new one silences the piano.
  var seenLatency = 0
  /// Samples since something sounded or was struck.
  var silence = Self.longSilence
  /// What the host knows of each property.
  var knownVoice = Known(), knownScore = Known(), knownStart = Known(), knownStatus = Known()
  var knownPrompt = Known(), knownFilm = Known()
  /// Whether something the host stores has changed without its doing.
  var isStateChanged = false
  /// The voice's status when the courier was last called to look at it.
  var seenStatus = VoiceStatus.none
  /// The same for how the machine keeps up.
  var seenNews: UInt64 = 0

  /// More samples than any latency has.
  static var longSilence: Int { @_noLocks @_noAllocation get { 1 << 40 } }

  init(urids: URIDs, rate: Int, tellsPositionOfSound: Bool, backstage: Backstage) {
    self.urids = urids
    self.tellsPositionOfSound = tellsPositionOfSound
    self.rate = rate
    stage = backstage.performer.stage
    voice = backstage.voice
    score = backstage.score
    scoreStart = backstage.scoreStart
    lectern = backstage.lectern
    prompt = backstage.prompt
    film = backstage.film
    isLed = backstage.kind.isLed
    controls = backstage.kind.controls
    status = backstage.status
    bell = backstage.bell
    arrival = backstage.arrival
    delivered = backstage.delivered
    self.backstage = .passRetained(backstage)
    tiltLeft = Tilt(rate: rate)
    tiltRight = tiltLeft
    settings = PerformanceSettings(
      steps: Int32(controls.steps.whole), guidance: controls.guidance.value, seed: UInt64(controls.seed.whole))
    stage.set(settings)
  }
}

extension Instance {
  /// Grows whenever another voice is asked for, or another lead.
  var wish: Int { @_noLocks @_noAllocation get { voice.edition &+ prompt.edition &+ film.edition } }
}

/// The handle as what it points to.
func instance(_ handle: LV2_Handle?) -> UnsafeMutablePointer<Instance>? {
  handle?.assumingMemoryBound(to: Instance.self)
}
