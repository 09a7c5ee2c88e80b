import Collection
import Configuration
import Ledger
import MailStoreAPI
import OperatingSystem
import PlainText

/// Whether the server understands UTC, on which the times of all outcomes rest.
struct TimeZoneCheck: TargetCheck {
    static let name = CheckName.timeZone
    static let needs = [CheckName.login]

    /// The functions that take a time zone, how each spells it, and whose they are.
    private static let functions: [(function: InformationalFunction, argument: String, collector: CollectorName)] = [
        (.getJobResults, "timeZoneId", .jobs), (.getWorkerResults, "timeZoneID", .profiles),
    ]

    func run(_ examination: inout Examination) async -> [Finding] {
        let wanted = Self.functions.filter {
            examination.target.collectors.contains($0.collector) && examination.offers($0.function)
        }
        guard !wanted.isEmpty else { return [Finding(.skipped, "no results of jobs or profiles are collected")] }
        let local = RequestZone.server(examination.target.serverTimeZone)
        var refusals: [APIError] = []
        for (function, argument, _) in wanted {
            guard let error = await ask(function, argument, .utc, examination) else { continue }
            guard error.reason == .apiError else { return [failed(error)] }
            // Only that the same question in the server's own time is answered shows that the zone was the trouble.
            if await ask(function, argument, local, examination) != nil { return [failed(error)] }
            refusals.append(error)
        }
        let names = wanted.map(\.function.rawValue).joined(separator: " and ")
        guard let refusal = refusals.first else {
            let verb = wanted.count == 1 ? "understands" : "understand"
            return [Finding(.ok, "\(names) \(verb) UTC", details: [.flag("utc", true)])]
        }
        if let zone = examination.target.serverTimeZone {
            return [
                Finding(
                    .ok, "the server does not know UTC; its own times are read as \(zone.configuredName)",
                    details: [.flag("utc", false), .text("server_time_zone", zone.configuredName)])
            ]
        }
        return [
            Finding(
                .warning, "the server does not know UTC, and its own time zone is not configured",
                remedy: "Set server_time_zone for this target, such as server_time_zone: Europe/Berlin; until then the "
                    + "times of runs are not exported. The server said: \(refusal.description)",
                details: [.flag("utc", false)])
        ]
    }

    /// Asks for the results of the last minute.
    private func ask(
        _ function: InformationalFunction, _ argument: String, _ zone: RequestZone, _ examination: Examination
    ) async -> APIError? {
        let now = examination.parts.server.now
        let window = TimeWindow(covering: now - .seconds(60), to: now)
        do throws(APIError) {
            let (api, deadline) = (examination.parts.api, examination.deadline())
            let arguments = window.arguments(timeZoneName: argument, zone)
            if function == .getJobResults {
                _ = try await api.invoke(function, arguments, as: [JobResult].self, by: deadline)
            } else {
                _ = try await api.invoke(function, arguments, as: [WorkerResult].self, by: deadline)
            }
            return nil
        } catch {
            return error
        }
    }

    private func failed(_ error: APIError) -> Finding {
        Finding(
            .failed, "\(error.function) could not be asked for results", remedy: error.description,
            details: [.text("reason", error.reason.rawValue), .text("function", error.function)])
    }
}

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
