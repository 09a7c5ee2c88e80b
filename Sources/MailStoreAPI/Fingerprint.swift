/// A checksum of 64 bits (FNV-1a) that is the same in every run of the program, unlike Swift's hashes.
///
/// It shows accidental changes, a single changed byte in every case, and tells rows apart. It does not protect against
/// somebody who changes data on purpose.
package struct Fingerprint: Sendable, Hashable {
    package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    package init(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes { add(byte) }
    }

    /// Adds a field; its end is marked, so that "ab" and "c" differ from "a" and "bc".
    package mutating func add(_ field: String?) {
        guard let field else { return add(0xFF) }
        for byte in field.utf8 { add(byte) }
        add(0xFE)
    }

    private mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    /// 16 hexadecimal digits.
    package var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
