// PatchMessages: the host asks for the voice, the score, where that begins, what leads, or the status, and sets or puts all
// but the last; it is told when any of them changes.
import CLV2

/// What the host knows of a property: the edition that it was told of last, and whether it has asked since.
struct Known: BitwiseCopyable {
  var edition = 0
  var isAsked = false

  /// Whether the host is to be told of an edition.
  @_noLocks @_noAllocation
  func lacks(_ current: Int) -> Bool { isAsked || current != edition }
}

extension Instance {
  /// Understands patch:Get, patch:Set and patch:Put; anything else is not for us.
  @_noLocks @_noAllocation
  mutating func receive(_ value: AtomValue) {
    guard var object = ObjectReader(value) else { return }
    var property: LV2_URID = 0
    var content: AtomValue?
    var body: AtomValue?
    while let (key, value) = object.next() {
      if key == urids.subject, value.type == urids.urid, let subject = value.number, subject != urids.plugin { return }
      if key == urids.property, value.type == urids.urid { property = value.number ?? 0 }
      if key == urids.value { content = value }
      if key == urids.body { body = value }
    }
    if object.kind == urids.get {
      // Without a property, all are meant.
      if property == 0 || property == urids.voice { knownVoice.isAsked = true }
      if property == 0 || property == urids.score { knownScore.isAsked = true }
      if property == 0 || property == urids.scoreStart { knownStart.isAsked = true }
      if property == 0 || property == urids.status { knownStatus.isAsked = true }
      if isLed && (property == 0 || property == urids.prompt) { knownPrompt.isAsked = true }
      if isLed && (property == 0 || property == urids.film) { knownFilm.isAsked = true }
    } else if object.kind == urids.set, let content {
      set(property, to: content)
    } else if object.kind == urids.put, let body, var properties = ObjectReader(body) {
      // Each of its properties, as if it had been set.
      while let (key, value) = properties.next() { set(key, to: value) }
    }
  }

  @_noLocks @_noAllocation
  private mutating func set(_ property: LV2_URID, to content: AtomValue) {
    if property == urids.voice { post(content, on: voice) }
    if isLed && property == urids.prompt { post(content, on: prompt) }
    if isLed && property == urids.film { post(content, on: film) }
    if property == urids.scoreStart, let seconds = content.number(urids) {
      scoreStart.set(seconds)
      takeScoreStart()
      isStateChanged = true
    }
    guard property == urids.score else { return }
    post(content, on: score)
    if controls.freewheel.isOn { awaitScore() }
    takeScore()
  }

  @_noLocks @_noAllocation
  private mutating func post(_ content: AtomValue, on board: Billboard) {
    guard content.type == urids.path || content.type == urids.string else { return }
    let bytes = content.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    // Up to the terminator, if there is one.
    var count = 0
    while count < content.bytes.count, let bytes, bytes[count] != 0 { count += 1 }
    guard board.post(bytes, count: count) else { return }
    isStateChanged = true
    bell.raise()
  }

  /// Tells the host what it asked for and what is new. What finds no room is told in a later cycle.
  @_noLocks @_noAllocation
  mutating func tell(_ writer: inout AtomWriter) {
    if knownVoice.lacks(voice.edition), let edition = set(urids.voice, to: voice, type: urids.path, &writer) {
      knownVoice = Known(edition: edition)
    }
    if knownScore.lacks(score.edition), let edition = set(urids.score, to: score, type: urids.path, &writer) {
      knownScore = Known(edition: edition)
    }
    if knownPrompt.lacks(prompt.edition), let edition = set(urids.prompt, to: prompt, type: urids.string, &writer) {
      knownPrompt = Known(edition: edition)
    }
    if knownFilm.lacks(film.edition), let edition = set(urids.film, to: film, type: urids.path, &writer) {
      knownFilm = Known(edition: edition)
    }
    let edition = scoreStart.edition
    if knownStart.lacks(edition) {
      begin(urids.scoreStart, &writer)
      writer.property(urids.value, type: urids.double, number: scoreStart.value)
      if writer.end() { knownStart = Known(edition: edition) }
    }
    if knownStatus.lacks(status.edition), let edition = set(urids.status, to: status, type: urids.string, &writer) {
      knownStatus = Known(edition: edition)
    }
    if isStateChanged {
      writer.begin(urids.stateChanged, object: urids.object)
      if writer.end() { isStateChanged = false }
    }
  }

  /// A patch:Set of `property`; the edition that was written, or nil where there was no room.
  @_noLocks @_noAllocation
  private func set(
    _ property: LV2_URID, to board: Billboard, type: LV2_URID, _ writer: inout AtomWriter
  ) -> Int? {
    begin(property, &writer)
    let edition = writer.property(urids.value, type: type, text: board)
    return writer.end() ? edition : nil
  }

  @_noLocks @_noAllocation
  private func begin(_ property: LV2_URID, _ writer: inout AtomWriter) {
    writer.begin(urids.set, object: urids.object)
    writer.property(urids.subject, type: urids.urid, number: urids.plugin)
    writer.property(urids.property, type: urids.urid, number: property)
  }
}
