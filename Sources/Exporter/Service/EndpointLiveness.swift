internal import Glibc
import MailStoreAPI

/// Sees whether the web endpoint answers, by connecting to it as anybody would.
///
/// Whatever comes back counts: a page, a refusal, an alert of TLS, a closed connection; so it knows neither passwords
/// nor certificates, and a flood of requests, which the endpoint answers by refusing some, is no reason to restart it.
/// What counts as silence is that nobody takes the connection, or takes it and never answers.
struct EndpointLiveness: Sendable {
    enum Verdict: Sendable, Equatable {
        case answers
        case isSilent
        /// There is no descriptor left to find out with.
        case unknown
    }

    /// Where it can be reached; one that answers is enough.
    var addresses: [SocketAddress]
    var timekeeper: Timekeeper = .system

    /// Asks, and waits for an answer until the task is cancelled or the time is over.
    ///
    /// - Parameter limit: for each address.
    func verdict(within limit: Duration) async -> Verdict {
        var verdict = addresses.isEmpty ? Verdict.unknown : .isSilent
        for address in addresses {
            switch await ask(address, until: timekeeper.uptime() + limit) {
            case .answers: return .answers
            case .unknown: verdict = .unknown
            case .isSilent: break
            }
        }
        return verdict
    }

    /// The check for the watchdog.
    ///
    /// - Parameter limit: how long an answer may take.
    func check(named name: String, within limit: Duration) -> LivenessCheck {
        let problem = "the web endpoint \(name) does not answer"
        return LivenessCheck(silence: problem) {
            await verdict(within: limit) == .isSilent ? problem : nil
        }
    }

    private func ask(_ address: SocketAddress, until end: Duration) async -> Verdict {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { return [EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(errno) ? .unknown : .isSilent }
        defer { close(descriptor) }
        let connected = address.withPointer { connect(descriptor, $0, $1) }
        guard connected == 0 || errno == EINPROGRESS else { return .isSilent }
        guard await wait(for: POLLOUT, of: descriptor, until: end) else { return .isSilent }
        var request = "GET /-/healthy HTTP/1.0\r\nHost: localhost\r\n\r\n"
        let sent = request.withUTF8 { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        // Whoever has closed the connection already has taken it.
        guard sent >= 0 else { return errno == ECONNREFUSED ? .isSilent : .answers }
        return await wait(for: POLLIN, of: descriptor, until: end) ? .answers : .isSilent
    }

    private func wait(for event: Int32, of descriptor: Int32, until end: Duration) async -> Bool {
        var pause = Duration.milliseconds(1)
        while true {
            var state = pollfd(fd: descriptor, events: Int16(event), revents: 0)
            if poll(&state, 1, 0) > 0 { return true }
            guard timekeeper.uptime() < end, !Task.isCancelled else { return false }
            try? await timekeeper.sleep(pause)
            pause = min(pause * 2, .milliseconds(100))
        }
    }
}
