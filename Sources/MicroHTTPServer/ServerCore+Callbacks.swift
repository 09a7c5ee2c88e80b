internal import CMicroHTTPD

// The daemon holds one reference to the core, from `retained` before it starts to `release` after it stopped.
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

    static let requestCompleted: MHD_RequestCompletedCallback = { context, _, slot, _ in
        guard let context, let slot else { return }
        Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue().complete(slot)
    }
}
