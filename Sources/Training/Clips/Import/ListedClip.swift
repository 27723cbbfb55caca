// ListedClip: one entry of a published list of clips: which media it means, which part of them, and the words for it.

/// What a list says of a clip, before the media are looked for.
struct ListedClip: Equatable {
  /// Unique in the list.
  let id: String
  /// Which recording or film: clips of one are of one key.
  let key: String
  /// What its file may be called, without its ending: first those of the part alone, then those of the whole film.
  let parts: [String], wholes: [String]
  var captions: [String] = []
  var category: String?
  /// Seconds, in the whole film.
  var start: Double?
  var seconds: Double?
  var split: String?

  /// Of a film on the web, known by its eleven letters, from `start` on: names that the usual downloaders give.
  init(film: String, start: Double, seconds: Double) {
    let (from, to) = (Int(start), Int(start + seconds))
    let milliseconds = (Int((start * 1000).rounded()), Int(((start + seconds) * 1000).rounded()))
    let six = String(String(1_000_000 + from).dropFirst())
    id = "\(film)_\(from)"
    key = film
    parts = [
      "\(film)_\(six)", "\(film)_\(from)", "\(film)_\(milliseconds.0)_\(milliseconds.1)", "\(film)_\(from)_\(to)",
      "\(film)_\(milliseconds.0)", "\(film)_\(start)", "\(film)_\(start)_\(start + seconds)",
      "[\(film)]-[\(from)-\(to)]",
      "Y\(film)_\(milliseconds.0)_\(milliseconds.1)",
    ]
    wholes = [film, "Y" + film]
    (self.start, self.seconds) = (start, seconds)
  }

  /// Of a recording that is a clip by itself.
  init(id: String, names: [String]) { (self.id, key, parts, wholes) = (id, id, names, []) }

  /// The same with further names for its part.
  func named(_ names: [String]) -> ListedClip {
    var other = ListedClip(id: id, key: key, parts: names + parts, wholes: wholes)
    (other.captions, other.category, other.start, other.seconds, other.split) = (
      captions, category, start, seconds, split
    )
    return other
  }

  private init(id: String, key: String, parts: [String], wholes: [String]) {
    (self.id, self.key, self.parts, self.wholes) = (id, key, parts, wholes)
  }
}
