// Which connection is closed to make room.
extension ConnectionTable.State {
    /// Closes the connection that can be spared most; false if there is none.
    ///
    /// It is the one that has waited longest without a complete request. If all of these are new, as a good client is at
    /// first, it is one of the kind of which there are most: of new ones, of readers or of regular clients.
    mutating func displace(of network: ClientNetwork?, _ now: Int64) -> Bool {
        let waiting = oldest(of: network, in: [.departing, .fresh, .idle])
        if let waiting, let entry = entries[waiting], now - entry.began >= ConnectionLimits.patience {
            close(waiting)
            return true
        }
        let newcomers = queues.count(.departing) + queues.count(.fresh) + queues.count(.idle)
        let kinds: [(count: Int, choose: (inout Self) -> Int32?)] = [
            (newcomers, { _ in waiting }),
            (queues.count(.sending), { $0.slowReaders.next(of: network, in: $0, now) }),
            (queues.count(.regular), { $0.oldest(of: network, in: [.regular]) }),
        ]
        for kind in kinds.sorted(by: { $0.count > $1.count }) {
            guard let descriptor = kind.choose(&self) else { continue }
            close(descriptor, discarding: entries[descriptor]?.phase == .sending)
            return true
        }
        guard let descriptor = oldest(of: network, in: [.sending]) else { return false }
        close(descriptor, discarding: true)
        return true
    }

    /// The connection that entered one of the phases first.
    private func oldest(of network: ClientNetwork?, in phases: [ConnectionPhase]) -> Int32? {
        phases.compactMap { first(of: network, in: $0) }
            .min { entries[$0]?.began ?? 0 < entries[$1]?.began ?? 0 }
    }

    private func first(of network: ClientNetwork?, in phase: ConnectionPhase) -> Int32? {
        var candidate = queues.first(phase)
        while let descriptor = candidate {
            if let entry = entries[descriptor], entry.isStarted, network == nil || entry.record.network == network {
                return descriptor
            }
            candidate = queues.next(after: descriptor)
        }
        return nil
    }

    /// Closes the readers of the oldest bodies until few enough are kept in memory.
    mutating func unpin(newest: ObjectIdentifier) {
        let most = max(ConnectionLimits.leastPinned, ConnectionLimits.mostPinnedBodies * pinned.size(of: newest))
        while pinned.total > most, let oldest = pinned.oldest(but: newest) {
            for descriptor in queues.all(.sending) where entries[descriptor]?.body == oldest {
                counts.slow += 1
                close(descriptor, discarding: true)
            }
        }
    }
}
