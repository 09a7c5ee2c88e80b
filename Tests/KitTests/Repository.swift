import Foundation

/// The sources that the kit is made of, as they lie on disk now.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// What the kit is to hold: the text of each file by the name that it has in the sources.
    static func kitSources() throws -> [String: String] {
        var sources: [String: String] = [:]
        for (folder, endings) in [("alerts", [".yml", ".md"]), ("dashboards", [".json"])] {
            for file in try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")
            where endings.contains(where: file.hasSuffix) {
                sources["\(folder)/\(file)"] = try read("\(folder)/\(file)")
            }
        }
        let own = "Sources/Kit/Files"
        for file in try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(own)") {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(root)/\(own)/\(file)", isDirectory: &isFolder)
            if !isFolder.boolValue { sources["files/\(file)"] = try read("\(own)/\(file)") }
        }
        return sources
    }

    private static func read(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(path)")), as: UTF8.self)
    }
}
