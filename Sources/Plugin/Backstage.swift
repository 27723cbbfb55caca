// Backstage: what an instance has that is not for the audio thread: the performer, the bundle, the log.
// Made when the host instantiates, gone when it cleans up.

final class Backstage {
  let urids: URIDs
  let log: HostLog
  /// The voice of the bundle, which plays unless another was asked for.
  let ownVoice: String
  let voice = Billboard()
  let status = Billboard()

  init(urids: URIDs, log: HostLog, bundle: String) {
    self.urids = urids
    self.log = log
    ownVoice = bundle + (bundle.hasSuffix("/") ? "" : "/") + "voices/piano.safetensors"
  }

  deinit {
    voice.deallocate()
    status.deallocate()
  }
}
