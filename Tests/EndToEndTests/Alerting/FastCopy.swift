import Foundation

/// The product's own alerting rules and routes, word for word but for their times and the receivers' addresses.
///
/// Times are divided and not set: that an alert comes later than the one that mutes it must stay so.
enum FastCopy {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "alerts").path

    /// The alerting rules: what takes 5 minutes takes 2 seconds, what takes one minute takes one second.
    static func rules() throws -> String {
        var lines = try lines(of: "mailstore.rules.yml")
        try shorten(["for", "keep_firing_for"], by: 150, in: &lines)
        return lines.joined(separator: "\n")
    }

    /// The routes: what waits for 10 seconds to be sent waits for one, what waits for 2 minutes waits for 3 seconds.
    ///
    /// Whatever joins a group is told within a second, and what was told is not told again.
    ///
    /// - Parameter receiver: the address that stands in for the example's, such as `http://127.0.0.1:40123`.
    static func routes(to receiver: String) throws -> String {
        var lines = try lines(of: "alertmanager-example.yml")
        try shorten(["group_wait"], by: 40, in: &lines)
        try shorten(["group_interval"], by: .max, in: &lines)
        let text = lines.joined(separator: "\n")
        let fast = text.replacing("url: https://alerts.example.org/", with: "url: \(receiver)/")
        guard fast != text else { throw TestFailure("alertmanager-example.yml has no receiver to replace") }
        return fast
    }

    private static func lines(of file: String) throws -> [String] {
        let text = TemporaryFolder.text(of: "\(folder)/\(file)")
        guard !text.isEmpty else { throw TestFailure("there is no \(folder)/\(file)") }
        return text.components(separatedBy: "\n")
    }

    /// Divides the times of these keys, rounded up to whole seconds; what is 0 stays so.
    private static func shorten(_ keys: [String], by divisor: Int, in lines: inout [String]) throws {
        let units = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        for key in keys {
            var found = 0
            for (index, line) in lines.enumerated() {
                let parts = line.components(separatedBy: "\(key): ")
                guard parts.count == 2, parts[0].allSatisfy({ $0 == " " }) else { continue }
                guard let unit = units[String(parts[1].suffix(1))], let count = Int(parts[1].dropLast()) else {
                    throw TestFailure("the time is not understood: \(line)")
                }
                let (quotient, rest) = (count * unit).quotientAndRemainder(dividingBy: divisor)
                lines[index] = "\(parts[0])\(key): \(quotient + (rest > 0 ? 1 : 0))s"
                found += 1
            }
            guard found > 0 else { throw TestFailure("no line says \(key)") }
        }
    }
}
