/// What the whole check amounts to.
package enum CheckVerdict: Int32, Sendable {
    /// All that is essential works.
    case healthy = 0
    /// Something essential does not work.
    case failed = 1
    /// The configuration is wrong, so that nothing could be tried.
    case wrongConfiguration = 2

    /// The program's exit code; the numbers are a promise to those who run it.
    package var exitCode: Int32 { rawValue }
}
