/// A reply as it came over the wire.
struct RawReply: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8] = []
    /// False if the connection ended before the body did.
    var isComplete = true

    var text: String { String(decoding: body, as: UTF8.self) }

    /// Reads a head without its final empty line.
    init?(head: ArraySlice<UInt8>) {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { return nil }
        self.status = status
        headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (
                name: parts[0].lowercased(),
                value: parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
            )
        }
    }

    /// The value of the first header of that name, in lower case.
    func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}
