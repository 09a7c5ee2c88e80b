extension Duration {
    /// The duration in seconds.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }

    /// The duration in whole milliseconds, rounded towards zero.
    package var inMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }

    /// The duration for people: `0.4 ms`, `120 ms`, `2.5 s`.
    package var text: String {
        let seconds = inSeconds
        if seconds < 0.01 { return "\((seconds * 10_000).rounded() / 10) ms" }
        if seconds < 1 { return "\(Int((seconds * 1000).rounded())) ms" }
        return seconds.shortText + " s"
    }
}

extension Double {
    /// The number with at most one decimal place, none where it is 0.
    package var shortText: String {
        let rounded = (self * 10).rounded() / 10
        return Int64(exactly: rounded).map(String.init) ?? "\(rounded)"
    }
}
