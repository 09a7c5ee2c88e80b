import Foundation

/// A page in the text format 0.0.4, read by the words of its documentation and by none of the exporter's code.
struct Page {
    struct Series: Hashable, CustomStringConvertible {
        var name: String
        var labels: [String: String]

        var description: String {
            "\(name){\(labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ","))}"
        }
    }

    private(set) var samples: [Series: Double] = [:]

    init(_ text: String) throws {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let (series, value) = try Self.read(line)
            guard samples.updateValue(value, forKey: series) == nil else { throw TestFailure("twice: \(series)") }
        }
    }

    /// The value of the one series of that name whose labels include these; `nil` where there is none.
    func value(_ name: String, _ labels: KeyValuePairs<String, String> = [:]) -> Double? {
        let found = values(name, labels)
        return found.count == 1 ? found[0] : nil
    }

    /// The values of all series of that name whose labels include these.
    func values(_ name: String, _ labels: KeyValuePairs<String, String> = [:]) -> [Double] {
        samples.filter { sample in
            sample.key.name == name && labels.allSatisfy { sample.key.labels[$0.key] == $0.value }
        }.map(\.value)
    }

    /// All values of a label among the series of that name.
    func labelValues(_ label: String, of name: String) -> Set<String> {
        Set(samples.keys.filter { $0.name == name }.compactMap { $0.labels[label] })
    }

    private static func read(_ line: Substring) throws -> (Series, Double) {
        var rest = line
        let name = rest.prefix { $0 != "{" && $0 != " " }
        rest = rest.dropFirst(name.count)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest.removeFirst()
            while rest.first != "}" {
                let label = rest.prefix { $0 != "=" }
                rest = rest.dropFirst(label.count + 2)
                labels[String(label)] = try readQuoted(&rest)
                if rest.first == "," { rest.removeFirst() }
            }
            rest.removeFirst()
        }
        guard rest.first == " ", let value = Double(rest.dropFirst()) else { throw TestFailure("no sample: \(line)") }
        return (Series(name: String(name), labels: labels), value)
    }

    /// Reads up to the closing quote, and past it.
    private static func readQuoted(_ rest: inout Substring) throws -> String {
        var text = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"":
                return text
            case "\\":
                guard let escaped = rest.popFirst() else { break }
                text.append(escaped == "n" ? "\n" : escaped)
            default:
                text.append(character)
            }
        }
        throw TestFailure("a label value has no end")
    }
}

/// A reply, as the real `curl` program got it.
struct CurlReply {
    var status: Int
    /// In the order in which they came; names in lower case.
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    func header(_ name: String) -> String? {
        headers.first { $0.name == name.lowercased() }?.value
    }
}

extension CurlReply {
    /// Runs curl and reads its one reply.
    ///
    /// - Throws: where curl gets none.
    static func get(_ url: String, _ arguments: [String] = []) async throws -> CurlReply {
        let folder = try TemporaryFolder()
        let program = try RunningProgram(
            "curl",
            [
                "-q", "--silent", "--show-error", "--globoff", "--noproxy", "*", "--max-time", "10", "--dump-header",
                folder["head"], "--output", folder["body"],
            ] + arguments + [url])
        guard case .exit(0) = try await program.waitForEnd() else {
            throw TestFailure("curl got no reply from \(url): \(program.errors)")
        }
        // Interim replies have a head of their own in front.
        let heads = folder.read("head").replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n\n")
        let lines = (heads.last { !$0.isEmpty } ?? "").components(separatedBy: "\n")
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (
                line[..<colon].lowercased(),
                line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            )
        }
        return CurlReply(
            status: Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0, headers: headers,
            body: Array((try? Data(contentsOf: URL(fileURLWithPath: folder["body"]))) ?? Data()))
    }
}
