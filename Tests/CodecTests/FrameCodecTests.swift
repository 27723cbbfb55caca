// FrameCodecTests: a decoder says the same whatever pieces it is asked in, and configurations are read strictly.
import Codec
import Score
import Tensors
import Testing

@Suite struct FrameCodecTests {
  private static var small: CodecConfiguration {
    var c = CodecConfiguration()
    (c.latentWidth, c.width, c.depth, c.taps) = (8, 32, 2, 5)
    (c.source.harmonicBands, c.source.noiseBands) = (12, 6)
    return c
  }
  private static func random(_ name: String, _ sizes: Int...) -> Tensor {
    let tensor = Tensor(zeros: Shape(sizes))
    RandomWeights(seed: 3).fill(name, tensor, initial: .uniform(bound: 1))
    return tensor
  }

  @Test(arguments: [1, 2, 3, 4, 6]) func `Pieces equal the whole bit for bit`(_ piece: Int) throws {
    let c = Self.small
    let decoder = try Weights.make(from: RandomWeights(seed: 2)) { FrameDecoder($0, c) }.model
    let frames = 12
    let latents = Self.random("latents", 1, frames, 8)
    let source = Self.random("source", 1, frames, 18, 320)
    let energy = Self.random("energy", 1, frames, 18)
    var state = decoder.silence()
    let whole = decoder(latents, source: source, energy: energy, state: &state).array
    state = decoder.silence()
    var joined: [Float] = []
    for start in stride(from: 0, to: frames, by: piece) {
      func part(_ x: Tensor) -> Tensor { x.slice(axis: 1, start: start, length: piece) }
      joined += decoder(part(latents), source: part(source), energy: part(energy), state: &state).array
    }
    #expect(joined == whole)
    #expect(whole.contains { $0 != 0 })
  }

  @Test func `Latents have unit root mean square in every frame`() throws {
    let c = Self.small
    let encoder = try Weights.make(from: RandomWeights(seed: 2)) { FrameEncoder($0, c) }.model
    let frames = 9
    let audio = Self.random("audio", 1, encoder.margin + frames * 320)
    let latents = encoder(audio, energy: Self.random("energy", 1, frames, 18))
    #expect(latents.shape == Shape(1, frames, 8))
    for frame in 0..<frames {
      let square = (0..<8).reduce(Float(0)) { $0 + latents[frame * 8 + $1] * latents[frame * 8 + $1] } / 8
      #expect(abs(square - 1) < 1e-3)
    }
  }

  @Test func `What comes later does not change what was said of a frame`() throws {
    let encoder = try Weights.make(from: RandomWeights(seed: 2)) { FrameEncoder($0, Self.small) }.model
    let audio = Self.random("audio", 1, encoder.margin + 9 * 320)
    let energy = Self.random("energy", 1, 9, 18)
    let before = encoder(audio, energy: energy).array
    for sample in encoder.margin + 5 * 320..<audio.shape.count { audio[sample] += 1 }
    for index in 5 * 18..<energy.shape.count { energy[index] += 1 }
    let after = encoder(audio, energy: energy).array
    #expect(Array(after[..<(5 * 8)]) == Array(before[..<(5 * 8)]))
    #expect(after[5 * 8] != before[5 * 8])
  }

  @Test func `No latents make a sound beyond the gains' bound`() throws {
    let c = Self.small
    let decoder = try Weights.make(from: RandomWeights(seed: 2)) { FrameDecoder($0, c) }.model
    var state = decoder.silence()
    let huge = Tensor(repeating: 1e6, Shape(1, 4, 8))
    let sound = decoder(
      huge, source: Self.random("source", 1, 4, 18, 320), energy: Tensor(zeros: Shape(1, 4, 18)), state: &state)
    #expect(sound.array.allSatisfy { abs($0) <= 18 * 162_755 })
  }

  @Test func `A configuration comes back from its own words`() throws {
    var c = Self.small
    c.source.lag = 111
    #expect(try CodecConfiguration(JSON(parsing: Array(c.json.text().utf8))) == c)
    c.source.dampers = (1...c.source.velocities.count).map { Damper(bass: 0.01 * Float($0), treble: 0.1) }
    #expect(try CodecConfiguration(JSON(parsing: Array(c.json.text().utf8))) == c)
  }

  @Test func `Noise alone needs no strings and no events`() throws {
    var c = CodecConfiguration.noise(bands: 6)
    (c.latentWidth, c.width, c.depth, c.taps) = (8, 32, 2, 5)
    #expect(try CodecConfiguration(JSON(parsing: Array(c.json.text().utf8))) == c)
    #expect(c.source.json["partials"] == nil && c.source.bands == 6)
    let one = c.source.json.members!.map { $0.name == "harmonicBands" ? JSON.Member($0.name, 1) : $0 }
    #expect {
      _ = try SourceConfiguration(JSON.object(one))
    } throws: {
      "\($0)".contains("source.harmonicBands")
    }
    let noise = NoiseBands(c.source.noise, sampleRate: 24000)
    let bank = SourceBank(c.source, table: nil, noise: noise)
    var (bands, played, direct) = (
      [Float](repeating: 1, count: 6 * 320), [Float](repeating: 2, count: 6 * 320),
      [Float](repeating: 3, count: 6 * 320)
    )
    bank.write(frame: 7, events: UnsafeBufferPointer(start: nil, count: 0), into: &bands)
    let key = [PerformanceEvent(sample: 7 * 320 + 5, kind: .noteOn, key: 60, value: 90)]
    key.withUnsafeBufferPointer { bank.write(frame: 7, events: $0, into: &played) }
    noise.write(from: 7 * 320, count: 320, into: &direct, stride: 320)
    #expect(bands == direct && played == direct && !bank.isSounding && Set(direct).count > 1000)
    let decoder = try Weights.make(from: RandomWeights(seed: 2)) { FrameDecoder($0, c) }.model
    var state = decoder.silence()
    let sound = decoder(
      Self.random("latents", 1, 1, 8), source: Tensor(Shape(1, 1, 6, 320), direct),
      energy: Self.random("energy", 1, 1, 6), state: &state)
    #expect(sound.array.contains { $0 != 0 })
  }

  @Test func `Dampers lie on lines between the known velocities, and stay as they are beyond`() {
    var c = Self.small.source
    #expect(c.damper(velocity: 60) == Damper())
    c.velocities = [20, 80]
    c.dampers = [Damper(bass: 0.04, treble: 0.02), Damper(bass: 0.08, treble: 0.1)]
    for (velocity, damper) in zip([1, 127] as [UInt8], c.dampers) {
      let found = c.damper(velocity: velocity)
      #expect(abs(found.bass - damper.bass) < 1e-6 && abs(found.treble - damper.treble) < 1e-6)
    }
    let middle = c.damper(velocity: 40)
    #expect(abs(middle.bass - 0.06) < 1e-6 && abs(middle.treble - 0.06) < 1e-6)
    #expect(abs(middle.seconds(key: 21) - 0.06) < 1e-6 && abs(c.dampers[1].seconds(key: 88) - 0.1) < 1e-6)
  }

  @Test func `Dampers that are not one for each velocity, or no times, are named`() throws {
    var c = Self.small.source
    c.dampers = c.velocities.map { _ in Damper(bass: 0.08, treble: 0.1) }
    let whole = c.json.members!
    for name in ["bassDampers", "trebleDampers"] {
      let missing = whole.filter { $0.name != name }
      let one = JSON(0.08)
      let few = JSON.array(c.velocities.dropLast().map { _ in one })
      let wrong = [JSON.null, JSON("short"), one, few, .array([]), .array(c.velocities.map { _ in JSON(2) })]
      for members in [missing] + wrong.map({ missing + [.init(name, $0)] }) {
        #expect {
          _ = try SourceConfiguration(JSON.object(members))
        } throws: {
          "\($0)".contains("source.\(name)") && "\($0)".contains("expected")
        }
      }
    }
  }

  @Test(arguments: ["latentWidth", "width", "depth", "taps", "expansion", "analysisBands", "window", "slowWindow"])
  func `A number that is missing or out of range is named`(_ name: String) throws {
    let good = Self.small.json
    for bad in [JSON.null, JSON("wide"), JSON(-1), JSON(1_000_000)] {
      let members = good.members!.map { JSON.Member($0.name, $0.name == name ? bad : $0.value) }
      #expect {
        _ = try CodecConfiguration(JSON.object(members))
      } throws: {
        "\($0)".contains("codec.\(name)") && "\($0)".contains("expected")
      }
    }
  }
}
