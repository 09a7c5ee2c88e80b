import Collection
import Configuration
import Ledger
import MailStoreAPI
import OperatingSystem
import PlainText

/// Whether the server accepts UTC, the time zone in which the exporter requests results.
struct TimeZoneCheck: TargetCheck {
    static let name = CheckName.timeZone
    static let needs = [CheckName.login]

    /// The functions that take a time zone, the spelling of that argument, and the collector that calls them.
    private static let functions: [(function: InformationalFunction, argument: String, collector: CollectorName)] = [
        (.getJobResults, "timeZoneId", .jobs), (.getWorkerResults, "timeZoneID", .profiles),
    ]

    func run(_ context: inout CheckContext) async -> [Finding] {
        guard context.edition == .server else {
            return [
                Finding(
                    .skipped, "see the collectors jobs and profiles, which ask one instance of each kind")
            ]
        }
        let wanted = Self.functions.filter {
            context.target.collectors.contains($0.collector) && context.offers($0.function)
        }
        guard !wanted.isEmpty else { return [Finding(.skipped, "neither jobs nor profiles are collected")] }
        let local = RequestZone.server(context.target.serverTimeZone)
        var refusals: [APIError] = []
        for (function, argument, _) in wanted {
            guard let error = await ask(function, argument, .utc, context) else { continue }
            guard error.reason == .apiError else { return [failed(error)] }
            // Only a success in the server's own zone shows that UTC was the problem.
            if await ask(function, argument, local, context) != nil { return [failed(error)] }
            refusals.append(error)
        }
        let names = wanted.map(\.function.rawValue).joined(separator: " and ")
        guard let refusal = refusals.first else {
            let verb = wanted.count == 1 ? "accepts" : "accept"
            return [Finding(.ok, "\(names) \(verb) UTC", details: [.flag("utc", true)])]
        }
        if let zone = context.target.serverTimeZone {
            return [
                Finding(
                    .ok, "the server does not support UTC; its times are read as \(zone.configuredName)",
                    details: [.flag("utc", false), .text("server_time_zone", zone.configuredName)])
            ]
        }
        return [
            Finding(
                .warning, "the server does not support UTC, and server_time_zone is not configured",
                remedy: "Set server_time_zone for this target, such as server_time_zone: Europe/Berlin. Until then the "
                    + "times of runs are not exported. The server reported: \(refusal.description)",
                details: [.flag("utc", false)])
        ]
    }

    /// Requests the results of the last minute.
    private func ask(
        _ function: InformationalFunction, _ argument: String, _ zone: RequestZone, _ context: CheckContext
    ) async -> APIError? {
        let now = context.parts.server.now
        let window = TimeWindow(covering: now - .seconds(60), to: now)
        do throws(APIError) {
            let (api, deadline) = (context.parts.api, context.deadline())
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
            .failed, "\(error.function) returned no results", remedy: error.description,
            details: [.text("reason", error.reason.rawValue), .text("function", error.function)])
    }
}

/// Whether the clocks of the server and of this machine agree.
struct ClockCheck: TargetCheck {
    static let name = CheckName.clock
    static let needs = [CheckName.api]

    /// A larger difference, in seconds, is a warning.
    static let tolerance = 60.0

    func run(_ context: inout CheckContext) async -> [Finding] {
        guard let skew = context.parts.server.skew else {
            return [
                Finding(
                    .warning, "the server sends no Date header, so its clock is unknown",
                    remedy:
                        "Check whether a proxy removes the header. Without it, the exporter requests results by this "
                        + "machine's clock.")
            ]
        }
        let details = [CheckDetail.seconds("skew_seconds", skew)]
        // The header has whole seconds, so a smaller difference is not significant.
        let direction = skew > 0 ? "ahead of" : "behind"
        let distance =
            abs(skew) < 1
            ? "matches this machine's to the second" : "is \(abs(skew).shortText) s \(direction) this machine's"
        let message = "the server's clock \(distance)"
        guard abs(skew) > Self.tolerance else { return [Finding(.ok, message, details: details)] }
        return [
            Finding(
                .warning, message,
                remedy: "Synchronize both clocks with NTP. The exporter corrects for the difference when it requests "
                    + "results, but ages and alerts use this machine's clock.", details: details)
        ]
    }
}
