// Instance: what the audio thread has in its hands: plain memory, no object, no reference counted.
// `Backstage` holds everything else, and is not met by the audio thread.
import CLV2

/// One instance's memory, which the host knows as its handle.
struct Instance: BitwiseCopyable {
  let urids: URIDs
  /// Samples a second.
  let rate: Int
  /// The path that was asked for; empty means the bundle's own voice.
  let voice: Billboard
  /// What there is to say about the voice.
  let status: Billboard
  /// Holds one reference.
  let backstage: Unmanaged<Backstage>

  var ports = Ports()
  var controls = Controls()
  var gain = Ramp(1), presence = Ramp(1)
  /// The editions that the host has been told of, and whether it asked for one of them.
  var toldVoice = 0, toldStatus = 0
  var isVoiceAsked = false, isStatusAsked = false
  /// Whether something the host stores has changed without its doing.
  var isStateChanged = false

  init(urids: URIDs, rate: Int, backstage: Backstage) {
    self.urids = urids
    self.rate = rate
    voice = backstage.voice
    status = backstage.status
    self.backstage = .passRetained(backstage)
  }
}

/// The handle as what it points to.
func instance(_ handle: LV2_Handle?) -> UnsafeMutablePointer<Instance>? {
  handle?.assumingMemoryBound(to: Instance.self)
}
