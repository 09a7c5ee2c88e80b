import Ledger
import OperatingSystem

/// What the exporter has counted for the target, in the state directory of the configuration.
struct StateCheck: TargetCheck {
    static let name = CheckName.state
    static let needs: [CheckName] = []

    static func concerns(_ context: CheckContext) -> Bool {
        context.edition == .server && context.target.collectors.contains { [.jobs, .profiles].contains($0) }
    }

    func run(_ context: inout CheckContext) async -> [Finding] {
        let directory = [CheckDetail.text("directory", context.state.directory)]
        let ledger: TargetLedger?
        do throws(StateError) {
            ledger = try context.state.ledger(of: StateKey(context.target.name))
        } catch {
            return [Finding(.failed, "the state cannot be read", remedy: error.description, details: directory)]
        }
        let place = "in the directory \(context.state.directory)"
        guard let ledger else {
            return [
                Finding(
                    .ok, "no state yet \(place): counting starts with the runs of the lookback", details: directory)
            ]
        }
        let plans = [ledger.jobs.plan, ledger.profiles.plan]
        guard let beginning = plans.compactMap(\.beginning).min(), let read = plans.compactMap(\.watermark).min() else {
            return [Finding(.ok, "no results have been read yet, by the state \(place)", details: directory)]
        }
        let (jobs, profiles) = (ledger.jobs.countedRuns, ledger.profiles.countedRuns)
        return [
            Finding(
                .ok,
                "outcomes are counted since \(beginning), and results have been read until \(read); runs of jobs: "
                    + "\(jobs), of profiles: \(profiles)",
                details: directory + [
                    .text("counted_since", beginning.description), .text("read_until", read.description),
                    .number("job_runs", jobs), .number("profile_runs", profiles),
                ])
        ]
    }
}
