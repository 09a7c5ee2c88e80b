/// A number of bytes in the format of the configuration: `65536`, `512KiB`, `64MiB`.
package struct ByteSize: Equatable, CustomStringConvertible {
    /// From 1 KiB to 1 GiB: less is too small for any reply, and more would not protect the memory.
    package static let range = 1024...1_073_741_824

    package let bytes: Int

    package init(bytes: Int) {
        self.bytes = bytes
    }

    package init(parsing text: String) throws(InvalidValue) {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let count = Int(digits), let factor = Self.factors[String(unit)] else {
            throw InvalidValue("\(QuotedText(text)) is not a size; write bytes, KiB or MiB: 65536, 512KiB, 64MiB")
        }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: factor)
        guard !overflow, Self.range.contains(bytes) else {
            throw InvalidValue("\(QuotedText(text)) is out of range; from 1KiB to 1GiB")
        }
        self.bytes = bytes
    }

    package var description: String {
        for unit in ["GiB", "MiB", "KiB"] {
            if let factor = Self.factors[unit], bytes % factor == 0 { return "\(bytes / factor)\(unit)" }
        }
        return String(bytes)
    }

    private static let factors = ["": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30]
}

extension Duration {
    /// The duration in seconds.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }

    /// The duration in whole milliseconds, rounded towards zero.
    package var inMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }

    /// The duration for people, with a unit that fits: `0.4 ms`, `120 ms`, `2.5 s`.
    package var text: String {
        let seconds = inSeconds
        if seconds < 0.01 { return "\((seconds * 10_000).rounded() / 10) ms" }
        if seconds < 1 { return "\(Int((seconds * 1000).rounded())) ms" }
        return seconds.shortText + " s"
    }
}

extension Double {
    /// The number with at most one decimal place, and none if it is 0.
    package var shortText: String {
        let rounded = (self * 10).rounded() / 10
        return Int64(exactly: rounded).map(String.init) ?? "\(rounded)"
    }
}
