// Backstage: what an instance has that is not for the audio thread: the performer, the bundle, the log,
// and a courier, who carries what the audio thread was told to where it takes effect.
import Glibc
import Performer
import Synchronization

final class Backstage: @unchecked Sendable {
  let kind: PluginKind
  let urids: URIDs
  let log: HostLog
  let performer: Performer
  /// The voice of the bundle, which plays unless another was asked for.
  let ownVoice: String
  /// Where else voices are.
  private let bundle: String
  /// The path that was asked for; empty means `ownVoice`.
  let voice = Billboard()
  /// The path of the score; empty means none.
  let score = Billboard()
  /// The second of the transport's at which the score begins, of a day's.
  let scoreStart = Dial(0, 86_400, initially: 0)
  /// What leads an instrument that is led: words, and the file of a film that was watched; empty means nothing.
  let prompt = Billboard(), film = Billboard()
  let lectern = Lectern()
  /// What there is to say about the two.
  let status = Billboard()
  /// Raised for the courier.
  let bell = Signal()
  /// Raised by whoever delivers.
  let arrival = Signal()
  /// The edition of voice, prompt and film, added up, that the performer knows of.
  let delivered: UnsafeMutablePointer<Atomic<Int>>
  private let isClosing = Atomic<Bool>(false)
  private var courier: BackgroundThread?
  private let lock = Lock()
  private var lastStatus = ""
  /// Under the lock: what was asked for and the file that is played for it; none where it is nowhere.
  private var found: (asked: String, file: String?) = ("", nil)
  /// Samples a second.
  private let rate: Int
  /// The score that was read last, its file as it stood then, and what there is to say about it.
  private var lastRead: (edition: Int, path: String, file: FileStamp) = (0, "", FileStamp(""))
  private var scoreReport = ""
  private var isScoreOpen = true
  /// What the log has heard last of the voice.
  private var lastFailure = ""
  private var lastEconomy: String?
  private var lastPriority = GeneratorPriority.unknown

  /// Starts loading the bundle's own voice.
  init(kind: PluginKind, urids: URIDs, log: HostLog, bundle: String, rate: Int, performer: Performer) {
    self.kind = kind
    self.urids = urids
    self.log = log
    self.rate = rate
    self.performer = performer
    self.bundle = bundle
    ownVoice = bundle + (bundle.hasSuffix("/") ? "" : "/") + "voices/" + kind.voice
    delivered = .allocate(capacity: 1)
    delivered.initialize(to: Atomic(-1))
    deliver()
    courier = BackgroundThread(name: "fotoplayer post") { [unowned self] in carry() }
  }

  /// Ends the threads. Before this the last reference must not go.
  func close() {
    isClosing.store(true, ordering: .releasing)
    bell.raise()
    courier?.join()
    performer.close()
  }

  deinit {
    voice.deallocate()
    score.deallocate()
    scoreStart.deallocate()
    prompt.deallocate()
    film.deallocate()
    lectern.deallocate()
    status.deallocate()
    bell.deallocate()
    arrival.deallocate()
    delivered.deinitialize(count: 1)
    delivered.deallocate()
    lock.deallocate()
  }

  /// Hands what was asked for to the performer, if it does not know it yet.
  func deliver() {
    lock.locked {
      let (voice, prompt, film) = (voice.read(), prompt.read(), film.read())
      let edition = voice.edition + prompt.edition + film.edition
      guard edition != delivered.pointee.load(ordering: .relaxed) else { return }
      let asked = voice.text.isEmpty ? ownVoice : voice.text
      found = (asked, voicePlaces.find(asked))
      performer.load(VoiceRequest(voice: found.file ?? asked, prompt: prompt.text, film: film.text))
      delivered.pointee.store(edition, ordering: .releasing)
      arrival.raise()
    }
  }

  /// The bundle's own voices come first; then those in bundles beside it, or where this user's bundles are.
  private var voicePlaces: VoicePlaces {
    func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    let parts = bundle.split(separator: "/").map { "/" + $0 }
    let paths = (variable("LV2_PATH") ?? "").split(separator: ":").map(String.init)
    let home = variable("HOME").map { [$0 + "/.lv2"] } ?? []
    return VoicePlaces(own: [parts.joined() + "/voices"], bundles: [parts.dropLast().joined()] + paths + home)
  }

  private func carry() {
    while true {
      let seen = bell.value
      if isClosing.load(ordering: .acquiring) { return }
      deliver()
      readScore()
      describe()
      bell.wait(while: seen)
    }
  }

  /// Lays out the score that was asked for. One that is there already, from the same file, stays as it is: hosts restore
  /// the state that they have just saved. One that cannot be performed is none.
  private func readScore() {
    lectern.collect()
    let (edition, path) = score.read()
    defer {
      lectern.settle(edition)
      arrival.raise()
    }
    guard edition != lastRead.edition else { return }
    let before = lastRead
    lastRead = (edition, path, FileStamp(path))
    guard path != before.path || lastRead.file != before.file || !isScoreOpen else { return }
    scoreReport = ""
    isScoreOpen = true
    guard !path.isEmpty else { return lectern.offer(ScoreTable.make([], rate: rate) { $0 }) }
    do {
      let (table, notes) = try ScoreFile.open(path, rate: rate)
      lectern.offer(table)
      scoreReport = "performing \(path), \(notes) notes"
    } catch {
      lectern.offer(ScoreTable.make([], rate: rate) { $0 })
      isScoreOpen = false
      scoreReport = "the score \(path) cannot be performed: \(error)"
      log.report(scoreReport)
    }
  }

  /// Puts up what became of voice and score; the log hears of failures.
  private func describe() {
    let economy = tellEconomy()
    let (asked, file) = lock.locked { found }
    let name = file ?? asked
    let instead = name == asked ? "" : "; \(asked) is not there, and this one has its name"
    let text =
      switch performer.status {
      case .none: "no voice"
      case .loading: "loading \(name)"
      case .ready: "playing \(name)\(instead)" + led + (economy.map { "; " + $0 } ?? "")
      case .failed: performer.message + (file == nil ? "; no other voice here has its name" : instead)
      }
    let both = scoreReport.isEmpty ? text : text + "; " + scoreReport
    guard both != lastStatus, status.post(both) else { return }
    lastStatus = both
    if performer.status == .failed, text != lastFailure { log.report(text) }
    lastFailure = performer.status == .failed ? text : ""
  }

  /// What leads, and what there is to say about it.
  private var led: String {
    let (prompt, film, remark) = (prompt.read().text, film.read().text, performer.remark)
    return (prompt.isEmpty ? "" : ": \(prompt)") + (film.isEmpty ? "" : "; along with \(film)")
      + (remark.isEmpty ? "" : "; \(remark)")
  }

  /// Tells the log how the machine keeps up, where that has changed. What of it belongs to the status is returned.
  private func tellEconomy() -> String? {
    let economy = performer.economy.text(isWaiting: performer.isBlockSizeWaiting)
    if economy != lastEconomy { log.report(economy ?? "all is played as it was set again", isError: false) }
    lastEconomy = economy
    let priority = performer.priority
    if priority != lastPriority, let text = priority.text { log.report(text, isError: false) }
    lastPriority = priority
    return economy
  }
}
