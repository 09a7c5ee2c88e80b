import Foundation
import Testing

/// A client that scrapes all the time over a connection that it keeps, as Prometheus does, and looks at every page.
actor SteadyScraper {
    private let curl: RunningProgram
    private let folder: TemporaryFolder
    /// Pages that were looked at, numbered from 1 on.
    private var seen = 0
    /// What each page has to have: lines that stay as they are, and series whose values change.
    private var lines: Set<Substring> = []
    private var series: Set<Substring> = []

    /// Without a descriptor to read /proc with they are left out.
    private static let dispensable = [
        "process_open_fds", "process_resident_memory_bytes", "process_virtual_memory_bytes",
    ]

    /// - Parameters:
    ///   - url: That of the page.
    ///   - arguments: What curl needs besides to be let in.
    ///   - reference: A page that is right.
    ///   - isSteady: Tells the names of the families whose values stay what they are.
    init(_ url: String, _ arguments: [String], reference: String, isSteady: (String) -> Bool) throws {
        folder = try TemporaryFolder()
        // A transfer that takes longer counts as one without an answer.
        curl = try RunningProgram(
            "curl",
            [
                "-q", "--silent", "--noproxy", "*", "--max-time", "10", "--rate", "20/s", "--header",
                "Accept: text/plain;version=0.0.4", "--write-out", "%{stderr}%{http_code} %{errormsg}\n", "--output",
                folder["page-#1"],
            ] + arguments + ["\(url)?[1-100000]"])
        for line in reference.split(separator: "\n") where !line.hasPrefix("#") {
            let name = line.prefix { $0 != "{" && $0 != " " }
            if isSteady(String(name)) {
                lines.insert(line)
            } else if !Self.dispensable.contains(String(name)) {
                series.insert(Self.series(of: line))
            }
        }
    }

    /// Waits for so many more pages, and looks at all that have come.
    nonisolated func more(_ count: Int) async throws {
        let goal = await lookAtPages() + count
        try await eventually("the scraper gets page \(goal)") { await lookAtPages() >= goal }
    }

    /// Ends it, and looks at what is left.
    ///
    /// - Returns: how many pages it got.
    func finish() async throws -> Int {
        try await curl.kill()
        return lookAtPages()
    }

    /// - Returns: how many pages there were so far.
    private func lookAtPages() -> Int {
        // The last line may still be under way.
        let answers = curl.errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        for answer in answers.dropFirst(seen) {
            seen += 1
            let file = "page-\(seen)"
            #expect(answer == "200 ", "scrape \(seen)")
            if answer.hasPrefix("200") { check(folder.read(file)) }
            try? FileManager.default.removeItem(atPath: folder[file])
        }
        return seen
    }

    private func check(_ page: String) {
        let found = Set(page.split(separator: "\n"))
        let missing = lines.subtracting(found)
        #expect(missing.isEmpty, "scrape \(seen) has not \(missing.first ?? "")")
        let absent = series.subtracting(found.map(Self.series))
        #expect(absent.isEmpty, "scrape \(seen) has not \(absent.first ?? "")")
        #expect(page.hasSuffix("\n"), "scrape \(seen) ends in the middle")
    }

    private static func series(of line: Substring) -> Substring {
        // Values hold no spaces.
        line.lastIndex(of: " ").map { line[..<$0] } ?? line
    }
}
