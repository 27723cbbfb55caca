// BicubicResizeTests: pictures in another size are byte for byte those of the Python imaging library, and a part of one is
// that part of the whole.
import Conditioning
import Pictures
import Tensors
import Testing

@Suite struct BicubicResizeTests {
  static let sizes = [
    "64x48.21x16", "33x47.32x46", "13x11.40x34", "150x4.30x2", "5x120.6x30", "1x1.8x8", "40x40.40x17", "40x40.17x40",
    "90x70.90x70", "2x3.1x1", "100x100.3x3",
  ]

  @Test(arguments: sizes) func `Pictures are byte for byte the reference's`(_ size: String) throws {
    let file = try SafeTensors(path: EncoderFixture.path("pictures.safetensors"))
    let (from, to) = (picture(try file.tensor("\(size).from")), picture(try file.tensor("\(size).to")))
    #expect(from.resized(width: to.width, height: to.height) == to)
  }

  @Test func `A part is that part of the whole, black around it`() throws {
    let file = try SafeTensors(path: EncoderFixture.path("pictures.safetensors"))
    let from = picture(try file.tensor("64x48.21x16.from"))
    for (width, height) in [(21, 16), (64, 20), (30, 48), (90, 80)] {
      let whole = from.resized(width: width, height: height)
      let (columns, rows) = (-3..<width - 4, 5..<height + 2)
      let part = from.resized(width: width, height: height, columns: columns, rows: rows)
      #expect(part.width == columns.count && part.height == rows.count)
      for (y, row) in rows.enumerated() {
        for (x, column) in columns.enumerated() {
          for channel in 0..<3 {
            let isInside = 0..<width ~= column && 0..<height ~= row
            #expect(part[x, y, channel] == (isInside ? whole[column, row, channel] : 0))
          }
        }
      }
    }
  }

  @Test func `One shade stays one shade`() {
    for shade in [0, 1, 127, 254, 255] as [UInt8] {
      let grey = Picture(width: 17, height: 31, colours: .grey, shade: shade)
      #expect(grey.resized(width: 40, height: 9) == Picture(width: 40, height: 9, colours: .grey, shade: shade))
    }
  }
}
