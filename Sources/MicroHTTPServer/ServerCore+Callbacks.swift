internal import CMicroHTTPD
internal import Glibc

// The event loops hold one reference to the core, from `retained` before they start to `release` after they stopped.
extension ServerCore {
    func retained() -> UnsafeMutableRawPointer {
        Unmanaged.passRetained(self).toOpaque()
    }

    static func release(_ context: UnsafeMutableRawPointer) {
        Unmanaged<ServerCore>.fromOpaque(context).release()
    }

    static let accessHandler: MHD_AccessHandlerCallback = {
        context, connection, path, method, _, upload, uploadSize, slot in
        guard let context, let connection, let path, let method, let uploadSize, let slot else { return .NO }
        return Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue().handle(
            Event(
                connection: connection, path: path, method: method, upload: upload, uploadSize: uploadSize, slot: slot))
    }

    static let requestCompleted: MHD_RequestCompletedCallback = { context, connection, slot, _ in
        guard let context, let connection, let slot else { return }
        Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue().complete(connection, slot)
    }

    /// Called before the first byte of a connection is read and before its socket is closed.
    static let connectionChanged: MHD_NotifyConnectionCallback = { context, connection, slot, change in
        guard let context, let connection, let slot else { return }
        let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
        if change == .CONNECTION_NOTIFY_STARTED {
            slot.pointee = core.start(connection)
        } else if let pointer = slot.pointee {
            slot.pointee = nil
            core.connections.ended(mhd_shim_socket(connection))
            ConnectionRecord.release(pointer)
        }
    }

    private func start(_ connection: OpaquePointer) -> UnsafeMutableRawPointer? {
        guard let record = connections.started(mhd_shim_socket(connection)) else { return nil }
        let pointer = record.retained()
        if let session = mhd_shim_tls_session(connection), let credentials = credentials.withLock({ $0 }) {
            record.credentials = credentials
            credentials.apply(to: OpaquePointer(session), pointer)
        }
        return pointer
    }
}
