import MailStoreSimulator
import Testing

@Suite("A fault of a whole server")
struct ServerFaultTests {
    @Test(
        "takes the target down, keeps its values, harms no other target and passes by itself",
        arguments: FaultCase.ofAllFunctions)
    func isContained(_ fault: FaultCase) async throws {
        let other = try Simulator(Scene.simulatorOptions { $0.history = 1 })
        defer { other.stop() }
        try await Scene.with { options in
            options.history = 2
        } configure: { configuration in
            configuration.collection["max_reply_size"] = "1MiB"
            let passwordFile = configuration.targets[0].passwordFile
            configuration.targets.append(.init(other, name: "other", passwordFile: passwordFile))
        } _: { scene in
            let reason = try #require(fault.reason)
            try await scene.exporter.page(until: "everything is collected") {
                $0.succeeded() && $0.succeeded(target: "other")
            }
            scene.simulator.inject(fault.fault)
            let during = try await scene.exporter.page(until: "\(fault.name) is counted as \(reason)") { page in
                page.errors("GetServerInfo", reason) > 0 && page.value("mailstore_up", ["target": "archive"]) == 0
                    && Page.collectors.allSatisfy { collector in
                        page.value("mailstore_collector_success", ["target": "archive", "collector": collector]) == 0
                    }
            }
            let stores = scene.simulator.state().stores.count
            #expect(during.values("mailstore_store_messages", ["target": "archive"]).count == stores)
            #expect(during.values("mailstore_profile_runs_total", ["target": "archive"]).count == 42)
            #expect(during.succeeded(target: "other"))
            #expect(during.value("mailstore_up", ["target": "other"]) == 1)

            scene.simulator.clearFaults()
            try await scene.exporter.page(until: "the target is back") { page in
                page.succeeded() && page.value("mailstore_up", ["target": "archive"]) == 1
            }
            #expect(await scene.exporter.program.ending() == nil)
        }
    }

    @Test("whose functions all say an error leaves the target up: it was reached and let the exporter in")
    func errorsEverywhere() async throws {
        try await Scene.with { options in
            options.history = 1
        } _: { scene in
            try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            scene.simulator.inject(.error(exception: "System.OutOfMemoryException", message: "Zu wenig Hauptspeicher"))
            let page = try await scene.exporter.page(until: "all collectors fail") { page in
                Page.collectors.allSatisfy {
                    page.value("mailstore_collector_success", ["collector": $0]) == 0
                }
            }
            #expect(page.value("mailstore_up") == 1)
            for function in ["GetServerInfo", "GetUsers", "GetJobs", "GetProfiles"] {
                #expect(page.errors(function, "api_error") > 0)
                let count = page.value(
                    "mailstore_api_error_structure_total",
                    ["function": function, "exception": "System.OutOfMemoryException"])
                #expect(count == page.errors(function, "api_error"))
            }
            // The message is localised free text: never a label.
            #expect(!page.samples.keys.contains { $0.labels.values.contains { $0.contains("Hauptspeicher") } })
        }
    }

    @Test("that refuses the login is left alone, so that the account is not locked, until the password changes")
    func refusedLogin() async throws {
        try await Scene.with { options in
            options.history = 1
        } _: { scene in
            try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            scene.simulator.clearRequestLog()
            let injected = ContinuousClock.now
            scene.simulator.inject(.status(401))
            let page = try await scene.exporter.page(until: "the target is down") { page in
                page.value("mailstore_up") == 0
                    && Page.collectors.allSatisfy {
                        page.value("mailstore_collector_success", ["collector": $0]) == 0
                    }
            }
            #expect(page.values("mailstore_store_messages").count == scene.simulator.state().stores.count)
            // The four that were under way together, one of another function that tries the login, and one after each
            // pause, of which the shortest is 30 s. The calls that were held back count as none.
            let refused = scene.simulator.requestLog().count { $0.status == 401 }
            let pauses = Int(injected.duration(to: .now) / .seconds(30))
            #expect((1...5 + pauses).contains(refused))
            let errors = page.values("mailstore_api_errors_total", ["reason": "unauthorized"]).reduce(0, +)
            #expect(errors == Double(refused))

            scene.simulator.clearFaults()
            scene.simulator.setPassword("another one")
            try scene.folder.write("another one\r\n", to: "password")
            try await scene.exporter.page(until: "the new password is used") { page in
                page.succeeded() && page.value("mailstore_up") == 1
            }
        }
    }

    @Test("that sends bodies without end does not make the exporter grow")
    func memory() async throws {
        try await Scene.with { options in
            options.history = 1
        } configure: { configuration in
            configuration.collection["max_reply_size"] = "256KiB"
        } _: { scene in
            try await scene.exporter.page(until: "everything is collected") { $0.succeeded() }
            let before = try #require(scene.exporter.memory("VmHWM"))
            scene.simulator.inject(.oversized(bytes: nil))
            try await scene.exporter.page(until: "a hundred bodies were cut off") { page in
                page.values("mailstore_api_errors_total", ["reason": "too_large"]).reduce(0, +) >= 100
            }
            let after = try #require(scene.exporter.memory("VmHWM"))
            // A hundred such bodies are 25 MiB: what was cut off is not kept, and curl's buffers are of fixed size.
            #expect(after - before < 12 * 1024, "\(before) KiB became \(after) KiB")
        }
    }
}
