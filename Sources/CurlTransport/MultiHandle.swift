internal import CCurl

/// The engine's multi handle.
///
// Safety: only the engine's thread uses the pointer, but for `wake`, which libcurl allows from every thread as long as
// the handle lives; `Mailbox` calls it under its lock and forgets the handle before the engine's thread frees it.
struct MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    func wake() { _ = curl_multi_wakeup(pointer) }
}
