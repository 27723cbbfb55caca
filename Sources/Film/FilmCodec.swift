// FilmCodec: the codecs that films are written in, their encoders by preference, and what quality means to each.
import CLibAV

/// How pictures are encoded.
public enum FilmCodec: String, CaseIterable, Sendable {
  /// H.264 by libx264 or libopenh264; MPEG-4 part 2 where libavcodec has neither.
  case h264
  case hevc, vp9, mpeg4, mjpeg
  /// FFV1: no point changes. For .mkv and .avi.
  case lossless

  /// Whether libavcodec has an encoder for it.
  public var isAvailable: Bool { encoder != nil }

  var encoder: UnsafePointer<AVCodec>? {
    let names =
      switch self {
      case .h264: ["libx264", "libopenh264", "mpeg4"]
      case .hevc: ["libx265"]
      case .vp9: ["libvpx-vp9"]
      case .mpeg4: ["mpeg4"]
      case .mjpeg: ["mjpeg"]
      case .lossless: ["ffv1"]
      }
    for name in names { if let encoder = avcodec_find_encoder_by_name(name) { return encoder } }
    return nil
  }
}

/// How much is kept of the pictures.
public enum FilmQuality: Equatable, Sendable {
  /// The same quality throughout, 0…1: 0.55 is what cameras and platforms keep, 1 the codec's best.
  case constant(Double)
  /// Bits a second, kept on average, and never more than half as many again for longer than a second.
  case bitRate(Int)
}

extension FilmQuality {
  /// Sets up an encoder that is not open yet.
  ///
  /// - Returns: the encoder's own options.
  func apply(to codec: UnsafeMutablePointer<AVCodecContext>, encoder: String) -> [String: String] {
    switch self {
    case .bitRate(let bits):
      codec.pointee.bit_rate = Int64(bits)
      codec.pointee.rc_max_rate = Int64(bits) * 3 / 2
      codec.pointee.rc_buffer_size = Int32(clamping: bits)
      return [:]
    case .constant(let quality):
      let loss = 1 - max(0, min(1, quality.isNaN ? 0.55 : quality))
      switch encoder {
      case "libx264", "libx265": return ["crf": "\(51 * loss)"]
      case "libvpx-vp9": return ["crf": "\(Int((63 * loss).rounded()))"]
      case "mpeg4", "mjpeg":
        codec.pointee.flags |= AV_CODEC_FLAG_QSCALE
        codec.pointee.global_quality = fp_quality_to_lambda() * Int32((1 + 30 * loss).rounded())
        return [:]
      default: return [:]
      }
    }
  }
}

/// What encoders are told besides: to work alone, so that the same pictures make the same bytes on every machine, and to be
/// neither slow nor chatty.
func usualOptions(encoder: String) -> [String: String] {
  switch encoder {
  case "libx264": ["preset": "fast"]
  case "libx265": ["preset": "fast", "x265-params": "log-level=none:pools=none:frame-threads=1"]
  case "libvpx-vp9": ["deadline": "good", "cpu-used": "5"]
  default: [:]
  }
}
