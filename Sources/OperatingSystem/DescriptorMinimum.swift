internal import Glibc

/// The least number of descriptors with which the exporter can work.
package enum DescriptorMinimum {
    /// Libraries end the process if they cannot open a descriptor for a timer, so this is checked at the start.
    static let count: UInt = 64

    /// Checks the hard limit, up to which the soft limit can be raised.
    ///
    /// - Throws: ``StartupError`` with the remedy.
    package static func require() throws(StartupError) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_max < count else {
            return
        }
        throw StartupError(
            "this process may open only \(limit.rlim_max) files and connections, and needs at least \(count); raise the "
                + "limit (ulimit -n, or LimitNOFILE= in the systemd unit)")
    }
}
