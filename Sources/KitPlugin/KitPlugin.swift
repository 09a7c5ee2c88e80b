import Foundation
import PackagePlugin

/// Has the files of the kit turned into Swift source, so that the program carries them.
@main
struct KitPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let target = target as? SwiftSourceModuleTarget else { return [] }
        let package = context.package.directoryURL
        let output = context.pluginWorkDirectoryURL.appending(path: "KitSources.swift")
        // The generator renews this input, so that it runs at every build and looks itself which files there are. They
        // cannot be declared instead: a build does not ask again which there are, so that one which was added would not
        // be watched, and one which was removed would fail every build to come.
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
