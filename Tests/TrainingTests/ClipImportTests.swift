// ClipImportTests: the published lists with their quirks, and media under the names that downloaders give.
import Foundation
import Scratch
import Testing
import Training

@Suite struct ClipImportTests {
  let scratch = try! Scratch()

  func write(_ name: String, _ text: String = "") throws -> String {
    let path = scratch.path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  func imported(
    _ list: ClipList, _ text: String, media: [String], _ options: ClipImport.Options = ClipImport.Options()
  ) throws -> ClipImport {
    for name in media { _ = try write("media/" + name) }
    return try ClipImport(
      list, try write("list", text), media: URL(fileURLWithPath: scratch.path + "/media"),
      for: URL(fileURLWithPath: scratch.path), options)
  }

  @Test func `AudioCaps: quoted commas and line ends, several captions of one part`() throws {
    let result = try imported(
      .audiocaps,
      """
      audiocap_id,youtube_id,start_time,caption\r
      97151,vfY_TJq7n_U,130,"Rustling occurs, ducks quack and water splashes, followed by an ""adult"" speaking"\r
      7,-AheI8Epim4,30,First\r
      8,-AheI8Epim4,30,"Second
      line"\r
      9,#0zzzzzzzzz,1,Nothing\r

      """.replacing("#", with: "x"), media: ["train/97151.wav", "test/-AheI8Epim4_30000_40000.flac"])
    #expect(result.listed == 3 && result.missing == ["x0zzzzzzzzz_1"])
    let clips = result.manifest.clips
    #expect(clips.map(\.id) == ["vfY_TJq7n_U_130", "-AheI8Epim4_30"])
    #expect(clips[0].captions == ["Rustling occurs, ducks quack and water splashes, followed by an \"adult\" speaking"])
    #expect(clips[1].captions == ["First", "Second\nline"] && clips[1].key == "-AheI8Epim4")
    #expect(clips[0].audio == "media/train/97151.wav" && clips[0].video == nil && clips[0].start == nil)
    #expect(clips.allSatisfy { $0.seconds == 10 && $0.source == "AudioCaps" && $0.licence != nil })
  }

  @Test func `AudioSet: comments, spaces before quotes, signs that have names`() throws {
    let labels = try write(
      "labels.csv", "index,mid,display_name\n0,/m/09x0r,\"Speech\"\n1,/m/05zppz,\"Male speech, man speaking\"\n")
    let list = """
      # Segments csv created Sun Mar  5 10:54:31 2017
      # num_ytids=22160, num_segs=22160
      # YTID, start_seconds, end_seconds, positive_labels
      --4gqARaEJE, 0.000, 10.000, "/m/09x0r,/m/05zppz"
      --BfvyPmVMo, 20.000, 30.000, "/m/unknown"
      """
    var options = ClipImport.Options()
    options.labels = try ClipList.labels(labels)
    options.isWhole = true
    let media = ["a/--4gqARaEJE_0.0.wav", "--BfvyPmVMo.mp4"]
    let clips = try imported(.audioset, list, media: media, options).manifest.clips
    #expect(
      clips[0].captions == ["Speech, Male speech, man speaking"]
        && clips[0].category == "Speech; Male speech, man speaking")
    #expect(clips[0].start == nil && clips[1].start == 20 && clips[1].seconds == 10)
    #expect(clips[1].kind == .videoAudio && clips[1].video == clips[1].audio && clips[1].category == "/m/unknown")
    // Without names a sound has neither words nor film.
    #expect(try imported(.audioset, list, media: media).missing == ["--4gqARaEJE_0"])
  }

  @Test func `VGGSound: no heading, labels with commas, films by six figures`() throws {
    let result = try imported(
      .vggsound,
      """
      ---g-f_I2yQ,1,people marching,test
      --0PQM4-hqg,30,"bird chirping, tweeting",train
      --56QUhyDQM,185,playing tennis,train
      """, media: ["---g-f_I2yQ_000001.mp4", "x/--0PQM4-hqg_30000_40000.mkv", "--0PQM4-hqg_000030.wav"])
    let clips = result.manifest.clips
    #expect(result.missing == ["--56QUhyDQM_185"] && clips.map(\.split) == ["test", "train"])
    #expect(clips[0].audio == "media/---g-f_I2yQ_000001.mp4" && clips[0].video == clips[0].audio)
    #expect(clips[1].captions == ["bird chirping, tweeting"] && clips[1].category == "bird chirping, tweeting")
    #expect(clips[1].audio.hasSuffix(".wav") && clips[1].video?.hasSuffix(".mkv") == true)
    #expect(result.manifest.part("train").clips.count == 1)
  }

  @Test func `MusicCaps: lists inside quotes, times, its own split`() throws {
    let result = try imported(
      .musiccaps,
      """
      ytid,start_s,end_s,audioset_positive_labels,aspect_list,caption,author_id,is_balanced_subset,is_audioset_eval
      -0Gj8-vB1q4,30,40,"/m/0140xf,/m/02cjck","['low quality', 'sustained strings melody']","A ballad, slow.",4,False,True
      -0SdAVK79lg,30,40,/m/0155w,"['guitar song']",Guitars.,0,False,False
      """, media: ["[-0Gj8-vB1q4]-[30-40].wav", "-0SdAVK79lg.wav"])
    let clips = result.manifest.clips
    #expect(result.missing.isEmpty && clips.map(\.split) == ["test", "train"])
    #expect(clips[0].captions == ["A ballad, slow."] && clips[1].seconds == 10 && clips[1].start == nil)
  }

  @Test func `WavCaps: nested data, ids with and without endings, numbers, captions in three forms`() throws {
    let result = try imported(
      .wavcaps,
      """
      {"num_captions_per_audio": 1, "data": [
        {"title": "T", "href": "2219-x.html", "caption": "An airplane is landing.", "id": "2219", "duration": 14.14,
         "audio": "wav_path", "download_link": "http://…"},
        {"id": "Yb0RFKhbpFJA.wav", "caption": "Wind, a man speaks.", "audio": "wav_path", "duration": 10.0},
        {"id": 180913, "caption": ["One", "Two"], "duration": 0},
        {"id": "NHU051", "caption_1": "A", "caption_2": "B", "duration": 3},
        {"id": "gone", "caption": "G"}]}
      """,
      media: ["SoundBible/2219.flac", "AudioSet_SL/Yb0RFKhbpFJA.flac", "FreeSound/180913.flac", "BBC/NHU051.flac"])
    let clips = result.manifest.clips
    #expect(result.listed == 5 && result.missing == ["gone"])
    #expect(clips.map(\.id) == ["2219", "Yb0RFKhbpFJA", "180913", "NHU051"])
    #expect(
      clips.map(\.captions) == [["An airplane is landing."], ["Wind, a man speaks."], ["One", "Two"], ["A", "B"]])
    #expect(clips.map(\.seconds) == [14.14, 10, nil, 3] && clips[0].licence?.contains("academic") == true)
  }

  @Test func `A licence and a split that are named are kept; what is written reads back`() throws {
    var options = ClipImport.Options()
    (options.licence, options.split) = ("mine", "val")
    let result = try imported(
      .vggsound, "---g-f_I2yQ,1,people marching,test", media: ["---g-f_I2yQ_000001.mp4"], options)
    try result.manifest.write(to: scratch.path + "/out.jsonl")
    let clip = try ClipManifest(scratch.path + "/out.jsonl").clips[0]
    #expect(clip == result.manifest.clips[0] && clip.licence == "mine" && clip.split == "val")
  }

  @Test(arguments: [
    (ClipList.audiocaps, "a,b\n1,2\n", ":1: expected a column youtube_id, found a,b"),
    (.audiocaps, "", ":1: expected a heading"),
    (
      .audiocaps, "youtube_id,start_time,caption\nshort,1,x\n",
      ":2: expected eleven letters as youtube_id, found \"short\""
    ),
    (.audiocaps, "youtube_id,start_time,caption\nvfY_TJq7n_U,x,y\n", ":2: expected seconds as start_time, found \"x\""),
    (.audiocaps, "youtube_id,start_time,caption\nvfY_TJq7n_U,1,\"open\n\n", ":2: expected a quote that ends the field"),
    (
      .audiocaps, "youtube_id,start_time,caption\nvfY_TJq7n_U,1,\"a\"b\n",
      ":2: expected a comma after a quoted field, found \"b\""
    ),
    (.vggsound, "vfY_TJq7n_U,1,x\n", ":1: expected 4 fields (film, start, label, split), found 3"),
    (.audioset, "vfY_TJq7n_U, 10, 10, \"/m/1\"\n", ":1: expected an end after 10.0 s, found 10.0"),
    (.audioset, "# nothing\n", "expected clips of AudioSet, found none"),
    (.wavcaps, "{\"data\": 3}", "expected {\"data\": […]}"), (.wavcaps, "id,caption", "expected WavCaps' JSON"),
    (.wavcaps, "[{\"caption\": \"x\"}]", "entry 1 of \"data\": expected an \"id\""),
    (.wavcaps, "[{\"id\": \"x\"}]", "entry 1 of \"data\": expected a \"caption\""),
  ]) func `What is no such list is named with its line`(list: ClipList, text: String, words: String) throws {
    let refusal = #expect(throws: DataError.self) { _ = try imported(list, text, media: ["a.wav"]) }
    #expect(refusal?.description.hasPrefix(scratch.path + "/list") == true)
    #expect(refusal?.description.contains(words) == true, "\(refusal?.description ?? "")")
  }

  @Test func `Media that are not there are said, with a name to look for`() throws {
    let none = #expect(throws: DataError.self) {
      _ = try imported(.vggsound, "---g-f_I2yQ,1,people marching,test", media: ["other.mp4"])
    }
    #expect(none?.description.contains("found none; the first one's may be called ---g-f_I2yQ_000001") == true)
    let empty = #expect(throws: DataError.self) {
      _ = try ClipImport(
        .vggsound, try write("list", "---g-f_I2yQ,1,x,test"), media: URL(fileURLWithPath: scratch.path + "/no"),
        for: URL(fileURLWithPath: scratch.path))
    }
    #expect(empty?.description.contains("expected a folder of sounds or films, found none") == true)
  }
}
