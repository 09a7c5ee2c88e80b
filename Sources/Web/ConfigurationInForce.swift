package import Configuration
import OperatingSystem

/// The configuration by which the program runs now, for whoever wants to show it.
package final class ConfigurationInForce: Sendable {
    private let box: Locked<Configuration>

    package init(_ configuration: Configuration) {
        box = Locked(configuration)
    }

    package var value: Configuration { box.withLock { $0 } }

    package func replace(with configuration: Configuration) {
        box.withLock { $0 = configuration }
    }
}
