package import OperatingSystem

/// One argument of a call.
package struct FormField: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Booleans are sent in lower case only.
    package init(_ name: String, _ value: Bool) {
        self.init(name, value ? "true" : "false")
    }

    package init(_ name: String, _ value: Int64) {
        self.init(name, String(value))
    }

    /// Date-times are sent without zone, fraction or `Z`.
    package init(_ name: String, _ value: CivilDateTime) {
        self.init(name, value.text)
    }

    /// The fields as `application/x-www-form-urlencoded` writes them, in UTF-8 (URL Standard, section 5.2).
    package static func encode(_ fields: [FormField]) -> [UInt8] {
        var body: [UInt8] = []
        for field in fields {
            if !body.isEmpty { body.append(UInt8(ascii: "&")) }
            append(field.name, to: &body)
            body.append(UInt8(ascii: "="))
            append(field.value, to: &body)
        }
        return body
    }

    private static func append(_ text: String, to body: inout [UInt8]) {
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"):
                body.append(byte)
            case UInt8(ascii: " "):
                body.append(UInt8(ascii: "+"))
            default:
                body += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
    }
}
