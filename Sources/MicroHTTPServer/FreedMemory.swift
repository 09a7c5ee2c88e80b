internal import CMicroHTTPD

/// Returns freed memory to the system, which the C library keeps for later by default.
package enum FreedMemory {
    /// Bytes from which a freed block is returned at once; pages for many series are larger.
    private static let largeBlock: Int32 = 1 << 20

    /// Returns large blocks as soon as they are freed; to be called once, at the start of the program.
    ///
    /// Without it the C library raises the size from which it does so with every large block that is freed, up to 32
    /// MiB: pages of metrics would then stay in memory after the last client has read them.
    package static func returnLargeBlocks() {
        mallopt(M_MMAP_THRESHOLD, largeBlock)
    }

    /// Returns what is free now.
    static func trim() {
        malloc_trim(0)
    }
}
