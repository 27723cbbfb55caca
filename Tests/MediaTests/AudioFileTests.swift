// AudioFileTests: what is written is read again, the same samples make the same bytes, and errors name the file.
import Glibc
import Media
import Testing

struct AudioFileTests {
  /// A name in a folder of the test's own, which is removed after `body`.
  private func inFolder(_ name: String, _ body: (String) throws -> Void) throws {
    var template = Array("/tmp/fotoplayer-media-XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer {
      _ = unlink("\(folder)/\(name)")
      rmdir(folder)
    }
    try body("\(folder)/\(name)")
  }

  private let stereo = (0..<20_000).map { Float($0 % 367) / 367 - 0.5 }

  @Test func floatsAreReadAsTheyWereWritten() throws {
    try inFolder("a.wav") { path in
      let writer = try AudioFileWriter(path, sampleRate: 48_000, channels: 2)
      try writer.write(Array(stereo[..<6000]))
      try writer.write(Array(stereo[6000...]))
      try writer.close()
      #expect(writer.frames == 10_000)
      let reader = try AudioFileReader(path)
      #expect(reader.sampleRate == 48_000 && reader.channels == 2 && reader.frames == 10_000)
      #expect(reader.readAll() == stereo)
      try reader.seek(to: 9000)
      #expect(reader.readAll() == Array(stereo[18_000...]))
    }
  }

  @Test func flacKeeps24Bits() throws {
    try inFolder("a.flac") { path in
      let writer = try AudioFileWriter(path, sampleRate: 24_000, channels: 1)
      try writer.write(stereo + [1.5, -1.5])
      try writer.close()
      let read = try AudioFileReader(path).readAll()
      #expect(zip(read, stereo).allSatisfy { abs($0 - $1) <= 1 / 8_388_608 })
      // Beyond full scale is full scale.
      #expect(read[20_000] > 0.99 && read[20_001] < -0.99)
    }
  }

  @Test func equalSamplesMakeEqualBytes() throws {
    func bytes() throws -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: 100_000)
      try inFolder("a.wav") { path in
        let writer = try AudioFileWriter(path, sampleRate: 48_000, channels: 2)
        try writer.write(stereo)
        try writer.close()
        let file = try #require(fopen(path, "r"))
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
        fclose(file)
      }
      return bytes
    }
    let first = try bytes()
    #expect(try bytes() == first)
    #expect(first.starts(with: Array("RIFF".utf8)))
    // The chunk that would say when it was written is not there.
    #expect(!first.indices.contains { first[$0...].starts(with: Array("PEAK".utf8)) })
  }

  @Test func errorsNameTheFile() throws {
    #expect {
      try AudioFileReader("/nowhere/a.wav")
    } throws: {
      "\($0)".contains("/nowhere/a.wav: expected a readable sound file, found ")
    }
    #expect {
      try AudioFileWriter("/nowhere/a.wav", sampleRate: 48_000, channels: 2)
    } throws: {
      "\($0)".contains("/nowhere/a.wav: expected to write there, found ")
    }
    #expect {
      try AudioFileWriter("/tmp/a.mp7", sampleRate: 48_000, channels: 2)
    } throws: {
      "\($0)" == "/tmp/a.mp7: expected a name that ends in .wav or .flac, found another"
    }
    #expect {
      try AudioFileWriter("/tmp/a.flac", sampleRate: 48_000, channels: 900)
    } throws: {
      "\($0)".contains("48000 Hz, 900 channels")
    }
  }

  @Test func noSoundInAFileIsSaid() throws {
    try inFolder("a.wav") { path in
      let file = try #require(fopen(path, "w"))
      fputs("RIFF, but nothing more", file)
      fclose(file)
      #expect(throws: AudioFileError.self) { try AudioFileReader(path) }
    }
  }

  @Test func aFileAppearsWhenItIsWhole() throws {
    try inFolder("a.wav") { path in
      let first = try AudioFileWriter(path, sampleRate: 48_000, channels: 2)
      try first.write(stereo)
      #expect(access(path, F_OK) != 0)
      try first.close()
      do {
        let second = try AudioFileWriter(path, sampleRate: 44_100, channels: 1)
        try second.write(stereo)
      }
      // The one that was left alone is gone, and the one before it stays. Were more in the folder, it could not be removed.
      #expect(try AudioFileReader(path).sampleRate == 48_000)
      let third = try AudioFileWriter(path, sampleRate: 44_100, channels: 1)
      try third.close()
      #expect(try AudioFileReader(path).sampleRate == 44_100)
      let folder = String(path[..<path.lastIndex(of: "/")!])
      #expect(unlink(path) == 0 && rmdir(folder) == 0)
    }
  }

  @Test func aLinkStaysAndLeadsToTheNewFile() throws {
    try inFolder("link.wav") { link in
      try inFolder("a.wav") { path in
        try AudioFileWriter(path, sampleRate: 48_000, channels: 2).close()
        #expect(symlink(path, link) == 0)
        try AudioFileWriter(link, sampleRate: 44_100, channels: 2).close()
        #expect(try AudioFileReader(path).sampleRate == 44_100)
        var target = [CChar](repeating: 0, count: 256)
        #expect(readlink(link, &target, target.count) == path.utf8.count)
      }
    }
  }

  @Test func aFileThatWasCutGivesWhatItHolds() throws {
    try inFolder("a.wav") { path in
      let writer = try AudioFileWriter(path, sampleRate: 48_000, channels: 2)
      try writer.write(stereo)
      try writer.close()
      var status = stat()
      #expect(stat(path, &status) == 0)
      #expect(truncate(path, status.st_size - 40_000) == 0)
      #expect(try AudioFileReader(path).readAll() == Array(stereo[..<10_000]))
    }
  }

  @Test func aFolderIsNoPlaceForAFile() throws {
    try inFolder("a.wav") { path in
      #expect(mkdir(path, 0o755) == 0)
      #expect {
        try AudioFileWriter(path, sampleRate: 48_000, channels: 2)
      } throws: {
        "\($0)".hasSuffix("a.wav: expected to write there, found Is a directory")
      }
      #expect(rmdir(path) == 0)
    }
  }

  @Test func aFullDiskIsSaid() throws {
    // /dev/full takes no byte; the ending is that of a link to it.
    try inFolder("a.wav") { path in
      #expect(symlink("/dev/full", path) == 0)
      #expect(throws: AudioFileError.self) {
        let writer = try AudioFileWriter(path, sampleRate: 48_000, channels: 2)
        for _ in 0..<10 { try writer.write(stereo) }
        try writer.close()
      }
    }
  }
}
