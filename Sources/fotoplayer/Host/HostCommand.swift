// `host`: the piano by itself under JACK, for keyboards, sequencers and session managers, without an LV2 host.
import ArgumentParser
import Foundation
import JACK
import Performer
import Terminal

struct HostCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "host", abstract: "Play the piano live under JACK.",
    discussion: """
      Examples:
        fotoplayer host --connect-midi 'system:midi_capture_*' --connect-audio system
        fotoplayer host --preset "Quick response" --set gain=6 --wait
        fotoplayer host --name left-piano --state left-piano.json

      It has a MIDI input and two outputs, tells JACK its latency, and keeps its
      settings in a file that it finds again. While it runs it reads commands; 'help'
      lists them. A pattern is a port's full name, with * ? and [ ] if need be, or a
      client's name for all its ports; what appears later is connected then. When the
      server goes, the piano waits, and goes on when it is back. A session manager
      that speaks NSM (NSM_URL) says where the settings are, and when to save them.
      """)

  @Option(help: "The client's name.") var name = "fotoplayer"
  @Option(help: "The JACK server's name. By default the usual one.") var server: String?
  @Option(help: "The voice, a .safetensors file. By default the one of the state.") var voice: String?
  @Option(help: "A preset to begin with.") var preset: String?
  @Option(name: .customLong("set"), help: "A control and its value, for instance steps=8. May be repeated.")
  var assignments: [String] = []
  @Option(help: "Where the settings are kept. By default in the user's state folder, by the client's name.")
  var state: String?
  @Option(help: "Ports that play the piano. May be repeated.") var connectMidi: [String] = []
  @Option(help: "Ports that hear it: left and right in turn. May be repeated.") var connectAudio: [String] = []
  @Flag(help: "Wait for a JACK server that is not there yet.") var wait = false
  @Flag(help: "Say nothing but errors and answers.") var quiet = false

  func run() throws {
    Interruption.listen()
    signal(SIGPIPE, SIG_IGN)
    let session = try NSMSession()
    var (name, path) = (name, state ?? Folders.state() + "/\(name).json")
    var opening: NSMSession.Wish?
    if let session {
      opening = try join(session)
      guard case .open(let place, _, let client) = opening else { throw ExitCode(0) }
      (name, path) = (client, place + ".json")
    }
    let host: StandaloneHost
    do {
      var settings = try PianoState.read(path) ?? PianoState()
      if let preset { settings.apply(try PianoPresets.find(preset)) }
      for assignment in assignments { try settings.set(assignment: assignment) }
      if let voice { try settings.set("voice", voice) }
      let wiring = Wiring([(.midi, .input, connectMidi), (.audio, .output, connectAudio)])
      host = StandaloneHost(
        lifeline: Lifeline(name: name, server: server), wiring: wiring, settings: settings, path: path,
        session: session, isQuiet: quiet)
      try host.open(wait: wait || session != nil)
    } catch {
      if let session, let opening { session.answer(opening, failure: "\(error)") }
      throw error
    }
    if let session, case .open(_, let title, _) = opening {
      session.answer(.open(path: path, title: title, client: name))
      if !quiet { Notice.say("in the session \(title) of \(session.manager ?? "a session manager")") }
    }
    try host.run()
  }

  /// Introduces itself to a session manager and waits until that says where the settings are; nil when interrupted.
  private func join(_ session: NSMSession) throws -> NSMSession.Wish? {
    session.announce("Fotoplayer Piano", executable: (CommandLine.arguments[0] as NSString).lastPathComponent)
    while Interruption.signal == nil {
      var descriptor = pollfd(fd: session.descriptor, events: Int16(POLLIN), revents: 0)
      poll(&descriptor, 1, 100)
      for wish in session.look() { if case .open = wish { return wish } }
      if let refusal = session.refusal { throw Failure("the session manager refused: \(refusal)") }
    }
    return nil
  }
}
