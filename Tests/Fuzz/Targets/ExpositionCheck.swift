import Exposition

/// Checks a page by the grammar of its format, as strictly as Prometheus reads it.
enum ExpositionCheck {
    static func check(_ page: [UInt8], _ format: Format) throws {
        guard let text = String(validating: page, as: UTF8.self) else {
            throw BrokenPromise(description: "the page is not UTF-8")
        }
        var seen: Set<Substring> = []
        // By bytes: to Swift a carriage return and a line feed are one character.
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        try promise(lines.last?.isEmpty == true, "the last line has no end")
        for line in lines.dropLast() {
            let line = Substring(line)
            guard !line.utf8.starts(with: "#".utf8) else {
                let isKnown = ["# HELP ", "# TYPE ", "# UNIT "].contains { line.utf8.starts(with: $0.utf8) }
                try promise(isKnown || line == "# EOF" && format == .openMetrics, "not a line of a page: \(line)")
                continue
            }
            let series = try series(line)
            try promise(seen.insert(series).inserted, "twice on the page: \(series)")
        }
        if format == .openMetrics { try promise(text.utf8.suffix(6).elementsEqual("# EOF\n".utf8), "no end marker") }
    }

    /// The name and the labels of a sample.
    private static func series(_ line: Substring) throws -> Substring {
        var rest = line.utf8
        try promise(takeName(&rest), "no name: \(line)")
        if rest.first == UInt8(ascii: "{") {
            repeat {
                rest = rest.dropFirst()
                try promise(takeName(&rest), "no label: \(line)")
                try promise(rest.starts(with: "=\"".utf8), "no value of a label: \(line)")
                rest = rest.dropFirst(2)
                try promise(takeValue(&rest), "a label's value does not end, or has an unknown escape: \(line)")
            } while rest.first == UInt8(ascii: ",")
            try promise(rest.first == UInt8(ascii: "}"), "labels do not end: \(line)")
            rest = rest.dropFirst()
        }
        let series = line[..<rest.startIndex]
        try promise(rest.first == UInt8(ascii: " "), "no value: \(line)")
        let value = Substring(rest.dropFirst())
        let isNumber = ["+Inf", "-Inf", "NaN"].contains(value) || Double(value) != nil
        try promise(isNumber, "not a number: \(line)")
        return series
    }

    private static func takeName(_ rest: inout Substring.UTF8View) -> Bool {
        let name = rest.prefix { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: ":") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        rest = rest.dropFirst(name.count)
        return name.first.map { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
    }

    private static func takeValue(_ rest: inout Substring.UTF8View) -> Bool {
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return true }
            guard byte == UInt8(ascii: "\\") else { continue }
            guard let escape = rest.popFirst(), "\\\"n".utf8.contains(escape) else { return false }
        }
        return false
    }
}
