internal import CCurl

/// The header lines that libcurl adds or leaves out; it reads the lists while a transfer runs.
final class HeaderLists {
    /// For a request with a body: no `Expect: 100-continue`.
    let withBody: UnsafeMutablePointer<curl_slist>
    /// For an empty body: no `Content-Type` either.
    let withoutBody: UnsafeMutablePointer<curl_slist>

    init?() {
        guard let withBody = curl_slist_append(nil, "Expect:") else { return nil }
        guard let first = curl_slist_append(nil, "Expect:") else {
            curl_slist_free_all(withBody)
            return nil
        }
        guard curl_slist_append(first, "Content-Type:") != nil else {
            curl_slist_free_all(withBody)
            curl_slist_free_all(first)
            return nil
        }
        self.withBody = withBody
        withoutBody = first
    }

    deinit {
        curl_slist_free_all(withBody)
        curl_slist_free_all(withoutBody)
    }
}
