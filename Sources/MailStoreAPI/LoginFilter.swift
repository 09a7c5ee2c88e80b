internal import Foundation

/// Removes a password from texts that a server sent, because a server may repeat what it was sent in an error.
///
/// It finds the password as it is, as a form, a URL, JSON and HTML write it, and as HTTP Basic sends it.
struct LoginFilter {
    private let forms: [String]

    init(_ credentials: Credentials) {
        let password = credentials.password.exposed
        let form = String(decoding: FormField.encode([FormField("", password)]).dropFirst(), as: UTF8.self)
        let json = Self.json(password, where: { $0 < " " || $0 == "\"" || $0 == "\\" })
        let escapedJSON = Self.json(password) { !$0.isASCII || $0 < " " || "\"\\<>&'+".unicodeScalars.contains($0) }
        let html = password.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
        let basic = Self.base64(credentials.username + ":" + password)
        let all = [
            password, form, form.lowercased(), form.replacing("+", with: "%20"),
            form.lowercased().replacing("+", with: "%20"), json, escapedJSON, escapedJSON.lowercased(), html,
            html.replacing("'", with: "&#39;"), basic, Self.base64(password),
        ]
        // The longest first, so that no part of a longer form remains.
        forms = Set(all).filter { !$0.isEmpty }.sorted { $0.utf8.count > $1.utf8.count }
    }

    func filtered(_ text: String) -> String {
        String(decoding: filtered(Array(text.utf8)), as: UTF8.self)
    }

    func filtered(_ bytes: [UInt8]) -> [UInt8] {
        let mark = Array(Secret("").description.utf8)
        return forms.reduce(bytes) { bytes, form in bytes.replacing(Array(form.utf8), with: mark) }
    }

    /// The text inside a JSON string in which the given characters are escaped.
    private static func json(_ text: String, where isEscaped: (Unicode.Scalar) -> Bool) -> String {
        var written = ""
        for scalar in text.unicodeScalars {
            guard isEscaped(scalar) else {
                written.unicodeScalars.append(scalar)
                continue
            }
            if scalar == "\\" || scalar == "\"" {
                written += "\\\(scalar)"
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16, uppercase: true)
                written += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return written
    }

    /// Without the padding, which a text may lack.
    private static func base64(_ text: String) -> String {
        String(Data(text.utf8).base64EncodedString().prefix { $0 != "=" })
    }
}

extension APIReply {
    /// The reply without the login, if it reports an error; results stay as the server sent them.
    func withoutLogin(_ credentials: Credentials?) -> APIReply {
        guard error != nil, let credentials else { return self }
        return filtered(by: LoginFilter(credentials))
    }
}

extension HTTPResponse {
    /// The response with headers that do not contain the login.
    func withoutLogin(_ credentials: Credentials?) -> HTTPResponse {
        guard !headers.isEmpty, let credentials else { return self }
        let filter = LoginFilter(credentials)
        var response = self
        for index in headers.indices { response.headers[index].value = filter.filtered(headers[index].value) }
        return response
    }
}

extension APIError {
    func withoutLogin(_ credentials: Credentials?) -> APIError {
        guard let credentials else { return self }
        var error = self
        error.description = LoginFilter(credentials).filtered(description)
        return error
    }
}
