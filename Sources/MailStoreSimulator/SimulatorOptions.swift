internal import Glibc

/// How a simulated MailStore server is set up.
public struct SimulatorOptions: Sendable {
    /// The edition that is simulated.
    public enum Edition: Sendable { case server }

    /// What kind of certificate the server shows; it always signs it itself.
    public enum CertificateKind: Sendable, Equatable {
        /// Valid for `localhost`, 127.0.0.1 and ::1.
        case selfSigned
        /// Valid for another name only.
        case wrongHostName
        /// Ended a day before it was made.
        case expired
    }

    /// The numeric address or name to listen on.
    public var host = "127.0.0.1"
    /// 0 = any free port.
    public var port = 0
    /// The name of the built-in administrator.
    public var username = "admin"
    /// That administrator's password.
    public var password = "simulated"
    /// Decides all that happens by chance.
    public var seed: UInt64 = 1
    /// Simulated seconds that pass in a real second; at least 0.
    public var speed = 1.0
    /// When the simulated server starts, in seconds since 1970 (UTC); nil = now.
    public var start: Double?
    /// Days of finished runs that already lie behind it.
    public var history = 30
    /// False leaves the world as it began: nothing arrives, runs or changes by itself.
    public var isAlive = true
    /// How the server behaves at first.
    public var quirks = Quirks()
    /// What is right or wrong with the certificate.
    public var certificate = CertificateKind.selfSigned
    /// Speak HTTP without TLS.
    public var plainHTTP = false
    /// The edition that answers; so far there is one.
    public var edition = Edition.server
    /// Behave as a server of years ago: fewer functions and arguments, the final token repeated.
    public var oldServer = false
    /// What GetServerInfo tells; an old server tells an old version.
    public var version = "25.3.1.23021"
    /// What GetServerInfo tells, and the certificate's common name.
    public var machineName = "MAILSTORE"
    /// The Windows id of the server's time zone, which `$Local` stands for.
    public var localTimeZone = "W. Europe Standard Time"
    /// Messages that a verification gets through in a simulated second.
    public var messagesVerifiedPerSecond = 500.0
    /// The real clock, in seconds since 1970 (UTC).
    public var now: @Sendable () -> Double = SimulatorOptions.systemClock

    /// Creates the options of a server that is as the documents describe one.
    public init() {}

    /// The machine's own clock, in seconds since 1970 (UTC).
    public static let systemClock: @Sendable () -> Double = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
