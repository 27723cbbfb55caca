// ClipList: the published lists of clips that can be imported, and how each is read.
import Foundation
import Tensors

/// A kind of list.
public enum ClipList: String, CaseIterable, Sendable {
  case audiocaps, wavcaps, musiccaps, audioset, vggsound

  /// What its publishers allow with the list; the media belong to those who made them.
  public var licence: String {
    switch self {
    case .audiocaps: "AudioCaps: see its terms; media of their owners"
    case .wavcaps: "WavCaps: academic use only; media under the terms of FreeSound, the BBC, SoundBible, AudioSet"
    case .musiccaps: "captions CC BY-SA 4.0; media of their owners"
    case .audioset: "labels CC BY 4.0; media of their owners"
    case .vggsound: "annotations CC BY 4.0; media of their owners"
    }
  }

  public var source: String {
    switch self {
    case .audiocaps: "AudioCaps"
    case .wavcaps: "WavCaps"
    case .musiccaps: "MusicCaps"
    case .audioset: "AudioSet"
    case .vggsound: "VGGSound"
    }
  }

  /// What is in a list.
  ///
  /// - Parameters:
  ///   - path: where it is from, for errors.
  ///   - labels: names by their signs (`/m/05kq4`), of AudioSet.
  func read(_ bytes: [UInt8], path: String, labels: [String: String]) throws -> [ListedClip] {
    do {
      switch self {
      case .audiocaps: return try Self.audiocaps(bytes)
      case .wavcaps: return try Self.wavcaps(bytes, path)
      case .musiccaps: return try Self.musiccaps(bytes)
      case .audioset: return try Self.audioset(bytes, labels)
      case .vggsound: return try Self.vggsound(bytes)
      }
    } catch let fault as DelimitedText.Fault {
      throw DataError("\(path):\(fault.line): expected \(fault.expected), found \(fault.found)")
    }
  }

  /// `index,mid,display_name`: names by their signs.
  public static func labels(_ path: String) throws -> [String: String] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw DataError("\(path): expected AudioSet's class_labels_indices.csv, found nothing that can be read")
    }
    do {
      let table = try Table(Array(data), columns: ["mid", "display_name"])
      return Dictionary(table.rows.map { ($0["mid"], $0["display_name"]) }, uniquingKeysWith: { $1 })
    } catch let fault as DelimitedText.Fault {
      throw DataError("\(path):\(fault.line): expected \(fault.expected), found \(fault.found)")
    }
  }

  /// `audiocap_id,youtube_id,start_time,caption`: where a part has several captions, a row each.
  private static func audiocaps(_ bytes: [UInt8]) throws -> [ListedClip] {
    let table = try Table(bytes, columns: ["youtube_id", "start_time", "caption"])
    var order: [String] = []
    var clips: [String: ListedClip] = [:]
    for row in table.rows {
      let film = try row.film("youtube_id")
      let number = row.optional("audiocap_id")
      let new = ListedClip(film: film, start: try row.number("start_time"), seconds: 10)
      var clip = (clips[new.id] ?? new).named(number.map { [$0] } ?? [])
      clip.captions.append(try row.words("caption"))
      if clips.updateValue(clip, forKey: clip.id) == nil { order.append(clip.id) }
    }
    return order.map { clips[$0]! }
  }

  /// `ytid,start_s,end_s,audioset_positive_labels,aspect_list,caption,…`
  private static func musiccaps(_ bytes: [UInt8]) throws -> [ListedClip] {
    try Table(bytes, columns: ["ytid", "start_s", "end_s", "caption"]).rows.map { row in
      let (start, end) = (try row.number("start_s"), try row.number("end_s"))
      guard end > start else { throw row.fault("an end after \(start) s", "\(end)") }
      var clip = ListedClip(film: try row.film("ytid"), start: start, seconds: end - start)
      clip.captions = [try row.words("caption")]
      if let eval = row.optional("is_audioset_eval") { clip.split = eval.lowercased() == "true" ? "test" : "train" }
      return clip
    }
  }

  /// `YTID, start_seconds, end_seconds, "sign,sign"` under comments, without a heading.
  private static func audioset(_ bytes: [UInt8], _ labels: [String: String]) throws -> [ListedClip] {
    try DelimitedText(String(decoding: bytes, as: UTF8.self)).rows.map { fields in
      let row = try Row(fields, ["film", "start", "end", "labels"])
      let (start, end) = (try row.number("start"), try row.number("end"))
      guard end > start else { throw row.fault("an end after \(start) s", "\(end)") }
      var clip = ListedClip(film: try row.film("film"), start: start, seconds: end - start)
      let signs = row["labels"].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      let names = signs.compactMap { labels[$0] }
      clip.category = names.isEmpty ? signs.joined(separator: ", ") : names.joined(separator: "; ")
      clip.captions = names.isEmpty ? [] : [names.joined(separator: ", ")]
      return clip
    }
  }

  /// `id,start,label,split` without a heading.
  private static func vggsound(_ bytes: [UInt8]) throws -> [ListedClip] {
    try DelimitedText(String(decoding: bytes, as: UTF8.self)).rows.map { fields in
      let row = try Row(fields, ["film", "start", "label", "split"])
      var clip = ListedClip(film: try row.film("film"), start: try row.number("start"), seconds: 10)
      (clip.category, clip.captions) = (try row.words("label"), [try row.words("label")])
      clip.split = row["split"].isEmpty ? nil : row["split"]
      return clip
    }
  }

  /// `{"num_captions_per_audio": 1, "data": [{"id": …, "caption": …, "duration": …}, …]}`; some parts have `caption` as a
  /// list, or `caption_1` … instead, some ids are numbers, and AudioSet's have `Y` before them and `.wav` behind.
  private static func wavcaps(_ bytes: [UInt8], _ path: String) throws -> [ListedClip] {
    let json: JSON
    do { json = try JSON(parsing: bytes) } catch { throw DataError("\(path): expected WavCaps' JSON, found \(error)") }
    guard let entries = json["data"]?.elements ?? json.elements else {
      throw DataError("\(path): expected {\"data\": […]}, found something else; is it a list of WavCaps?")
    }
    return try entries.enumerated().map { index, entry in
      func fault(_ expected: String) -> DataError {
        DataError("\(path): entry \(index + 1) of \"data\": expected \(expected), found \(entry.text().prefix(80))")
      }
      guard let id = entry["id"]?.string ?? entry["id"]?.integer.map(String.init), !id.isEmpty else {
        throw fault("an \"id\"")
      }
      let sounds = [".wav", ".flac", ".mp3", ".ogg"]
      let stem = sounds.contains { id.lowercased().hasSuffix($0) } ? String(id[..<id.lastIndex(of: ".")!]) : id
      var clip = ListedClip(id: stem, names: [stem])
      if stem.count == 12, stem.hasPrefix("Y") { clip = ListedClip(id: stem, names: [stem, String(stem.dropFirst())]) }
      let numbered = (entry.members ?? []).filter { $0.name.hasPrefix("caption_") }.compactMap(\.value.string)
      let listed = entry["caption"]?.elements?.compactMap(\.string) ?? entry["caption"]?.string.map { [$0] } ?? numbered
      clip.captions = listed.filter { $0.contains { !$0.isWhitespace } }
      guard !clip.captions.isEmpty else { throw fault("a \"caption\"") }
      clip.seconds = entry["duration"]?.double.flatMap { $0 > 0.01 ? $0 : nil }
      return clip
    }
  }
}
