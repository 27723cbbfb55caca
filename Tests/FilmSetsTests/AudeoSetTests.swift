// AudeoSetTests: pictures and labels in Audeo's layout become clips of strips that say what the labels said.
import Conditioning
import Evaluation
import FilmSets
import Foundation
import Score
import Scratch
import Testing
import Training

@Suite struct AudeoSetTests {
  let scratch = try! Scratch()
  static let fixture = PickleReaderTests.folder.deletingLastPathComponent()
  func folder(_ name: String) -> URL { URL(fileURLWithPath: scratch.path + "/" + name) }

  func made(_ source: URL, _ part: AudeoSet.Part, _ name: String, _ recipe: RollSet.Recipe = .full) throws
    -> (set: RollSet, report: RollSetMaker.Report)
  {
    let report = try RollSetMaker(folder: folder(name), recipe: recipe).make([AudeoSet(source, part)], jobs: 2) { _ in }
    return (try RollSet(folder(name)), report)
  }

  func keys(_ frame: Int) -> KeySet {
    KeySet((0..<88).filter { PickleReaderTests.isDown($0, frame) }.map { UInt8($0 + 21) })
  }

  @Test func `Every frame has the keys down that its label says`() throws {
    let (set, report) = try made(Self.fixture, .training, "training")
    #expect(report.clips == 2 && set.clips.map(\.name).allSatisfy { $0.hasPrefix("audeo-training-Bach") })
    let first = try #require(set.clips.first)
    #expect(
      first.times.count == 12 && abs(first.period - 0.04) < 1e-9 && first.views == [.top] && first.keys == 21...108)
    #expect(first.coarse.keysDown(at: first.times) == (40..<52).map(keys))
    #expect(first.description.tellsVelocities == false && first.coarse.notes.allSatisfy { $0.velocity == 64 })
    // Three pictures of the other have no label; its labels are velocities.
    let second = try #require(set.clips.last)
    #expect(second.times.count == 7 && second.coarse.keysDown(at: second.times) == (0..<7).map(keys))
    #expect(report.findings.map(\.text).contains { $0.contains("3 of 10 pictures have no label") })
    #expect(second.description.tellsVelocities == true)
    #expect(second.precise.notes.allSatisfy { $0.velocity == $0.key - 1 } && !second.precise.notes.isEmpty)
  }

  @Test func `A key that is down looks as its picture does, at its place`() throws {
    let strip = StripGeometry(rows: 32, pitch: 8)
    let (set, _) = try made(Self.fixture, .training, "strips", RollSet.Recipe(strip))
    for clip in set.clips {
      for (frame, down) in clip.coarse.keysDown(at: clip.times).enumerated() {
        let bytes = try clip.pictures(.top, [frame])
        for key in 1..<87 where ![1, 3, 6, 8, 10].contains((key + 9) % 12) {
          // The front of a white key, before the black ones; dark where it is down.
          let grey = bytes[(strip.rows - 6) * strip.columns + Int(StripGeometry.centre(key) * Float(strip.pitch))]
          #expect((grey < 160) == down.contains(UInt8(key + 21)), "\(clip.name), frame \(frame), key \(key): \(grey)")
        }
      }
    }
  }

  @Test func `Archives of labels do where there is no pickle`() throws {
    let (set, report) = try made(Self.fixture, .testing, "testing")
    #expect(report.clips == 1 && report.findings.isEmpty)
    let clip = try #require(set.clips.first)
    #expect(clip.coarse.keysDown(at: clip.times) == (0..<8).map(keys))
  }

  @Test func `What is there stays, and what lacks or is broken is said`() throws {
    let copy = folder("copy")
    try FileManager.default.copyItem(at: Self.fixture, to: copy)
    #expect(try made(copy, .training, "rolls").report.clips == 2)
    #expect(try made(copy, .training, "rolls").report.clips == 2)
    let pictures = copy.appendingPathComponent("input_images/training/Bach Prelude and Fugue No.1 B1")
    try FileManager.default.removeItem(at: pictures.appendingPathComponent("frame45.jpg"))
    let changed = try made(copy, .training, "rolls").report
    #expect(changed.clips == 1 && changed.findings.contains { $0.text.contains("others than those") })
    try Data("no picture".utf8).write(to: pictures.appendingPathComponent("frame45.jpg"))
    let labels = copy.appendingPathComponent("labels/training/Bach Prelude and Fugue No.2 B1.pkl")
    try FileManager.default.removeItem(at: labels)
    try FileManager.default.copyItem(at: PickleReaderTests.folder.appendingPathComponent("harmful.pkl"), to: labels)
    let broken = try RollSetMaker(folder: folder("broken"), recipe: .full).make(
      [AudeoSet(copy, .training)], jobs: 1
    ) { _ in }
    #expect(broken.clips == 0 && broken.findings.contains { $0.text.contains("frame45.jpg") })
    #expect(broken.findings.contains { $0.text.contains("posix.system") })
    try FileManager.default.removeItem(at: labels)
    let none = try RollSetMaker(folder: folder("broken"), recipe: .full).make(
      [AudeoSet(copy, .training)], jobs: 1
    ) { _ in }
    #expect(none.findings.contains { $0.text.contains("it has no labels") })
    #expect(throws: DataError.self) { try AudeoSet(folder("nowhere"), .training) }
    // Labels of other frames than there are pictures of.
    try FileManager.default.copyItem(
      at: PickleReaderTests.folder.appendingPathComponent("protocol4.pkl"),
      to: copy.appendingPathComponent("labels/testing.pkl"))
    let first = copy.appendingPathComponent("labels/training/Bach Prelude and Fugue No.1 B1.pkl")
    try FileManager.default.removeItem(at: first)
    try FileManager.default.moveItem(at: copy.appendingPathComponent("labels/testing.pkl"), to: first)
    let others = try RollSetMaker(folder: folder("broken"), recipe: .full).make(
      [AudeoSet(copy, .training)], jobs: 1
    ) { _ in }
    #expect(others.clips == 0 && others.findings.contains { $0.text.contains("no picture has a label") })
  }
}
