/// Formats numbers as the shortest decimal that reads back as the same number.
package enum Number {
    /// The longest number, in bytes.
    static let maximumLength = 32

    /// The number as it follows a series: `1`, `0.25`, `1.5e+300`, `+Inf`, `-Inf`, `NaN`.
    package static func text(_ value: Double) -> String {
        var buffer = LineBuffer()
        buffer.write(atMost: maximumLength) { $0.put(number: value) }
        return buffer.withBytes { String(decoding: $0, as: UTF8.self) }
    }
}

extension LineWriter {
    /// Writes the number in at most ``Number/maximumLength`` bytes.
    @inline(__always)
    mutating func put(number value: Double) {
        // Every whole number below 2^53 is exact. Minus zero is excluded, because its sign must be kept.
        if abs(value) < 9_007_199_254_740_992 {
            let whole = Int64(value)
            if Double(whole) == value, whole != 0 || value.sign == .plus {
                put(integer: whole)
                return
            }
        }
        putFraction(value)
    }

    private mutating func put(integer value: Int64) {
        if value < 0 {
            put(UInt8(ascii: "-"))
        }
        var rest = value.magnitude
        var length = 1
        var limit: UInt64 = 10
        while rest >= limit {
            length += 1
            limit *= 10
        }
        var place = length
        repeat {
            place -= 1
            cursor[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while place > 0
        cursor += length
    }

    @inline(never)
    private mutating func putFraction(_ value: Double) {
        if value.isNaN {
            put("NaN")
        } else if value.isInfinite {
            put(value < 0 ? "-Inf" : "+Inf")
        } else {
            put(value.description)
            // "-0.0" and whole numbers from 2^53 on: the fraction is always 0.
            if cursor[-1] == UInt8(ascii: "0"), cursor[-2] == UInt8(ascii: ".") {
                cursor -= 2
            }
        }
    }
}
