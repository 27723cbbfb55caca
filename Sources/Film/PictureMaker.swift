// PictureMaker: decoded frames, of whatever pixels, into pictures of one size: grey or RGB, upright, from 0 to 255.
import CLibAV
import Pictures

/// Makes the pictures of one film. Used by one thread at a time.
final class PictureMaker {
  let width: Int, height: Int
  private let colours: PictureColours, orientation: Orientation
  private let scaled: UnsafeMutablePointer<AVFrame>

  /// What the scaler was made for.
  private struct Source: Equatable { var width: Int32, height: Int32, format: Int32, isFull: Bool, colours: UInt32 }
  private var source: Source?
  private var scaler: UnsafeMutableRawPointer?

  /// - Parameters:
  ///   - width: of the pictures to make, as they are shown; `height` likewise.
  init?(width: Int, height: Int, colours: PictureColours, orientation: Orientation) {
    self.width = width
    self.height = height
    self.colours = colours
    self.orientation = orientation
    let sides = orientation.swapsSides ? (height, width) : (width, height)
    let format = colours == .grey ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_RGB24
    guard let scaled = emptyPicture(sides.0, sides.1, format) else { return nil }
    self.scaled = scaled
  }

  deinit {
    var scaled: UnsafeMutablePointer<AVFrame>? = scaled
    av_frame_free(&scaled)
    fp_free_scaler(scaler)
  }

  /// Nil where libswscale does not know such pixels.
  func picture(_ frame: UnsafeMutablePointer<AVFrame>, codec: AVCodecID) -> Picture? {
    let now = Source(
      width: frame.pointee.width, height: frame.pointee.height, format: frame.pointee.format,
      isFull: Self.isFull(frame.pointee, codec), colours: Self.colours(frame.pointee))
    if now != source {
      fp_free_scaler(scaler)
      scaler = fp_scaler(
        now.width, now.height, AVPixelFormat(now.format), now.isFull ? 1 : 0, Int32(now.colours),
        scaled.pointee.width, scaled.pointee.height, AVPixelFormat(scaled.pointee.format), 1, Int32(now.colours))
      source = now
    }
    guard let scaler, fp_scale(scaler, frame, scaled) == scaled.pointee.height, let from = scaled.pointee.data.0 else {
      return nil
    }
    let count = width * height * colours.rawValue
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      orientation.lay(
        from, stride: Int(scaled.pointee.linesize.0), into: buffer.baseAddress!, width: width, height: height,
        channels: colours.rawValue)
      filled = count
    }
    return Picture(width: width, height: height, colours: colours, bytes: bytes)
  }

  /// Whether black is 0 rather than 16. Grey without a word is full, except in codecs that would have said so.
  private static func isFull(_ frame: AVFrame, _ codec: AVCodecID) -> Bool {
    let format = AVPixelFormat(frame.format)
    if frame.color_range != AVCOL_RANGE_UNSPECIFIED { return frame.color_range == AVCOL_RANGE_JPEG }
    let old = [
      AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ411P,
    ]
    if old.contains(format) { return true }
    guard let description = av_pix_fmt_desc_get(format) else { return false }
    let limited = [AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1]
    return description.pointee.nb_components < 3 && !limited.contains(codec)
  }

  /// How luma and chroma become colours; where nothing is said, by size, as players do: HD is BT.709, less is BT.601.
  private static func colours(_ frame: AVFrame) -> UInt32 {
    let stated = frame.colorspace
    if stated != AVCOL_SPC_UNSPECIFIED && stated.rawValue < AVCOL_SPC_YCGCO.rawValue && stated != AVCOL_SPC_RGB
      || stated == AVCOL_SPC_BT2020_NCL || stated == AVCOL_SPC_BT2020_CL
    {
      return stated.rawValue
    }
    return coloursBySize(width: Int(frame.width), height: Int(frame.height)).rawValue
  }
}

/// What players take for films that do not say how luma and chroma become colours.
func coloursBySize(width: Int, height: Int) -> AVColorSpace {
  width >= 1280 || height > 576 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M
}

/// Memory for a picture; nil where there is none or the sides cannot be.
func emptyPicture(_ width: Int, _ height: Int, _ format: AVPixelFormat) -> UnsafeMutablePointer<AVFrame>? {
  guard let frame = av_frame_alloc() else { return nil }
  frame.pointee.width = Int32(clamping: width)
  frame.pointee.height = Int32(clamping: height)
  frame.pointee.format = format.rawValue
  guard av_frame_get_buffer(frame, 0) >= 0 else {
    var frame: UnsafeMutablePointer<AVFrame>? = frame
    av_frame_free(&frame)
    return nil
  }
  return frame
}
