internal import CMicroHTTPD

/// The connections whose clients read their replies most slowly.
///
/// Finding them takes a system call for each connection, so the slowest ones are found together and used one by one.
struct SlowReaders {
    /// Identifiers of connections, the slowest first.
    private var ids: ArraySlice<UInt64> = []

    private static let most = 64

    /// The connection to close: the slowest one of the network, or of all; if all are too new to be slow, the oldest one.
    mutating func next(of network: ClientNetwork?, in state: ConnectionTable.State, _ now: Int64) -> Int32? {
        if let id = take(of: network, in: state) { return id }
        ids = find(of: network, in: state, now)
        return take(of: network, in: state)
    }

    private mutating func take(of network: ClientNetwork?, in state: ConnectionTable.State) -> Int32? {
        while let id = ids.popFirst() {
            let descriptor = ConnectionRecord.descriptor(of: id)
            guard let entry = state.entries[descriptor], entry.record.id == id, entry.phase == .sending else {
                continue
            }
            if network == nil || entry.record.network == network { return descriptor }
        }
        return nil
    }

    private func find(of network: ClientNetwork?, in state: ConnectionTable.State, _ now: Int64) -> ArraySlice<UInt64> {
        var found: [(id: UInt64, rate: Int64)] = []
        for descriptor in state.queues.all(.sending) {
            guard let entry = state.entries[descriptor], network == nil || entry.record.network == network else {
                continue
            }
            let time = now - entry.began
            if time < ConnectionLimits.leastSample, !found.isEmpty { break }
            // A client that has read all waits for this server.
            guard mhd_shim_bytes_unread(descriptor) > 0 else { continue }
            guard time >= ConnectionLimits.leastSample else { return [entry.record.id] }
            let bytes = Int64(clamping: mhd_shim_bytes_received(descriptor) &- entry.received)
            let rate = bytes / time
            if rate < ConnectionLimits.leastRate { found.append((entry.record.id, rate)) }
        }
        return found.sorted { $0.rate < $1.rate }.prefix(Self.most).map(\.id)[...]
    }
}

/// The large bodies that are being sent, in the order in which the first client began to read them.
struct PinnedBodies {
    private var uses: [(body: ObjectIdentifier, size: Int, readers: Int)] = []
    /// The bytes of all bodies.
    private(set) var total = 0

    func size(of body: ObjectIdentifier) -> Int {
        uses.last { $0.body == body }?.size ?? 0
    }

    func oldest(but newest: ObjectIdentifier) -> ObjectIdentifier? {
        uses.first { $0.body != newest }?.body
    }

    mutating func add(_ body: ObjectIdentifier, size: Int) {
        if let index = uses.lastIndex(where: { $0.body == body }) {
            uses[index].readers += 1
        } else {
            uses.append((body, size, 1))
            total += size
        }
    }

    mutating func remove(_ body: ObjectIdentifier) {
        guard let index = uses.lastIndex(where: { $0.body == body }) else { return }
        uses[index].readers -= 1
        guard uses[index].readers == 0 else { return }
        total -= uses[index].size
        uses.remove(at: index)
    }
}
