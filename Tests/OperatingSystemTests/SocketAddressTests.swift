import Foundation
import Glibc
import TestSupport
import Testing

@testable import OperatingSystem

@Suite("The address of a socket")
struct SocketAddressTests {
    @Test("is told by the socket, with the host as text")
    func bound() throws {
        let listener = try ListeningSocket()
        let address = try #require(SocketAddress.bound(to: listener.descriptor))
        #expect(address.family == AF_INET)
        #expect(address.host == "127.0.0.1")
    }

    @Test("of a local socket is its path, or its name after an @", arguments: [false, true])
    func local(isAbstract: Bool) throws {
        let name = NSTemporaryDirectory() + "s-\(UUID().uuidString)"
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer {
            close(descriptor)
            unlink(name)
        }
        var unix = sockaddr_un()
        unix.sun_family = sa_family_t(AF_UNIX)
        let bytes = (isAbstract ? [0] : []) + Array(name.utf8)
        withUnsafeMutableBytes(of: &unix.sun_path) { $0.copyBytes(from: bytes) }
        let size = socklen_t(2 + bytes.count)
        let code = withUnsafePointer(to: unix) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        try #require(code == 0)
        #expect(SocketAddress.bound(to: descriptor)?.host == (isAbstract ? "@" : "") + name)
    }

    @Test("is none where a descriptor is no socket")
    func none() {
        #expect(SocketAddress.bound(to: 9999) == nil)
    }

    @Test("is looked up with its port", arguments: [("127.0.0.1", AF_INET), ("::1", AF_INET6)])
    func lookUp(host: String, family: Int32) throws {
        let address = try #require(try SocketAddress.lookUp(host: host, port: 8463, flags: AI_NUMERICHOST).first)
        #expect(address.family == family)
        #expect(address.host == host)
        #expect(address.port == 8463)
    }

    @Test("of a name is not looked up where only a numeric address will do")
    func unknownName() {
        let error = #expect(throws: AddressLookupError.self) {
            try SocketAddress.lookUp(host: "archive.example.com", flags: AI_NUMERICHOST)
        }
        #expect(error?.isUnknownName == true)
        #expect(error?.description.isEmpty == false)
    }
}
