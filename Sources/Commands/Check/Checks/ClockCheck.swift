import PlainText

/// Whether the clocks of the server and of this machine agree.
struct ClockCheck: TargetCheck {
    static let name = CheckName.clock
    static let needs = [CheckName.api]

    /// The difference in seconds from which on it is warned of.
    static let tolerance = 60.0

    func run(_ examination: inout Examination) async -> [Finding] {
        guard let skew = examination.parts.server.skew else {
            return [
                Finding(
                    .warning, "the server sends no Date, so its clock is unknown",
                    remedy: "Does a proxy take the header away? The exporter then asks by this machine's clock.")
            ]
        }
        let details = [CheckDetail.seconds("skew_seconds", skew)]
        // The header has whole seconds: less than one means nothing.
        let distance = abs(skew) < 1 ? "agrees with this machine's to the second" : "is \(Self.describe(skew))"
        let message = "the server's clock \(distance)"
        guard abs(skew) > Self.tolerance else { return [Finding(.ok, message, details: details)] }
        return [
            Finding(
                .warning, message,
                remedy: "Set both clocks by NTP. The exporter allows for the difference when it asks for results, but "
                    + "ages and alerts go by this machine's clock.", details: details)
        ]
    }

    private static func describe(_ skew: Double) -> String {
        "\(abs(skew).shortText) s \(skew > 0 ? "ahead of" : "behind") this machine's"
    }
}
