// PatchMessages: the host asks for the voice, the score, where that begins, or the status, and sets or puts all but the last;
// it is told when any of them changes.
import CLV2

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
      if property == 0 || property == urids.voice { isVoiceAsked = true }
      if property == 0 || property == urids.score { isScoreAsked = true }
      if property == 0 || property == urids.scoreStart { isStartAsked = true }
      if property == 0 || property == urids.status { isStatusAsked = true }
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
    if isVoiceAsked || voice.edition != toldVoice,
      let edition = set(urids.voice, to: voice, type: urids.path, &writer)
    {
      toldVoice = edition
      isVoiceAsked = false
    }
    if isScoreAsked || score.edition != toldScore,
      let edition = set(urids.score, to: score, type: urids.path, &writer)
    {
      toldScore = edition
      isScoreAsked = false
    }
    let edition = scoreStart.edition
    if isStartAsked || edition != toldStart {
      begin(urids.scoreStart, &writer)
      writer.property(urids.value, type: urids.double, number: scoreStart.value)
      if writer.end() {
        toldStart = edition
        isStartAsked = false
      }
    }
    if isStatusAsked || status.edition != toldStatus,
      let edition = set(urids.status, to: status, type: urids.string, &writer)
    {
      toldStatus = edition
      isStatusAsked = false
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
