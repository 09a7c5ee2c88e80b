/// What a connection is doing, which decides how soon it is closed to make room for a new one.
enum ConnectionPhase: Int, CaseIterable {
    /// The client has closed its sending side, and no request is being answered.
    case departing
    /// Connected; the first request is not complete.
    case fresh
    /// One request has been answered; the next one is not complete.
    case idle
    /// Several requests have been answered; the next one is not complete.
    case regular
    /// A request is complete, and its reply is being prepared.
    case answering
    /// A reply is being sent.
    case sending
    /// Shut down; the event loop is about to close the socket.
    case closing
}

/// The connections of each phase, in the order in which they entered it.
///
/// They are doubly linked lists over the descriptors, which are small numbers, so every operation takes constant time.
struct ConnectionQueues {
    private struct Link {
        var phase: ConnectionPhase?
        var previous: Int32 = -1
        var next: Int32 = -1
    }

    private struct Queue {
        var first: Int32 = -1
        var last: Int32 = -1
        var count = 0
    }

    private var links: [Link] = []
    private var queues = [Queue](repeating: Queue(), count: ConnectionPhase.allCases.count)

    /// The number of connections in a phase.
    func count(_ phase: ConnectionPhase) -> Int { queues[phase.rawValue].count }

    /// The connection that has been in the phase for the longest time.
    func first(_ phase: ConnectionPhase) -> Int32? {
        let first = queues[phase.rawValue].first
        return first < 0 ? nil : first
    }

    /// The connection that entered the same phase next.
    func next(after descriptor: Int32) -> Int32? {
        let next = links[Int(descriptor)].next
        return next < 0 ? nil : next
    }

    /// All connections in a phase, the one that has been in it for the longest time first.
    func all(_ phase: ConnectionPhase) -> [Int32] {
        Array(
            sequence(state: first(phase)) { current in
                defer { current = current.flatMap { next(after: $0) } }
                return current
            })
    }

    /// Puts the connection at the end of the phase's queue, from whichever queue it is in.
    mutating func move(_ descriptor: Int32, to phase: ConnectionPhase) {
        remove(descriptor)
        let index = Int(descriptor)
        if index >= links.count { links += Array(repeating: Link(), count: index + 1 - links.count) }
        let last = queues[phase.rawValue].last
        links[index] = Link(phase: phase, previous: last, next: -1)
        if last < 0 { queues[phase.rawValue].first = descriptor } else { links[Int(last)].next = descriptor }
        queues[phase.rawValue].last = descriptor
        queues[phase.rawValue].count += 1
    }

    /// Removes the connection; without effect if it is in no queue.
    mutating func remove(_ descriptor: Int32) {
        let index = Int(descriptor)
        guard index < links.count, let phase = links[index].phase else { return }
        let (previous, next) = (links[index].previous, links[index].next)
        if previous < 0 { queues[phase.rawValue].first = next } else { links[Int(previous)].next = next }
        if next < 0 { queues[phase.rawValue].last = previous } else { links[Int(next)].previous = previous }
        queues[phase.rawValue].count -= 1
        links[index] = Link()
    }
}
