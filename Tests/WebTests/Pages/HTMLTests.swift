import TestSupport
import Testing

@testable import Web

@Suite("Markup")
struct HTMLTests {
    @Test(
        "holds what others have chosen as text, in an element and in an attribute",
        arguments: [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            (#"" onmouseover="x"#, "&quot; onmouseover=&quot;x"), ("' onload='x", "&#39; onload=&#39;x"),
            ("a & b &amp; c", "a &amp; b &amp;amp; c"), ("</style><img src=x>", "&lt;/style&gt;&lt;img src=x&gt;"),
            ("ä ß 📧 Zürich", "ä ß 📧 Zürich"), ("zero\0and\u{1B}[2J", "zero\u{FFFD}and\u{FFFD}[2J"),
            ("\u{85}next", "\u{FFFD}next"), ("¶ ©", "¶ ©"), ("two\nlines", "two\nlines"), ("", ""),
        ])
    func escaping(_ text: String, escaped: String) {
        let element: HTML = "<b>\(text)</b>"
        #expect(element.text == "<b>\(escaped)</b>")
        let attribute: HTML = "<b title=\"\(text)\"></b>"
        #expect(attribute.text == "<b title=\"\(escaped)\"></b>")
    }

    @Test("is put into markup as it is, and nothing where there is none")
    func pieces() {
        let inner: HTML = "<i>\("<")</i>"
        let none: HTML? = nil
        let outer: HTML = "<p>\(inner)\(none)\([inner, inner])\(3)</p>"
        #expect(outer.text == "<p><i>&lt;</i><i>&lt;</i><i>&lt;</i>3</p>")
        #expect(HTML([inner, "x"]).text == "<i>&lt;</i>x")
    }
}
