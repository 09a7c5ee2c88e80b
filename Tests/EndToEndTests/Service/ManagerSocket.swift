import Foundation
import Glibc

/// The socket of a service manager, of which a test reads what the program sends.
actor ManagerSocket {
    nonisolated let path: String
    private let folder: TemporaryFolder
    private let descriptor: Int32
    private var received: [[String]] = []

    init() throws {
        folder = try TemporaryFolder()
        path = folder["notify"]
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { throw TestFailure("long: \(path)") }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else { throw TestFailure("no socket at \(path)") }
    }

    deinit {
        close(descriptor)
    }

    /// All datagrams so far, as lines.
    func all() -> [[String]] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT)), count >= 0 {
            received.append(String(decoding: buffer[..<count], as: UTF8.self).components(separatedBy: "\n"))
        }
        return received
    }

    /// Waits for a datagram that begins so, and returns it.
    @discardableResult
    nonisolated func wait(for first: String, count: Int = 1) async throws -> [String] {
        try await eventually("the program says \(first)") {
            await all().count { $0.first == first } >= count
        }
        return await all().last { $0.first == first } ?? []
    }
}
