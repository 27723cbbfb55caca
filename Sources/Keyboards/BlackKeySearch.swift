// BlackKeySearch: lines of all directions over the picture; where the rhythm of black keys is longest, its keys are followed
// from line to line, to where they end.
import Glibc

/// One black key, followed across lines: points on its middle, in order across the row.
struct BlackKeyTrack {
  let number: Int
  var points: [SIMD2<Float>] = []
}

struct BlackKeySearch {
  let shades: Shades
  /// What is darker than its surroundings by less is noise.
  let depth: Float

  init(_ shades: Shades) {
    self.shades = shades
    depth = max(5, 0.09 * (shades.quantile(0.98) - shades.quantile(0.02)))
  }

  /// The best rows, at most five, that lie apart from each other; the best first.
  func rows() -> [BlackKeyRow] {
    var found: [BlackKeyRow] = []
    let middle = SIMD2(Float(shades.width), Float(shades.height)) / 2
    let reach = (middle * middle).sum().squareRoot()
    // A black key is nine times as long as it is wide: lines closer than 2° to each other miss none.
    for step in 0..<100 {
      let angle = Float(step) * .pi / 100
      let direction = SIMD2(cosf(angle), sinf(angle))
      let across = SIMD2(-direction.y, direction.x)
      for offset in stride(from: -reach, through: reach, by: 4) {
        guard let line = ScanLine(through: middle + across * offset, direction: direction, in: shades) else { continue }
        let valleys = line.valleys(in: shades, depth: depth)
        if let row = BlackKeyRow(line, valleys: valleys, depth: depth) { found.append(row) }
      }
    }
    var kept: [BlackKeyRow] = []
    for row in found.sorted(by: { $0.score > $1.score }) {
      guard kept.count < 5, row.score > 0.5 * (kept.first?.score ?? 0) else { break }
      let apart = kept.allSatisfy { other in
        let way = row.middle - other.middle
        return abs(way.x * other.line.direction.y - way.y * other.line.direction.x) > 0.02 * reach
      }
      if apart { kept.append(row) }
    }
    return kept
  }

  /// The row's keys on the lines beside it, first towards one side, then towards the other.
  func tracks(_ row: BlackKeyRow) -> [BlackKeyTrack] {
    let (direction, numbers) = (row.line.direction, row.keys.keys.sorted())
    let across = SIMD2(-direction.y, direction.x)
    let distances = zip(numbers, numbers.dropFirst()).map { a, b in
      (row.keys[b]!.at - row.keys[a]!.at) / (BlackKeys.place(b) - BlackKeys.place(a))
    }
    let pitch = median(distances)
    let step = max(1, pitch / 8)
    var sides: [[Int: [SIMD2<Float>]]] = []
    for way: Float in [-1, 1] {
      var found: [Int: [SIMD2<Float>]] = [:]
      // Where each was seen last, how far it moves along the line from one to the next, and how long it has been missed.
      var last = row.keys.mapValues { (valley: $0, drift: Float(0), missed: 0) }
      for number in 1...400 where !last.isEmpty {
        let through = row.line.start + direction * (row.line.length / 2) + across * (way * step * Float(number))
        guard let line = ScanLine(through: through, direction: direction, in: shades) else { break }
        // Places along this line, counted as those of the row.
        let shift = ((line.start - row.line.start) * direction).sum()
        let valleys = line.valleys(in: shades, depth: depth)
        for (key, state) in last {
          let reference = row.keys[key]!
          let expected = state.valley.at + state.drift * Float(state.missed + 1)
          let near = valleys.min { abs($0.at + shift - expected) < abs($1.at + shift - expected) }
          if var near, abs(near.at + shift - expected) < max(0.16 * pitch, 1), near.width < 1.5 * reference.width,
            near.width > 0.55 * reference.width, near.depth > 0.45 * reference.depth
          {
            found[key, default: []].append(line.point(near.at))
            near.at += shift
            let drift = (near.at - state.valley.at) / Float(state.missed + 1)
            last[key] = (near, 0.8 * state.drift + 0.2 * drift, 0)
          } else if Float(state.missed) * step > 0.2 * pitch {
            last[key] = nil
          } else {
            last[key]!.missed += 1
          }
        }
      }
      sides.append(found)
    }
    return numbers.map { number in
      BlackKeyTrack(
        number: number,
        points: (sides[0][number] ?? []).reversed() + [row.line.point(row.keys[number]!.at)] + (sides[1][number] ?? []))
    }
  }
}
