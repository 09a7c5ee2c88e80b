import Foundation
import MailStoreSimulator
import Testing

@Suite("The command call, without a terminal")
struct CallCommandTests {
    @Test("the result alone goes to standard output, indented, in the server's order")
    func result() async throws {
        let scene = try CommandScene { $0.version = "25.3.1.23021" }
        let run = try await scene.run(["call", "GetServerInfo"])
        #expect(run.exitCode == .exit(0))
        #expect(run.output == "{\n  \"version\": \"25.3.1.23021\",\n  \"machineName\": \"MAILSTORE\"\n}\n")
        #expect(run.errors == "")
    }

    @Test("--raw prints the reply as curl gets it, byte for byte")
    func raw() async throws {
        let scene = try CommandScene()
        let reply = try await CurlReply.get(
            scene.simulator.url + "/api/invoke/GetStores",
            ["-k", "-u", "admin:\(CommandScene.password)", "--data", "includeSize=true"])
        let run = try await scene.run(["call", "GetStores", "includeSize=true", "--raw"])
        #expect(run.exitCode == .exit(0))
        #expect(Array(run.output.utf8) == reply.body)
    }

    @Test("--include shows status, headers and certificate before the result")
    func include() async throws {
        let scene = try CommandScene()
        let run = try await scene.run(["call", "GetUsers", "--include"])
        #expect(run.exitCode == .exit(0))
        #expect(run.output.hasPrefix("HTTP 200\n"))
        for text in [
            "\nContent-Type: application/json\n", "\n  subject:  CN=MAILSTORE\n", "\n  issuer:   CN=MAILSTORE\n",
            "\n  pin:      sha256//\(scene.simulator.publicKeyPin)\n", "\n  verified: yes\n\n[\n",
        ] {
            #expect(run.output.contains(text), "\(text)")
        }
    }

    @Test("--include shows the status of a refused login, and no part of the output holds the password")
    func refusedLogin() async throws {
        let scene = try CommandScene()
        let run = try await scene.run(
            ["call", "GetUsers", "--include"], environment: ["MAILSTORE_PASSWORD": "wrong-4711"])
        #expect(run.exitCode == .exit(1))
        #expect(run.output.hasPrefix("HTTP 401\n"))
        #expect(run.errors.contains("refused the login (401)"))
        #expect(!(run.output + run.errors).contains("wrong-4711"))
        #expect(scene.called == ["get-metadata", "GetUsers"])
    }

    @Test("a call that fails on the server tells message and exception, and --raw the details")
    func failure() async throws {
        let scene = try CommandScene()
        scene.simulator.inject(
            .error(exception: "System.FormatException", message: "Not\u{1B}[2J so."), for: "GetUsers")
        let run = try await scene.run(["call", "GetUsers"])
        #expect(run.exitCode == .exit(1))
        #expect(run.output == "")
        #expect(run.errors.contains("GetUsers failed on the server: Not [2J so. (System.FormatException)"))
        let raw = try await scene.run(["call", "GetUsers", "--raw"])
        #expect(raw.exitCode == .exit(1))
        #expect(raw.output.contains("System.FormatException: Not"))
    }

    @Test(
        "a mistake in the call is told before anything but get-metadata is sent",
        arguments: [
            (["GetUser"], "did you mean GetUsers?"), (["getusers"], "did you mean GetUsers?"),
            (["GetStores", "includeSize=yes"], "includeSize: must be true or false"),
            (["VerifyStore", "id=3"], "includeIndexes: missing"),
            (["VerifyStore", "id=3", "includeIndexes=false", "id=4"], "id: given twice"),
            (["CompactStore", "id=3"], "--allow-changes"), (["DeleteUser", "userName=j.mueller"], "--allow-changes"),
        ])
    func mistakes(arguments: [String], message: String) async throws {
        let scene = try CommandScene()
        let run = try await scene.run(["call"] + arguments)
        #expect(run.exitCode == .exit(64))
        #expect(run.output == "")
        #expect(run.errors.contains(message), "\(run.errors)")
        #expect(scene.called == ["get-metadata"])
    }

    @Test("with --allow-changes the server is changed")
    func change() async throws {
        let scene = try CommandScene()
        let name = scene.folder["name"]
        try scene.folder.write("Neuer \"Name\" & mehr\n", to: "name")
        let run = try await scene.run(["call", "RenameStore", "id=2", "name=@\(name)", "--allow-changes"])
        #expect(run.exitCode == .exit(0))
        #expect(run.output == "null\n")
        #expect(scene.simulator.state().stores.first { $0.id == 2 }?.name == "Neuer \"Name\" & mehr")
    }

    @Test(
        "a command line that makes no sense is refused",
        arguments: [
            [], ["--cancel", "GetUsers"], ["GetUsers", "--token", "abc"], ["GetUsers", "x"],
            ["--token", "not a token"],
            ["GetUsers", "--timeout", "soon"], ["GetUsers", "--timeout", "0"], ["GetUsers", "--nonsense"],
        ])
    func commandLine(arguments: [String]) async throws {
        let scene = try CommandScene()
        let run = try await scene.run(["call"] + arguments)
        #expect(run.exitCode == .exit(64))
        #expect(run.errors != "")
        #expect(!scene.called.contains("GetUsers"))
    }

    @Test("a configuration that is wrong has the exit code 2, and several targets need one to be picked")
    func configuration() async throws {
        let scene = try CommandScene()
        let nowhere = try RunningProgram(Exporter.path, ["call", "GetUsers"])
        #expect(try await nowhere.waitForEnd() == .exit(2))
        let password = try scene.folder.write(CommandScene.password, to: "password")
        let target = { (name: String) in
            """
              - name: \(name)
                url: \(scene.simulator.url)
                username: admin
                password_file: \(password)
                tls: { pinned_public_key: sha256//\(scene.simulator.publicKeyPin) }

            """
        }
        let file = try scene.folder.write("targets:\n" + target("berlin") + target("bern"), to: "config.yml")
        let several = try RunningProgram(Exporter.path, ["call", "GetUsers", "--config.file", file])
        #expect(try await several.waitForEnd() == .exit(2))
        #expect(several.errors.contains("--target: berlin, bern"))
        let one = try RunningProgram(
            Exporter.path, ["call", "GetUsers", "--config.file", file, "--target", "bern"])
        #expect(try await one.waitForEnd() == .exit(0))
    }
}
