internal import Glibc
package import OperatingSystem
import PlainText

/// A listening socket that systemd created and passed to this process: socket activation, sd_listen_fds(3).
package struct ActivationSocket: Sendable, Equatable {
    package var descriptor: Int32
    /// `FileDescriptorName=` of the socket unit; nil if it has none.
    var name: String?
    /// The address that it is bound to.
    package var address: SocketAddress

    /// The first descriptor that systemd passes.
    static let firstDescriptor: Int32 = 3

    /// The sockets that systemd passed, for `--web.systemd-socket`; child processes do not inherit them.
    ///
    /// - Throws: ``StartupError`` with the remedy, if there are none or one of them is not usable.
    package static func adopt(
        _ environment: ServiceEnvironment, from first: Int32 = firstDescriptor
    ) throws(StartupError) -> [ActivationSocket] {
        guard let listening = environment.listening else {
            throw StartupError(
                "--web.systemd-socket: systemd passed no socket ($LISTEN_FDS is not set); \(remedy)")
        }
        if let other = listening.otherProcess {
            throw StartupError(
                "--web.systemd-socket: the sockets are meant for another process ($LISTEN_PID is \(other), this is "
                    + "\(getpid())); let systemd start the exporter directly, not through a shell or wrapper")
        }
        guard let count = Int32(listening.count), (1...1024).contains(count) else {
            throw StartupError(
                "--web.systemd-socket: $LISTEN_FDS is \(QuotedText(listening.count)), not a number of sockets; \(remedy)"
            )
        }
        let names = (listening.names ?? "").split(separator: ":", omittingEmptySubsequences: false)
        var sockets: [ActivationSocket] = []
        for index in 0..<count {
            let name = names.indices.contains(Int(index)) ? String(names[Int(index)]) : ""
            sockets.append(try adopt(first + index, name: name.isEmpty ? nil : name))
        }
        return sockets
    }

    private static let remedy =
        "start the exporter through its socket unit (systemctl enable --now mailstore_exporter.socket) or remove the flag"

    private static func adopt(_ descriptor: Int32, name: String?) throws(StartupError) -> ActivationSocket {
        let subject = "--web.systemd-socket: descriptor \(descriptor)\(name.map { " (\($0))" } ?? "")"
        guard let type = option(SO_TYPE, of: descriptor) else {
            throw StartupError(
                "\(subject) is not a socket (\(String(cString: strerror(errno)))); the socket unit must have ListenStream= "
                    + "and no other Listen lines")
        }
        guard type == Int32(SOCK_STREAM.rawValue) else {
            throw StartupError(
                "\(subject) is not a stream socket; the socket unit must have ListenStream= and no other Listen lines")
        }
        guard option(SO_ACCEPTCONN, of: descriptor) == 1, let address = SocketAddress.bound(to: descriptor) else {
            throw StartupError("\(subject) does not listen; the socket unit must have ListenStream= and Accept=no")
        }
        guard [AF_INET, AF_INET6, AF_UNIX].contains(address.family) else {
            throw StartupError(
                "\(subject) is of an unknown address family; set ListenStream= to an address, a port or a path")
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return ActivationSocket(descriptor: descriptor, name: name, address: address)
    }

    private static func option(_ option: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, option, &value, &size) == 0 ? value : nil
    }
}
