import Testing

/// A web configuration file, and what has to become of the programs and the clients that go by it.
///
/// What is expected is what a program of the shared format does; where this exporter does something else, that stands
/// in ``WebDifference``.
struct WebCase: Sendable, CustomTestStringConvertible {
    var name: String
    /// The file's bytes, in which `INLINE(NAME)` stands for the text of a file of ``WebScenery``.
    ///
    /// With `nil` the programs are started without a file.
    var file: [UInt8]?
    /// `false`: the program ends, with an exit code that tells of a failure.
    var starts = true
    var scheme = "http"
    var clients: [WebClient] = []

    var testDescription: String { name }

    /// A file that a program of the shared format takes.
    static func taken(
        _ name: String, _ file: String?, _ clients: [WebClient] = [WebClient("anybody", gets: "200")]
    ) -> WebCase {
        WebCase(name: name, file: file.map { Array($0.utf8) }, clients: clients)
    }

    /// As ``taken(_:_:_:)``, where the file switches on TLS.
    static func encrypted(
        _ name: String, _ file: String, _ clients: [WebClient] = [WebClient("anybody", gets: "200")]
    ) -> WebCase {
        WebCase(name: name, file: Array(file.utf8), scheme: "https", clients: clients)
    }

    /// A file that keeps a program of the shared format from starting.
    static func refused(_ name: String, _ file: String) -> WebCase {
        refused(name, Array(file.utf8))
    }

    static func refused(_ name: String, _ file: [UInt8]) -> WebCase {
        WebCase(name: name, file: file, starts: false)
    }

    static let all = plain + passwords + headers + encryption + versions + suites + policies + badFiles + badTLS
}

/// One request of the curl program.
struct WebClient: Sendable {
    var name: String
    /// Arguments of curl.
    var arguments: [String]
    /// What comes of it, in the words of ``WebVerdict``.
    var gets: String
    /// Whether the version of HTTP is a part of it.
    var tellsVersion: Bool

    init(_ name: String, _ arguments: [String] = [], gets: String, tellsVersion: Bool = false) {
        self.name = name
        self.arguments = arguments
        self.gets = gets
        self.tellsVersion = tellsVersion
    }
}
