import NIOConcurrencyHelpers

/// Counts answered requests by path and status; the paths are those of the routes, so their number is bounded.
final class HTTPRequestCounter: Sendable {
    struct Key: Hashable, Comparable, Sendable {
        var path: String
        var status: Int

        static func < (left: Key, right: Key) -> Bool {
            (left.path, left.status) < (right.path, right.status)
        }
    }

    private let box = NIOLockedValueBox<[Key: UInt64]>([:])

    func count(_ path: String, status: Int) {
        box.withLockedValue { $0[Key(path: path, status: status), default: 0] += 1 }
    }

    var counts: [Key: UInt64] {
        box.withLockedValue { $0 }
    }
}
