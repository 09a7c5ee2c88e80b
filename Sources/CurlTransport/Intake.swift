internal import CCurl

/// What libcurl's callbacks of one easy handle work on; `EasyHandle` owns its memory.
struct Intake {
    var buffer: ReplyBuffer
    var beganHandshake = false
    let curl: UnsafeMutableRawPointer
}

/// libcurl's write callback: any return other than the count ends the transfer with an error.
func takeBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes, let intake = context?.assumingMemoryBound(to: Intake.self) else { return 0 }
    let part = UnsafeRawBufferPointer(start: bytes, count: size * count)
    let curl = intake.pointee.curl
    let taken = intake.pointee.buffer.append(
        part, announced: Int(ccurl_get_offset(curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T)))
    // Nothing taken of an empty part would look the same as everything taken.
    return taken ? part.count : part.count + 1
}

/// libcurl's header callback, called for each line.
func takeHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let intake = context?.assumingMemoryBound(to: Intake.self) else { return 0 }
    return intake.pointee.buffer.countHeader(size * count) ? size * count : size * count + 1
}

/// libcurl's callback for the preparation of TLS, called when a connection is made and before its handshake.
func noteHandshake(
    _ curl: UnsafeMutableRawPointer?, _ tls: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer?
) -> CURLcode {
    context?.assumingMemoryBound(to: Intake.self).pointee.beganHandshake = true
    return CURLE_OK
}
