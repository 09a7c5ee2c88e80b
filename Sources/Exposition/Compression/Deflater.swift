internal import CZlib

/// Compresses pieces of bytes by zlib, each on its own, so that they can be put together in any order.
///
/// A piece is raw deflate data (RFC 1951) that ends at a byte and is not the last of a stream (`Z_FULL_FLUSH`).
struct Deflater: ~Copyable {
    // On the heap: zlib keeps a pointer to the stream and refuses one that has moved.
    private let stream: UnsafeMutablePointer<z_stream>
    private let output: UnsafeMutableBufferPointer<UInt8>

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = .allocate(capacity: 64 * 1024)
        let result = czlib_deflate_init_raw(stream, 1)
        precondition(result == Z_OK, "zlib cannot start (\(result)): is there memory for it?")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    /// Compresses the bytes.
    func deflate(_ input: [UInt8]) -> [UInt8] {
        deflateReset(stream)
        var result: [UInt8] = []
        input.withUnsafeBufferPointer { input in
            var offset = 0
            repeat {
                // zlib counts in 32 bits.
                let length = min(input.count - offset, 1 << 30)
                stream.pointee.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + offset) }
                stream.pointee.avail_in = uInt(length)
                offset += length
                drain(offset == input.count ? Z_FULL_FLUSH : Z_NO_FLUSH, to: &result)
            } while offset < input.count
        }
        return result.trimmed()
    }

    private func drain(_ flush: Int32, to result: inout [UInt8]) {
        repeat {
            stream.pointee.next_out = output.baseAddress
            stream.pointee.avail_out = uInt(output.count)
            let status = CZlib.deflate(stream, flush)
            precondition(status == Z_OK || status == Z_BUF_ERROR, "zlib failed (\(status)) on a stream that was sound")
            result += output[..<(output.count - Int(stream.pointee.avail_out))]
        } while stream.pointee.avail_out == 0
    }
}
