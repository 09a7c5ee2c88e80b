import Foundation
import PackagePlugin

/// Embeds the files of the kit in the program, as generated Swift source.
///
/// The package manager's `embedInCode` generates byte arrays, which take the compiler more than a minute.
@main
struct KitPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let target = target as? SwiftSourceModuleTarget else { return [] }
        let package = context.package.directoryURL
        let output = context.pluginWorkDirectoryURL.appending(path: "KitSources.swift")
        // The generator touches this input, so that it runs in every build and lists the files itself. Declaring the
        // files as inputs does not work: the build keeps the first list, misses added files, and fails after one is
        // removed.
        let stamp = context.pluginWorkDirectoryURL.appending(path: "stamp")
        try Data().write(to: stamp)
        return [
            .buildCommand(
                displayName: "Embedding the files of the kit",
                executable: try context.tool(named: "KitGenerator").url,
                arguments: [
                    output.path, stamp.path,
                    "alerts", package.appending(path: "alerts").path,
                    "dashboards", package.appending(path: "dashboards").path,
                    "files", target.directoryURL.appending(path: "Files").path,
                ],
                inputFiles: [stamp], outputFiles: [output])
        ]
    }
}
