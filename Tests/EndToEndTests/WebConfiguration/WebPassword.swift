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
