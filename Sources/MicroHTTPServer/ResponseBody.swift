internal import Glibc

/// Owns the bytes of a response while libmicrohttpd may still send them.
///
/// `retained` hands one reference to libmicrohttpd and `release`, its free callback, takes it back: the only two
/// places where the ownership changes hands.
final class ResponseBody: Sendable {
    let segments: [[UInt8]]
    private let count = LiveCount.current

    init(_ segments: [[UInt8]]) {
        self.segments = segments
        count.enter()
    }

    deinit {
        count.leave()
    }

    /// The bytes of each segment, at an address that stays valid as long as the body lives.
    var vectors: [(base: UnsafeRawPointer, count: Int)] {
        // A native array keeps its elements in its own heap object, which neither moves nor is written to as long as
        // the immutable `segments` holds it; so the address outlives the closure.
        segments.compactMap { segment in
            segment.withUnsafeBytes { bytes in
                bytes.baseAddress.map { (base: $0, count: bytes.count) }
            }
        }
    }

    func retained() -> UnsafeMutableRawPointer {
        Unmanaged.passRetained(self).toOpaque()
    }

    static let release: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
        guard let context else { return }
        Unmanaged<ResponseBody>.fromOpaque(context).release()
    }
}
