internal import CCurl
internal import OperatingSystem

/// The one thread that runs the transfers of all transports.
///
/// It holds one libcurl multi handle and sleeps whenever no socket has anything to tell. Transports of any number share
/// it; make one engine a process.
package final class CurlEngine: Sendable {
    let mailbox: Mailbox
    private let thread: Locked<EngineThread?>

    /// Starts the thread; where the system refuses one, every request fails as cancelled.
    package init() {
        mailbox = Mailbox()
        thread = Locked(nil)
        guard Self.libraryIsReady, let multi = curl_multi_init() else { return }
        let handle = MultiHandle(pointer: multi)
        mailbox.open(handle)
        let mailbox = mailbox
        let started = EngineThread {
            ccurl_name_this_thread("curl-engine")
            EngineLoop(multi: handle, mailbox: mailbox).run()
        }
        if started == nil {
            mailbox.close()
            curl_multi_cleanup(multi)
        }
        thread.withLock { $0 = started }
    }

    deinit {
        shutdown()
    }

    /// Ends the thread and waits for it; requests under way and later ones throw as cancelled.
    ///
    /// It may be called from several threads and more than once; every call returns when the thread has ended.
    package func shutdown() {
        mailbox.stop()
        thread.withLock { thread in
            thread?.join()
            thread = nil
        }
    }

    private static let libraryIsReady = ccurl_global_init() == CURLE_OK
}
