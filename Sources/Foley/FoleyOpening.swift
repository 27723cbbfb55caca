// FoleyOpening: a voice, a prompt and a film become an instrument that keys play: as a plugin asks for it.
import Performer
import Tensors

extension FoleyPlayer {
  /// Opens what is asked for.
  ///
  /// - Throws: `VoiceError` where the voice cannot be played by keys, `FoleyError` where it cannot be led so.
  public static func open(_ request: VoiceRequest) throws -> any BlockInstrument {
    try Storage.onOwnPages {
      let shared = try SharedVoice.open(request.voice)
      let voice = try shared.voice.of(.foley)
      let prompt = try FoleyPrompt(request.prompt.isEmpty ? nil : request.prompt, voice: voice)
      var lead = FoleyLead(words: prompt.features, followsKeys: true)
      if !request.film.isEmpty {
        let film = try SeenFilm(path: request.film)
        guard film.viewer == voice.foley?.films else {
          throw FoleyError(
            "\(request.film): expected a film that was watched by \(voice.foley?.films ?? "nobody: \(voice.name) reads prompts alone"), "
              + "found \(film.viewer)")
        }
        lead.film = film.lead
      }
      return try FoleyPlayer(voice, lead, sharedAs: shared, remark: prompt.notices.joined(separator: "; "))
    }
  }
}
