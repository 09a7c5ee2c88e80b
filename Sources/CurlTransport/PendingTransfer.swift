/// One transfer on the engine's thread.
final class PendingTransfer {
    enum State {
        case queued
        case running(EasyHandle)
        /// It has failed, and its error waits for the certificate that the server showed.
        case inquiring
    }

    let transfer: Transfer
    let reply: Reply
    var state = State.queued

    init(_ transfer: Transfer, _ reply: Reply) {
        self.transfer = transfer
        self.reply = reply
    }

    var destination: Destination { transfer.destination }
}
