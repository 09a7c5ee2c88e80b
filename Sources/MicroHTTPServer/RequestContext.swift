/// What is remembered of one request between libmicrohttpd's calls, if there is anything to remember.
///
/// The connection holds one reference from `attach` to `detach`, which the completion callback calls exactly once.
// Safety: touched by the event loop thread of its connection. While the connection is suspended that thread leaves it
// alone, and `reply` is written by the one who resumes it; MHD_resume_connection orders the two by a lock.
final class RequestContext: @unchecked Sendable {
    var body: [UInt8] = []
    /// Bytes that were thrown away because the body is larger than allowed.
    var discarded = 0
    /// Set when the connection is resumed.
    var reply: Reply?

    private let count: LiveCount

    init(countedBy count: LiveCount) {
        self.count = count
        count.enter()
    }

    deinit {
        count.leave()
    }

    typealias Slot = UnsafeMutablePointer<UnsafeMutableRawPointer?>

    /// Stands in the slot of a request that has been announced and needs no context: nothing to allocate for a GET.
    private static var none: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: 1) }

    static func attachNone(to slot: Slot) {
        slot.pointee = none
    }

    func attach(to slot: Slot) {
        slot.pointee = Unmanaged.passRetained(self).toOpaque()
    }

    static func attached(to slot: Slot) -> RequestContext? {
        guard let pointer = slot.pointee, pointer != none else { return nil }
        return Unmanaged<RequestContext>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Drops the connection's reference; false if the request was never announced.
    static func detach(from slot: Slot) -> Bool {
        guard let pointer = slot.pointee else { return false }
        slot.pointee = nil
        if pointer != none { Unmanaged<RequestContext>.fromOpaque(pointer).release() }
        return true
    }
}
