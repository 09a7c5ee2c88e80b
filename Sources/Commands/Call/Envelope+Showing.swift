internal import MailStoreAPI
import PlainText

extension Envelope {
    /// What went wrong, in words that go on after the function's name; `nil` where it succeeded.
    package var problem: String? {
        if let error {
            let message = error.message.isEmpty ? "no message" : error.message
            return "failed on the server: \(ScreenText.line(message)) (\(error.exceptionType))"
        }
        return statusCode == .succeeded ? nil : "ended in the state \(QuotedText(statusCode.rawValue))"
    }

    /// The result as it stands in the reply; `null` where there is none.
    var resultBytes: ArraySlice<UInt8> {
        var place: Range<Int>?
        try? JSONReader.read(body) { (reader) throws(JSONError) in
            try reader.readObject { (reader, key) throws(JSONError) in
                switch key {
                case "result": place = try reader.skipValue()
                default: try reader.skipValue()
                }
            }
        }
        return place.map { body[$0] } ?? Array("null".utf8)[...]
    }
}

extension Console {
    /// Writes what the command is for.
    func writeResult(_ bytes: [UInt8]) throws(CommandError) {
        guard !writeOutput(bytes) else { return }
        throw CommandError(.failure, "the result could not be written to the standard output; is the disk full?")
    }

    /// Says that a process goes on without a watcher, and how to watch it again.
    func sayLeft(_ title: String, token: String, because error: APIError?, attaching: [String]) {
        let token = ScreenText.line(token)
        if let error { say("mailstore_exporter: \(ScreenText.line(error.description))") }
        say("\(title) was left running on the server; its token is \(token)")
        say("watch it again with: \((attaching + [token]).map { ShellText($0).description }.joined(separator: " "))")
    }
}
