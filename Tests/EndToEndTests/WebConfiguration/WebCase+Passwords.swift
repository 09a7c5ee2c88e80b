extension WebCase {
    static let unauthorized = "401\nX-Content-Type-Options: nosniff\nWWW-Authenticate: Basic"
    private static let ada = WebPassword.ada

    /// Who may come in by a password.
    static let passwords: [WebCase] = [
        .taken("one user", "basic_auth_users: {ada: \(ada.hash)}", ofOneUser),
        .taken(
            "several users",
            "basic_auth_users:\n" + WebPassword.all.map { "  \($0.user): \($0.hash)\n" }.joined(), ofSeveralUsers),
        .encrypted(
            "one user, with TLS",
            "basic_auth_users: {ada: \(ada.hash)}\ntls_server_config: {cert_file: server.pem, key_file: server.key}",
            [
                WebClient("right", ["--user", ada.pair], gets: "200"),
                WebClient("wrong", ["--user", "ada:wrong"], gets: unauthorized),
                WebClient("missing", gets: unauthorized),
            ]),
        .taken(
            "a user whose name is a number", "basic_auth_users: {1: \(ada.hash)}",
            [WebClient("right", ["--user", "1:\(ada.password)"], gets: "200")]),
        .taken(
            "a user without a name", "basic_auth_users: {'': \(ada.hash)}",
            [
                WebClient("right", ["--user", ":\(ada.password)"], gets: "200"),
                WebClient("missing", gets: unauthorized),
            ]),
        .taken(
            "a user name with a colon", "basic_auth_users: {'a:b': \(ada.hash)}",
            [WebClient("right, as it would seem", ["--user", "a:b:\(ada.password)"], gets: unauthorized)]),
        .refused("a password that is not hashed", "basic_auth_users: {ada: right-1}"),
        .refused("a user without a hash", "basic_auth_users: {ada: }"),
        .refused("a user with an empty hash", "basic_auth_users: {ada: ''}"),
        .refused("a hash that is a number", "basic_auth_users: {ada: 12}"),
        .refused("a hash of another kind", "basic_auth_users: {ada: '{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g='}"),
        .refused("a hash in a list", "basic_auth_users: {ada: [\(ada.hash)]}"),
        .refused("a list of users", "basic_auth_users: [ada]"),
        .refused("a user twice", "basic_auth_users: {ada: \(ada.hash), ada: \(ada.hash)}"),
        .refused("a cost below the lowest", hash(replacing: "$05$", with: "$03$")),
        .refused("a cost above the highest", hash(replacing: "$05$", with: "$32$")),
        .refused("a cost of one digit", hash(replacing: "$05$", with: "$5$")),
        .refused("half a hash", "basic_auth_users: {ada: \(ada.hash.prefix(40))}"),
        .taken("a cost that takes minutes", hash(replacing: "$05$", with: "$19$"), ofNobody),
        .taken("a hash that lacks its last character", "basic_auth_users: {ada: \(ada.hash.dropLast())}", ofAda),
        .taken(
            "a hash with a character too many", "basic_auth_users: {ada: \(ada.hash)z}",
            ofNobody + [WebClient("with the password of the hash", ["--user", ada.pair], gets: "200")]),
        .taken("a hash of a retired form", hash(replacing: "$2y$", with: "$2x$"), ofNobody),
        .taken("a hash of the oldest form", hash(replacing: "$2y$", with: "$2$"), ofNobody),
        .taken("a hash of MD5 that looks like one of bcrypt", hash(replacing: "$2y$", with: "$1$"), ofNobody),
    ]

    private static func hash(replacing part: String, with other: String) -> String {
        "basic_auth_users: {ada: '\(ada.hash.replacing(part, with: other))'}"
    }

    private static let ofNobody = [WebClient("without a password", gets: unauthorized)]

    private static let ofAda =
        ofNobody + [WebClient("with the password of the hash", ["--user", ada.pair], gets: unauthorized)]

    private static let ofOneUser = [
        WebClient("right", ["--user", ada.pair], gets: "200"),
        WebClient("right again", ["--user", ada.pair], gets: "200"),
        WebClient("wrong", ["--user", "ada:right-2"], gets: unauthorized),
        WebClient("a part of it", ["--user", "ada:right-"], gets: unauthorized),
        WebClient("too long", ["--user", "ada:right-1 "], gets: unauthorized),
        WebClient("empty", ["--user", "ada:"], gets: unauthorized),
        WebClient("missing", gets: unauthorized),
        WebClient("an unknown user", ["--user", "mallory:right-1"], gets: unauthorized),
        WebClient("the user in capitals", ["--user", "Ada:right-1"], gets: unauthorized),
        WebClient("no user", ["--user", ":right-1"], gets: unauthorized),
        WebClient("the hash itself", ["--user", "ada:\(ada.hash)"], gets: unauthorized),
        WebClient("to a page that is none", ["--request-target", "/no/such/page"], gets: unauthorized),
        WebClient("for another method", ["--request", "PUT"], gets: unauthorized),
        WebClient("of another scheme", ["--header", "Authorization: Bearer right-1"], gets: unauthorized),
        // printf ada:right-1 | base64
        WebClient("written by hand", ["--header", "Authorization: Basic YWRhOnJpZ2h0LTE="], gets: "200"),
        WebClient(
            "with a scheme in small letters", ["--header", "Authorization: basic YWRhOnJpZ2h0LTE="], gets: "200"),
        WebClient("without its padding", ["--header", "Authorization: Basic YWRhOnJpZ2h0LTE"], gets: unauthorized),
        WebClient("not in base 64", ["--header", "Authorization: Basic ada:right-1"], gets: unauthorized),
        WebClient("nothing", ["--header", "Authorization: Basic "], gets: unauthorized),
        WebClient("in the cookie", ["--header", "Cookie: Authorization=Basic YWRhOnJpZ2h0LTE="], gets: unauthorized),
    ]

    private static let ofSeveralUsers =
        WebPassword.all.map { WebClient("right of \($0.user)", ["--user", $0.pair], gets: "200") } + [
            WebClient("ada's for bob", ["--user", "bob:right-1"], gets: unauthorized),
            WebClient("bob's for ada", ["--user", "ada:other-2"], gets: unauthorized),
            WebClient("wrong, where it is empty", ["--user", "empty:x"], gets: unauthorized),
            WebClient(
                "one character off the long one", ["--user", WebPassword.long.pair.dropLast() + "y"], gets: unauthorized
            ),
            WebClient("longer than bcrypt looks", ["--user", WebPassword.long.pair + "more"], gets: "200"),
            WebClient("an unknown user", ["--user", "mallory:right-1"], gets: unauthorized),
            WebClient("missing", gets: unauthorized),
        ]
}

/// Users and passwords, and the bcrypt hashes of the passwords, of which each was made by crypt(3) at a low cost.
struct WebPassword: Sendable {
    var user: String
    var password: String
    var hash: String

    /// As curl takes it.
    var pair: String { "\(user):\(password)" }

    static let ada = WebPassword(
        user: "ada", password: "right-1", hash: "$2y$05$abcdefghijklmnopqrstuu.Pl760Ne43DdxwcyizWHBSu/9KdokGW")
    static let bob = WebPassword(
        user: "bob", password: "other-2", hash: "$2b$04$abcdefghijklmnopqrstuuOyFLtbEXNmCyjaSmtnlCVnyuE9W1JhS")
    static let eve = WebPassword(
        user: "eve", password: "third-3", hash: "$2a$04$abcdefghijklmnopqrstuu/5y9KX.ctlIAJZYe94LSzfYMamj/r26")
    static let special = WebPassword(
        user: "jürgen", password: "pä:ss wörd/4", hash: "$2y$04$abcdefghijklmnopqrstuuN5vLPpKKMumA5fl4g0o/D5Y2YnLUxIK")
    /// As long as bcrypt looks at, which is 72 bytes.
    static let long = WebPassword(
        user: "long", password: String(repeating: "x", count: 72),
        hash: "$2y$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i")
    static let empty = WebPassword(
        user: "empty", password: "", hash: "$2y$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq")
    /// Another one for ada.
    static let later = WebPassword(
        user: "ada", password: "new-5", hash: "$2y$04$abcdefghijklmnopqrstuujtQqV6DMsDmahQ1kowUKNwFF9I.dVmO")

    static let all = [ada, bob, eve, special, long, empty]
}
