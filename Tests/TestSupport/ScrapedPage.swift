package import Exposition
package import Testing
import Web

/// A page in text 0.0.4, read as a scraper reads it.
package struct ScrapedPage {
    package struct Series: Hashable {
        package var name: String
        package var labels: [String: String]
        package var value: Double
    }

    package let text: String
    package let series: [Series]

    package init(_ text: String) throws {
        self.text = text
        series = try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(Self.parse)
    }

    /// The section that these blocks make on the page of all families.
    package init(_ blocks: [FamilyBlock]) throws {
        let section = PageRenderer(try MetricCatalogue.make(), format: .text).section(blocks)
        #expect(section.leftOut == 0, "a family or a label is not in the catalogue")
        try self.init(String(decoding: section.bytes, as: UTF8.self))
    }

    /// The series of that name that carry these labels, and maybe others.
    package func all(_ name: String, _ labels: [String: String] = [:]) -> [Series] {
        series.filter { series in series.name == name && labels.allSatisfy { series.labels[$0.key] == $0.value } }
    }

    /// The value of the one series of that name that carries these labels; `nil` where there is none.
    package func value(
        _ name: String, _ labels: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
    ) -> Double? {
        let found = all(name, labels)
        #expect(found.count < 2, "more than one series fits", sourceLocation: sourceLocation)
        return found.first?.value
    }

    /// The state of the one state set of that name that carries these labels.
    package func state(
        _ name: String, _ label: String, _ labels: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> String? {
        let current = all(name, labels).filter { $0.value == 1 }
        #expect(current.count < 2, "more than one state is current", sourceLocation: sourceLocation)
        return current.first?.labels[label]
    }

    package func has(_ name: String, _ labels: [String: String] = [:]) -> Bool {
        !all(name, labels).isEmpty
    }

    private static func parse(_ line: Substring) throws -> Series {
        let end = try #require(line.lastIndex(of: " "))
        let value = try #require(Double(line[line.index(after: end)...]))
        let head = line[..<end]
        guard let brace = head.firstIndex(of: "{") else {
            return Series(name: String(head), labels: [:], value: value)
        }
        var labels: [String: String] = [:]
        var rest = head[head.index(after: brace)...].dropLast()
        while let quote = rest.firstIndex(of: "\"") {
            let name = String(rest[..<quote].dropLast())
            rest = rest[rest.index(after: quote)...]
            labels[name] = takeValue(&rest)
            if rest.first == "," { rest = rest.dropFirst() }
        }
        return Series(name: String(head[..<brace]), labels: labels, value: value)
    }

    /// Takes an escaped value up to and with its closing quote.
    private static func takeValue(_ rest: inout Substring) -> String {
        var value = String.UnicodeScalarView()
        var isEscaped = false
        var scalars = rest.unicodeScalars
        while let scalar = scalars.popFirst() {
            if isEscaped {
                value.append(scalar == "n" ? "\n" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == "\"" {
                break
            } else {
                value.append(scalar)
            }
        }
        rest = Substring(scalars)
        return String(value)
    }
}
