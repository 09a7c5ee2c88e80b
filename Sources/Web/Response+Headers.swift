import MicroHTTPServer

/// The headers that all responses of the endpoint have.
enum CommonHeaders {
    /// Every page shows what is known now.
    static let all = [(name: "Cache-Control", value: "no-store")]
}

extension Response {
    convenience init(page body: [UInt8], type: String, headers: [(name: String, value: String)] = []) {
        self.init(body, headers: [(name: "Content-Type", value: type)] + CommonHeaders.all + headers)
    }

    /// A line of text.
    convenience init(plain text: String, _ headers: (name: String, value: String)...) {
        self.init(page: Array("\(text)\n".utf8), type: "text/plain; charset=utf-8", headers: headers)
    }
}
