// EnCodecTests: the same latents, sounds and codes as transformers' EncodecModel, whatever the configuration and length.
import Codec
import Foundation
import Tensors
import Testing

@Suite struct EnCodecTests {
  @Test(arguments: EnCodecFixture.names) func `Latents and sounds are the reference's`(_ name: String) throws {
    let fixture = try EnCodecFixture(name)
    for length in EnCodecFixture.lengths {
      let latents = fixture.codec.encoder(try fixture.signal("\(length).x"))
      let expected = try fixture.signal("\(length).latents")
      #expect(latents.shape == expected.shape)
      expectClose(latents.array, expected.array, "latents of \(length) samples")
      let sound = fixture.codec.decoder(expected)
      expectClose(sound.array, try fixture.signal("\(length).sound").array, "sound of \(length) samples")
    }
  }

  @Test(arguments: EnCodecFixture.names) func `Codes are the reference's, to the last`(_ name: String) throws {
    let fixture = try EnCodecFixture(name)
    for length in EnCodecFixture.lengths {
      for bandwidth in fixture.codec.configuration.bandwidths {
        let key = "\(length).\(bandwidth)"
        let codes = try fixture.codec.encode(try fixture.channels("\(length).x"), bandwidth: bandwidth)
        let expected = try fixture.expected.tensor("\(key).codes")
        #expect(codes.samples == length && codes.chunks.count == expected.shape[0])
        for (number, chunk) in codes.chunks.enumerated() {
          #expect(chunk.codes.count == expected.shape[1], "\(key): codebooks of chunk \(number)")
          for (book, row) in chunk.codes.enumerated() {
            let start = (number * expected.shape[1] + book) * expected.shape[2]
            #expect(row.map { Float($0) } == Array(expected.array[start..<(start + row.count)]), "\(key), \(book)")
          }
        }
        if fixture.codec.configuration.normalises {
          let scales = try fixture.expected.tensor("\(key).scales").array
          expectClose(codes.chunks.map(\.scale), scales, "\(key): scales")
        }
        let decoded = try fixture.codec.decode(codes)
        expectClose(decoded.flatMap { $0 }, try fixture.channels("\(key).decoded").flatMap { $0 }, "\(key): sound")
      }
    }
  }

  @Test func `Older names and the original repository's are the same weights`() throws {
    let fixture = try EnCodecFixture("causal")
    let folder = NSTemporaryDirectory() + "fotoplayer-encodec-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for names in ["older", "original"] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: fixture.folder + "/config.json", toPath: folder + "/config.json")
      try FileManager.default.copyItem(
        atPath: fixture.folder + "/\(names)-names.safetensors", toPath: folder + "/model.safetensors")
      #expect(try EnCodec.open(folder).identity == fixture.codec.identity)
      try FileManager.default.removeItem(atPath: folder)
    }
    #expect(try EnCodecFixture("identity").codec.identity != fixture.codec.identity)
  }

  @Test func `Latents of a sound are those of its encoder`() throws {
    let fixture = try EnCodecFixture("causal")
    var done: [Int] = []
    let latents = try fixture.codec.latents(of: fixture.channels("501.x")) { done.append($0) }
    #expect(latents.array == fixture.codec.encoder(try fixture.signal("501.x")).array)
    #expect(done == [501])
  }

  @Test func `Nothing becomes nothing`() throws {
    let codec = try EnCodecFixture("causal").codec
    let codes = try codec.encode([[]], bandwidth: 4)
    #expect(try codes.chunks.isEmpty && codec.decode(codes) == [[]])
    #expect(try codec.latents(of: [[]]).shape == Shape(1, 0, 8))
  }
}
