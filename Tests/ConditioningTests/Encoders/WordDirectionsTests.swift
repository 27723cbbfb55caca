// WordDirectionsTests: words lie near those that they share letters with, and no string is too strange to be read.
import Conditioning
import Tensors
import Testing

@Suite struct WordDirectionsTests {
  let directions = WordDirections()

  @Test func `Words of one stem lie near each other, others do not`() {
    for (one, other) in [("step", "steps"), ("footsteps", "footstep"), ("bounce", "bounces"), ("metal", "metallic")] {
      #expect(directions.likeness(one, other) > 0.4, "\(one), \(other)")
    }
    let words = ["step", "hammer", "rain", "door", "thunder", "dog", "gravel", "a", "on", "metal", "ball", "car"]
    for one in words {
      #expect(abs(directions.likeness(one, one) - 1) < 1e-5)
      for other in words where other != one { #expect(abs(directions.likeness(one, other)) < 0.4, "\(one), \(other)") }
    }
  }

  @Test func `A row a word, of unit size, and one for the whole`() {
    let rows = directions("Footsteps on WET gravel, slowly!")
    #expect(rows.shape == Shape(6, 96))
    for row in 0..<6 {
      let square = (0..<96).reduce(Float(0)) { $0 + rows[row * 96 + $1] * rows[row * 96 + $1] }
      #expect(abs(square / 96 - 1) < 1e-4)
    }
    #expect(rows.array == directions("footsteps on wet gravel -- slowly").array)
    #expect(rows.array != directions("gravel on wet footsteps slowly").array)
    #expect(WordDirections(width: 7)("rain").shape == Shape(2, 7))
  }

  @Test func `A word's direction is the same wherever it stands`() {
    let (one, two) = (directions("rain on glass").array, directions("glass").array)
    #expect(Array(one[3 * 96..<4 * 96]) == Array(two[96..<2 * 96]))
  }

  @Test func `Strange captions are read as far as they go`() {
    for empty in ["", " ", "\n\t", "!?…", "\u{301}", "🥁🥁"] {
      let rows = directions(empty)
      #expect(rows.shape == Shape(1, 96) && rows.array.allSatisfy { $0 == 0 }, "\(empty)")
    }
    let many = String(repeating: "knock on wood ", count: 4000)
    #expect(directions(many).shape == Shape(1 + WordDirections.limit, 96))
    let long = String(repeating: "a", count: 1_000_000)
    #expect(directions(long).array == directions(String(repeating: "a", count: 32)).array)
    for text in ["Straße", "ÄÖÜ ñandú", "дождь по крыше", "雨の音", "٣ steps", "a\u{0}b", "ﬃ İ ǅ"] {
      let rows = directions(text)
      #expect(rows.shape[0] > 1 && rows.array.allSatisfy { $0.isFinite }, "\(text)")
    }
    #expect(WordDirections.words("It's 3 o'clock") == ["it", "s", "3", "o", "clock"])
  }
}
