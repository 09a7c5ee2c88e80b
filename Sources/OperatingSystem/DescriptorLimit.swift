internal import Glibc

/// The limit on the descriptors that this process may have open.
package enum DescriptorLimit {
    /// Raises the soft limit on open descriptors to the hard one.
    ///
    /// The soft limit is low only for programs that use `select`, which cannot handle descriptors above 1023.
    ///
    /// - Returns: The limit that now applies.
    @discardableResult package static func raise() -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return usual }
        var raised = limit
        raised.rlim_cur = limit.rlim_max
        if limit.rlim_cur < limit.rlim_max, setrlimit(resource, &raised) == 0 { limit = raised }
        return Int(clamping: limit.rlim_cur)
    }

    /// The soft limit of most systems.
    private static let usual = 1024
}
