internal import CMicroHTTPD

/// What a handler wants done with a request.
package enum Reply: Sendable {
    /// Sends the response with a status from 200 to 999.
    case respond(status: Int, Response)
    /// Takes the connection from its thread and lets the closure find the reply in a task.
    ///
    /// The task is cancelled when the client closes its side or the server stops.
    case later(@Sendable () async -> Reply)
    /// Closes the connection without a byte of reply.
    case disconnect

    /// The status's name as a line of text: `404 Not Found`.
    package static func status(_ code: Int) -> Reply {
        let phrase = MHD_get_reason_phrase_for(UInt32(clamping: code)).map { " " + String(cString: $0) } ?? ""
        return .respond(status: code, Response(text: "\(code)\(phrase)\n"))
    }
}

/// What a streaming response does next.
package enum StreamStep: Sendable {
    case chunk([UInt8])
    /// The body is complete. Short of the declared size it is an `abort`.
    case end
    /// Cuts the connection in the middle of the body.
    case abort
}
