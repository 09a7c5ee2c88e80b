internal import CCurl
internal import MailStoreAPI

extension EngineLoop {
    /// Takes the finished transfers from libcurl.
    func readMessages() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi.pointer, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let curl = message.pointee.easy_handle else { continue }
            let code = message.pointee.data.result
            // The message is gone with the handle.
            curl_multi_remove_handle(multi.pointer, curl)
            guard let (handle, work) = active.removeValue(forKey: curl) else { continue }
            switch work {
            case .transfer(let transfer): finish(transfer, handle, code)
            case .inquiry(let target): finishInquiry(of: target, handle)
            }
        }
    }

    private func finish(_ transfer: PendingTransfer, _ handle: EasyHandle, _ code: CURLcode) {
        guard let target = targets[transfer.destination.id] else { return }
        target.running -= 1
        if code == CURLE_OK {
            target.remember(leaf: handle.leafCertificate)
            target.inquiry.forget()
            let response = handle.takeResponse(
                certificate: target.facts, wantsHeaders: transfer.transfer.request.wantsHeaders)
            resolve(transfer, .success(response))
        } else {
            fail(transfer, on: target, handle, code)
        }
        target.giveBack(handle)
        startQueued(on: target)
    }

    private func fail(_ transfer: PendingTransfer, on target: Target, _ handle: EasyHandle, _ code: CURLcode) {
        var failure = CurlFailure(code: code, handle, target.destination)
        if let pem = handle.leafCertificate {
            // libcurl kept it although it turned it down: a wrong host name, a wrong pin; or it was accepted and
            // something failed later.
            if failure.concernsCertificate {
                failure.certificate = CertificateParser.facts(pem: pem, verified: false)
            } else {
                target.remember(leaf: pem)
            }
        }
        guard failure.concernsCertificate else {
            if failure.phase > .handshaking { failure.certificate = target.facts }
            resolve(transfer, .failure(failure.error))
            return
        }
        if failure.certificate != nil {
            resolve(transfer, .failure(failure.error))
            return
        }
        switch target.inquiry.decide(signature: failure.signature, now: .now) {
        case .known(let facts):
            failure.certificate = facts
            resolve(transfer, .failure(failure.error))
        case .wait:
            transfer.state = .inquiring
            target.inquiry.waiters.append((transfer, failure))
        case .ask:
            transfer.state = .inquiring
            target.inquiry.waiters.append((transfer, failure))
            inquire(target, before: transfer.transfer.deadline)
        }
    }

    /// Connects once more without any check, to see the certificate; nothing is sent.
    private func inquire(_ target: Target, before deadline: ContinuousClock.Instant) {
        let longest = Duration.seconds(5)
        guard let handle = EasyHandle.forCertificate(of: target.destination) else {
            return endInquiry(of: target, facts: nil)
        }
        handle.setTimeouts(total: min(longest, deadline - .now), connect: longest)
        guard handle.refusal == nil, curl_multi_add_handle(multi.pointer, handle.curl) == CURLM_OK else {
            return endInquiry(of: target, facts: nil)
        }
        active[handle.curl] = (handle, .inquiry(target))
    }

    private func finishInquiry(of target: Target, _ handle: EasyHandle) {
        endInquiry(
            of: target, facts: handle.leafCertificate.flatMap { CertificateParser.facts(pem: $0, verified: false) })
    }

    private func endInquiry(of target: Target, facts: CertificateFacts?) {
        target.inquiry.finished(facts, now: .now)
        let waiters = target.inquiry.waiters
        target.inquiry.waiters = []
        for (transfer, var failure) in waiters {
            failure.certificate = facts
            resolve(transfer, .failure(failure.error))
        }
    }
}

extension EasyHandle {
    /// The finished reply; the body moves out of the handle.
    func takeResponse(certificate: CertificateFacts?, wantsHeaders: Bool) -> HTTPResponse {
        var response = HTTPResponse(
            status: ccurl_get_long(curl, CURLINFO_RESPONSE_CODE),
            body: takeReply(),
            date: header("Date"),
            contentType: header("Content-Type"),
            certificate: certificate
        )
        if wantsHeaders { response.headers = headers }
        return response
    }
}
