// SoundMuxerTests: rendered sound in a copy of a film: the pictures' packets as they were, the sound where it belongs, nothing half.
import CLibAV
import Film
import Foundation
import Testing

/// A packet of a film as its file holds it.
struct StoredPacket: Equatable {
  var pts: Double?, dts: Double?
  var bytes: [UInt8]
}

/// The packets of the first stream of pictures, by libav alone.
func picturePackets(_ path: String) throws -> [StoredPacket] {
  var context: UnsafeMutablePointer<AVFormatContext>?
  try #require(avformat_open_input(&context, path, nil, nil) == 0)
  defer { avformat_close_input(&context) }
  try #require(avformat_find_stream_info(context, nil) >= 0)
  let index = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
  let base = context!.pointee.streams[Int(index)]!.pointee.time_base
  var packet = av_packet_alloc()
  defer { av_packet_free(&packet) }
  func seconds(_ ticks: Int64) -> Double? {
    ticks == fp_no_time() ? nil : Double(ticks) * Double(base.num) / Double(base.den)
  }
  var all: [StoredPacket] = []
  while av_read_frame(context, packet) == 0 {
    if packet!.pointee.stream_index == index {
      all.append(
        StoredPacket(
          pts: seconds(packet!.pointee.pts), dts: seconds(packet!.pointee.dts),
          bytes: Array(UnsafeBufferPointer(start: packet!.pointee.data, count: Int(packet!.pointee.size)))))
    }
    av_packet_unref(packet)
  }
  return all
}

/// Copies a film without the packets of sound that lie within `gap`, by libav alone.
func dropSound(_ path: String, within gap: Range<Double>, to copy: String) throws {
  var from: UnsafeMutablePointer<AVFormatContext>?
  var to: UnsafeMutablePointer<AVFormatContext>?
  try #require(avformat_open_input(&from, path, nil, nil) == 0 && avformat_find_stream_info(from, nil) >= 0)
  defer { avformat_close_input(&from) }
  try #require(avformat_alloc_output_context2(&to, nil, nil, copy) >= 0)
  defer { avformat_free_context(to) }
  to!.pointee.avoid_negative_ts = 0
  for index in 0..<Int(from!.pointee.nb_streams) {
    let stream = try #require(avformat_new_stream(to, nil))
    try #require(fp_copy_stream(stream, from!.pointee.streams[index]!) >= 0)
  }
  try #require(avio_open(&to!.pointee.pb, copy, AVIO_FLAG_WRITE) >= 0 && avformat_write_header(to, nil) >= 0)
  var packet = av_packet_alloc()
  defer { av_packet_free(&packet) }
  while av_read_frame(from, packet) == 0 {
    let index = Int(packet!.pointee.stream_index)
    let base = from!.pointee.streams[index]!.pointee.time_base
    let time = Double(packet!.pointee.pts) * Double(base.num) / Double(base.den)
    if from!.pointee.streams[index]!.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_AUDIO && gap.contains(time) {
      av_packet_unref(packet)
    } else {
      av_packet_rescale_ts(packet, base, to!.pointee.streams[index]!.pointee.time_base)
      av_interleaved_write_frame(to, packet)
    }
  }
  try #require(av_write_trailer(to) == 0 && avio_closep(&to!.pointee.pb) == 0)
}

@Suite struct SoundMuxerTests {
  let folder = try! Folder()

  /// Silence with a short tone around each of `times`, in all channels.
  func clicks(_ times: [Double], seconds: Double, rate: Int, channels: Int = 1) -> [Float] {
    var samples = [Float](repeating: 0, count: Int(seconds * Double(rate)) * channels)
    for time in times {
      let middle = Int(time * Double(rate))
      for offset in -rate / 50...rate / 50 where (0..<samples.count / channels).contains(middle + offset) {
        let x = Double(offset) / Double(rate)
        let value = Float(0.8 * exp(-x * x * 1e5) * cos(2 * .pi * 1000 * x))
        for channel in 0..<channels { samples[(middle + offset) * channels + channel] = value }
      }
    }
    return samples
  }

  /// When each click is heard: the loudest sample of each stretch that is loud.
  func heard(_ sound: FilmSound) throws -> [Double] {
    let (start, channels, rate) = (sound.position, sound.channels, Double(sound.sampleRate))
    let samples = try sound.readAll()
    var times: [Double] = []
    var peak: (value: Float, index: Int)?
    for index in 0..<samples.count / channels {
      let value = abs(samples[index * channels])
      if value > max(0.3, peak?.value ?? 0) { peak = (value, index) }
      if let found = peak, index - found.index > Int(rate / 10) {
        times.append(start + Double(found.index) / rate)
        peak = nil
      }
    }
    if let found = peak { times.append(start + Double(found.index) / rate) }
    return times
  }

  static let copies: [(film: String, codec: FilmCodec, copy: String, rate: Int, channels: Int)] = [
    ("a.mp4", .h264, "b.mp4", 48_000, 2), ("a.mp4", .h264, "b.mov", 24_000, 1), ("a.mkv", .h264, "b.mkv", 48_000, 1),
    ("a.webm", .vp9, "b.webm", 48_000, 2), ("a.webm", .vp9, "b.webm", 24_000, 1), ("a.mp4", .h264, "b.mkv", 44_100, 2),
    ("a.mp4", .hevc, "b.mp4", 24_000, 2), ("a.avi", .mjpeg, "b.avi", 48_000, 1), ("a.mkv", .h264, "b.mp4", 48_000, 1),
    ("a.ts", .h264, "b.mp4", 48_000, 1), ("a.webm", .vp9, "b.webm", 44_100, 1),
  ]

  @Test(arguments: copies.indices) func `A copy with sound`(index: Int) throws {
    let (name, codec, copy, rate, channels) = Self.copies[index]
    guard codec.isAvailable else { return }
    try Numbered.film(folder[name], count: 75, codec: codec, options: codec == .h264 ? ["bf": "2", "g": "25"] : [:])
    let muxer = try SoundMuxer(film: folder[name], output: folder[copy], sampleRate: rate, channels: channels)
    let clicks = [0.02, 0.5, 1.5, 2.5]
    let samples = clicks.isEmpty ? [] : self.clicks(clicks, seconds: 3, rate: rate, channels: channels)
    #expect(!folder.files.contains(copy))
    for begin in stride(from: 0, to: samples.count, by: 1000 * channels) {
      try muxer.write(Array(samples[begin..<min(samples.count, begin + 1000 * channels)]))
    }
    try muxer.close()
    #expect(folder.files == [name, copy].sorted() && muxer.leftOut.isEmpty)

    let (before, after) = (try picturePackets(folder[name]), try picturePackets(folder[copy]))
    #expect(before.count == 75 && after.count == 75)
    // Between containers of one kind nothing changes; others frame H.264 and round times in their own way.
    let kinds = [name, copy].map { $0.split(separator: ".")[1] }
    if kinds[0] == kinds[1] {
      #expect(before == after, "\(name) \(codec): packets differ")
    } else if name != "a.ts" {
      #expect(before.map(\.bytes) == after.map(\.bytes))
    }
    // Every picture at its time.
    let (film, filmBefore) = (try FilmReader(folder[copy]), try FilmReader(folder[name]))
    #expect(film.information.hasSound)
    let (shown, shownBefore) = (try film.rest(), try filmBefore.rest())
    #expect(shown.map(\.number) == Array(0..<75))
    let moved = zip(shown, shownBefore).map { abs($0.time - $1.time) }.max()!
    #expect(moved < 0.00051, "\(name) → \(copy): pictures moved by \(moved) s")

    let sound = try FilmSound(folder[copy])
    #expect(sound.channels == channels)
    let times = try heard(sound)
    #expect(times.count == 4, "\(times)")
    for (time, click) in zip(times, clicks) {
      #expect(abs(time - click) < 0.0015, "\(copy) at \(rate): \(time) for \(click)")
    }
    // From anywhere.
    for from in [1.0, 0.3, 2.2] {
      try sound.seek(to: from)
      #expect(abs(sound.position - from) < 1e-4)
      let times = try heard(sound)
      #expect(times.count == clicks.filter { $0 > from }.count)
      for (time, click) in zip(times, clicks.filter { $0 > from }) {
        #expect(abs(time - click) < 0.0015, "from \(from)")
      }
    }
  }

  @Test(arguments: ["mp4", "mkv"]) func `Beside the film's own sound, and later`(kind: String) throws {
    let (bare, first, second) = (folder["a.\(kind)"], folder["b.\(kind)"], folder["c.\(kind)"])
    try Numbered.film(bare, count: 75)
    let own = try SoundMuxer(film: bare, output: first, sampleRate: 48_000, channels: 1, start: 0.7)
    try own.write(clicks([0.3], seconds: 2, rate: 48_000))
    try own.close()
    #expect(abs(try FilmSound(first).start - 0.7) < 0.03)
    #expect(try heard(FilmSound(first)).map { abs($0 - 1) < 0.0015 } == [true])

    let beside = try SoundMuxer(film: first, output: second, sampleRate: 24_000, channels: 2, place: .beside)
    try beside.write(clicks([2], seconds: 3, rate: 24_000, channels: 2))
    try beside.close()
    let streams = try FilmInformation(second).streams
    #expect(streams.map(\.kind) == [.pictures, .sound, .sound])
    // Players choose the new one, and so do we.
    #expect(try heard(FilmSound(second)).map { abs($0 - 2) < 0.0015 } == [true])
    #expect(try picturePackets(second) == picturePackets(bare))

    let instead = try SoundMuxer(film: second, output: second, sampleRate: 24_000, channels: 1)
    try instead.write(clicks([0.5], seconds: 1, rate: 24_000))
    try instead.close()
    #expect(try FilmInformation(second).streams.map(\.kind) == [.pictures, .sound])
    #expect(try heard(FilmSound(second)).map { abs($0 - 0.5) < 0.0015 } == [true])
    #expect(try picturePackets(second) == picturePackets(bare))
  }

  @Test func `A turned film stays turned, and its times its own`() throws {
    var times = [0.0]
    for number in 1..<40 { times.append(times[number - 1] + [0.033, 0.05, 0.016][number % 3]) }
    try Numbered.film(folder["a.mp4"], count: 40, ticks: 3600, rotation: 90, times: times)
    let muxer = try SoundMuxer(film: folder["a.mp4"], output: folder["b.mp4"], sampleRate: 48_000, channels: 1)
    try muxer.close()
    #expect(try FilmReader(folder["b.mp4"]).information.rotation == 90)
    #expect(try picturePackets(folder["a.mp4"]) == picturePackets(folder["b.mp4"]))
  }

  @Test func `Into a transport stream, where zero is where the first stream begins`() throws {
    try Numbered.film(folder["a.mp4"], count: 50, options: ["bf": "2"])
    let muxer = try SoundMuxer(film: folder["a.mp4"], output: folder["b.ts"], sampleRate: 48_000, channels: 1)
    try muxer.write(clicks([1], seconds: 2, rate: 48_000))
    try muxer.close()
    let film = try FilmReader(folder["b.ts"]).rest()
    #expect(film.map(\.number) == Array(0..<50))
    // The click and the picture that were together still are.
    #expect(try heard(FilmSound(folder["b.ts"])).map { abs($0 - film[25].time) < 0.0015 } == [true])
  }

  @Test func `The same samples make the same bytes`() throws {
    try Numbered.film(folder["a.mp4"], count: 20)
    for name in ["b.mp4", "c.mp4"] {
      let muxer = try SoundMuxer(film: folder["a.mp4"], output: folder[name], sampleRate: 48_000, channels: 1)
      try muxer.write(clicks([0.2], seconds: 1, rate: 48_000))
      try muxer.close()
      // Once more is no harm.
      try muxer.close()
    }
    #expect(try folder.bytes("b.mp4") == folder.bytes("c.mp4"))
  }

  @Test func `What does not fit`() throws {
    try Numbered.film(folder["a.mp4"], count: 5)
    let before = folder.files
    func failure(_ film: String, _ output: String, rate: Int = 48_000, channels: Int = 2) -> String {
      do {
        _ = try SoundMuxer(film: film, output: output, sampleRate: rate, channels: channels)
        return "none"
      } catch { return "\(error)" }
    }
    #expect(failure(folder["a.mp4"], folder["b.webm"]).contains("expected a container that takes h264, found webm"))
    #expect(failure(folder["a.mp4"], folder["b.wav"]).contains("expected a name that ends as films do"))
    #expect(
      failure(folder["a.mp4"], "/nowhere/b.mp4").contains("/nowhere/b.mp4: expected to write there, found No such"))
    #expect(failure(folder["none.mp4"], folder["b.mp4"]).contains("none.mp4: expected a film, found No such file"))
    #expect(failure(folder["a.mp4"], folder["b.mp4"], rate: 0).contains("found 2 channels and 0 Hz"))
    #expect(failure(folder["a.mp4"], folder["b.mp4"], channels: 99).contains("99 channels"))
    // Begun and left.
    do {
      let muxer = try SoundMuxer(film: folder["a.mp4"], output: folder["a.mp4"], sampleRate: 48_000, channels: 2)
      try muxer.write([Float](repeating: 0, count: 9600))
    }
    #expect(folder.files == before)
    #expect(try FilmReader(folder["a.mp4"]).rest().count == 5)
  }

  @Test func `Where a film leaves a gap in its sound there is silence`() throws {
    try Numbered.film(folder["a.mkv"], count: 100)
    let muxer = try SoundMuxer(film: folder["a.mkv"], output: folder["b.mkv"], sampleRate: 24_000, channels: 2)
    try muxer.write(clicks([0.5, 2, 3.5], seconds: 4, rate: 24_000, channels: 2))
    try muxer.close()
    try dropSound(folder["b.mkv"], within: 1..<3, to: folder["c.mkv"])
    for from in [nil, 0.2, 2.5] {
      let sound = try FilmSound(folder["c.mkv"])
      if let from { try sound.seek(to: from) }
      let times = try heard(sound)
      #expect(times.count == (from == 2.5 ? 1 : 2), "\(times)")
      #expect(abs(try #require(times.last) - 3.5) < 0.0015, "from \(from ?? 0): \(times)")
      #expect(abs(sound.position - 4) < 0.1)
    }
    // In small pieces the same as at once.
    let whole = try FilmSound(folder["c.mkv"]).readAll()
    let sound = try FilmSound(folder["c.mkv"])
    var pieces: [Float] = []
    let room = UnsafeMutableBufferPointer<Float>.allocate(capacity: 777 * 2)
    defer { room.deallocate() }
    while case let count = try sound.read(into: room), count > 0 { pieces += room[..<(count * 2)] }
    #expect(pieces == whole)
  }
}
