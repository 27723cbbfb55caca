// MotionViewTests: what moves is seen where and when it moves, films of other rates look alike, a stream keeps two pictures.
import Film
import Foundation
import Pictures
import Scratch
import Tensors
import Testing
import Watching

@Suite struct MotionViewTests {
  private let cells = MotionView.columns * MotionView.rows

  /// A bright square with its left upper corner at a point.
  private func square(_ x: Int, _ y: Int, shade: UInt8 = 50) -> Picture {
    var picture = Picture(width: 96, height: 72, colours: .grey, shade: shade)
    for row in y..<min(y + 12, 72) { for column in x..<min(x + 12, 96) { picture[column, row] = 200 } }
    return picture
  }

  private func rows(_ pictures: [Picture], rate: Double = 25) -> [[Float]] {
    var view = MotionView()
    var rows: [[Float]] = []
    for (index, picture) in pictures.enumerated() {
      let told = view.add(Double(index) / rate, picture)
      #expect((told == nil) == (index == 0))
      if let told {
        #expect(told.time == Double(index - 1) / rate)
        rows.append(told.features)
      }
    }
    if let told = view.finish() { rows.append(told.features) }
    #expect(view.finish() == nil)
    return rows
  }

  @Test func `Changes are told where they are, before and after`() {
    let still = square(0, 0)
    let rows = rows([still, still, square(12, 0), square(12, 0)])
    #expect(rows.count == 4 && rows.allSatisfy { $0.count == MotionView.width })
    // Nothing moves at first, and it is known that something will.
    #expect(rows[0][cells...].allSatisfy { $0 == 0 })
    #expect(rows[1][cells..<3 * cells].allSatisfy { $0 == 0 })
    #expect(rows[1][3 * cells..<4 * cells].enumerated().allSatisfy { ($1 > 0) == ($0 < 2) })
    // The first cell became darker, the second brighter, by as much.
    #expect(rows[2][cells] < -1 && rows[2][cells + 1] == -rows[2][cells])
    #expect(rows[2][2 * cells] == rows[2][cells + 1] && rows[2][2 * cells + 2] == 0)
    let all = rows.map { Array($0[(4 * cells)...]) }
    #expect(all[1][1] > 0 && all[1][0] == 0 && all[2][0] == all[1][1] && all[2][2] == all[2][0])
    #expect(all[2][3] == -all[2][0] && all[3][0] == 0 && all[3][2] == -all[2][0])
  }

  @Test func `A row is mirrored as the film is`() {
    let pictures = (0..<4).map { square(8 * $0 + 3, 5 * $0) }
    let mirrored = pictures.map { picture in
      var other = picture
      for row in 0..<72 { for column in 0..<96 { other[95 - column, row] = picture[column, row] } }
      return other
    }
    for (row, wanted) in zip(rows(pictures), rows(mirrored)) {
      let off = zip(MotionView.mirrored(row[...]), wanted).map { abs($0 - $1) }.max()!
      #expect(off < 1e-5 && row != wanted)
    }
  }

  @Test func `Light that changes everywhere is no other place, and rates do not matter`() {
    let (dark, bright) = (rows([square(24, 24)]), rows([square(24, 24, shade: 51)]))
    for cell in 0..<cells where cell != 2 * 8 + 2 { #expect(abs(dark[0][cell] - bright[0][cell]) < 1e-2) }
    let slow = rows((0..<5).map { square(8 * $0, 30) }, rate: 12.5)
    let quick = rows((0..<9).map { square(4 * $0, 30) }, rate: 25)
    #expect(abs(slow[2][4 * cells] - quick[4][4 * cells]) < 1e-3 && slow[2][4 * cells] > 0.1)
    // Pictures at the same moment, and after an hour.
    var view = MotionView()
    _ = view.add(1, square(0, 0))
    #expect(view.add(1, square(50, 50))!.features.allSatisfy { $0.isFinite })
    #expect(view.add(3601, square(0, 0))!.features.allSatisfy { $0.isFinite })
  }

  @Test func `A film has a row a picture, at most 25 a second`() throws {
    let scratch = try Scratch()
    for (rate, expected) in [(25, 20), (50, 10)] {
      let path = "\(scratch.path)/\(rate).mkv"
      let writer = try FilmWriter(path, width: 96, height: 72, frameRate: FrameRate(rate), codec: .lossless)
      for index in 0..<20 {
        let grey = square(4 * index, 30)
        try writer.write(
          Picture(width: 96, height: 72, colours: .rgb, bytes: grey.bytes.flatMap { [$0, $0, $0] }))
      }
      try writer.close()
      var heard: [Double] = []
      let found = try FilmFeatures.motion(path) { heard.append($0) }
      #expect(found.features.shape == Shape(expected, MotionView.width) && heard == found.times)
      for (index, time) in found.times.enumerated() { #expect(abs(time - Double(index) / 25) < 1e-3) }
      let part = try FilmFeatures.motion(path, range: 0.1..<0.2)
      #expect(part.times.count < expected && part.times.count > 1)
      let direct = rows(stride(from: 0, to: 20, by: 20 / expected).map { square(4 * $0, 30) })
      for (one, other) in zip(found.features.array, direct.joined()) { #expect(abs(one - other) < 0.3) }
    }
    #expect(throws: FilmError.self) { try FilmFeatures.motion(scratch.path + "/none.mp4") }
  }
}
