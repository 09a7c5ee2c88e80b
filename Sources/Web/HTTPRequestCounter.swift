import OperatingSystem

/// Counts answered requests by path and status; the paths are those of the routes, so their number is bounded.
package final class HTTPRequestCounter: Sendable {
    package struct Key: Hashable, Comparable, Sendable {
        var path: String
        var status: Int

        package static func < (left: Key, right: Key) -> Bool {
            (left.path, left.status) < (right.path, right.status)
        }
    }

    private let box = Locked<[Key: UInt64]>([:])

    package init() {}

    package func count(_ path: String, status: Int) {
        box.withLock { $0[Key(path: path, status: status), default: 0] += 1 }
    }

    package var counts: [Key: UInt64] {
        box.withLock { $0 }
    }
}
