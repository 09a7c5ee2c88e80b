import CBuildInformation
import Logging
import OperatingSystem
import ServiceLifecycle

extension BuildInformation {
    /// This build.
    static let current = BuildInformation(revision: String(cString: build_revision))
}

extension Service {
    /// Runs until SIGTERM or SIGINT asks for the end.
    func runUntilSignal(logger: Logger) async throws {
        var quiet = logger
        // The group speaks of its own affairs; what users want to know the services say themselves.
        quiet.logLevel = .critical
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: self, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        try await group.run()
    }
}
