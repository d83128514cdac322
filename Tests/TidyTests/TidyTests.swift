import Foundation
import Testing

/// The repository's root.
private let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// Every Swift file of our own below a folder, with its lines.
private func files(in folder: String) throws -> [(name: String, lines: [String])] {
    let base = root.appending(path: folder)
    let all = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
    return try (all?.allObjects as? [URL] ?? [])
        .filter { $0.pathExtension == "swift" && !$0.path.contains("/Generated/") }
        .map { file in
            let text = try String(contentsOf: file, encoding: .utf8)
            let name = String(file.path.dropFirst(root.path.count + 1))
            return (
                name, text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            )
        }
}

@Test func `no file is longer than 400 lines, no test file than 500`() throws {
    for (folder, limit) in [("Sources", 400), ("Tests", 500)] {
        let files = try files(in: folder)
        #expect(!files.isEmpty)
        for (name, lines) in files { #expect(lines.count <= limit + 1, "\(name)") }
    }
}

@Test func `no function is longer than 60 lines`() throws {
    for (name, lines) in try files(in: "Sources") {
        var start: (line: Int, indent: Int)?
        for (number, line) in lines.enumerated() {
            let indent = line.prefix { $0 == " " }.count
            if line.contains("func ") && line.hasSuffix("{") && start == nil {
                start = (number, indent)
            }
            if let open = start, number > open.line, indent == open.indent, line.hasSuffix("}") {
                #expect(number - open.line <= 61, "\(name):\(open.line + 1)")
                start = nil
            }
        }
    }
}

@Test func `names say what a thing is`() throws {
    let banned = ["Manager", "Helper", "Util", "Common", "Misc"]
    for (name, lines) in try files(in: "Sources") {
        for (number, line) in lines.enumerated() {
            let words = line.split(separator: " ").map(String.init)
            for (keyword, declared) in zip(words, words.dropFirst())
            where ["struct", "class", "enum", "actor", "protocol", "extension"].contains(keyword) {
                for word in banned where declared.contains(word) {
                    Issue.record("\(name):\(number + 1): \(declared) is named \(word)")
                }
            }
        }
    }
}

@Test func `nothing is promised for later`() throws {
    let promises = ["TO" + "DO", "FIX" + "ME", "fatal" + "Error(", "try" + "!"]
    for (name, lines) in try files(in: "Sources") {
        for (number, line) in lines.enumerated() {
            for promise in promises where line.contains(promise) {
                Issue.record("\(name):\(number + 1): \(promise)")
            }
        }
    }
}

@Test func `the lowest floors do without Foundation`() throws {
    for floor in ["Trips", "EventLog", "Topics", "Scoring", "TopicPlans", "ReleasePlans"] {
        for (name, lines) in try files(in: "Sources/\(floor)") {
            for line in lines where line.contains("import ") && line.contains("Foundation") {
                Issue.record("\(name): \(line)")
            }
        }
    }
}

@Test func `tests wait for conditions and are never skipped`() throws {
    // Mounting takes root; for everybody else the full disk is proven by Tests/Proof/disk_full.py.
    let known = ".enabled(" + "if: geteuid() == 0, \"mounting a file system takes root\")"
    let shirking = [".dis" + "abled(", "XCT" + "Skip", ".enabled(" + "if", "us" + "leep("]
    for (name, lines) in try files(in: "Tests") {
        for (number, line) in lines.enumerated() {
            for word in shirking where line.contains(word) && !line.contains(known) {
                Issue.record("\(name):\(number + 1): \(word)")
            }
        }
    }
}

@Test func `every environment variable that is read is documented where it is read`() throws {
    for (name, lines) in try files(in: "Sources/tacho") {
        let text = lines.joined(separator: "\n")
        for use in text.matches(of: /Environment\.(?:text|integer)\("([A-Z_]+)"\)/) {
            #expect(text.contains("TACHO_\(use.1);") || text.contains("TACHO_\(use.1))"), "\(name)")
        }
    }
}
