import Access
import Foundation
import Testing
import Web

/// A file of the repository's own documents.
private func file(_ name: String) throws -> Data {
    try Data(
        contentsOf: URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "docs/\(name)"))
}

private func object(_ data: Data) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
}

/// A method at a path such as `/v1/trips/{trip}`.
private struct Operation: Hashable, Comparable, CustomStringConvertible {
    let method: String
    let path: String
    var description: String { "\(method) \(path)" }
    static func < (a: Operation, b: Operation) -> Bool { (a.path, a.method) < (b.path, b.method) }
}

/// Each operation of the document: method, path and what it says.
private func operations() throws -> [Operation: [String: Any]] {
    let document = try object(file("openapi.json"))
    let paths = try #require(document["paths"] as? [String: [String: Any]])
    var found: [Operation: [String: Any]] = [:]
    for (path, item) in paths {
        for (method, operation) in item {
            found[Operation(method: method.uppercased(), path: path)] =
                try #require(operation as? [String: Any])
        }
    }
    return found
}

@Suite struct OpenAPITests {
    @Test func `every route is in the document, and nothing else is`() async throws {
        let described = try Set(operations().keys)
        var served: Set<Operation> = []
        try await Premises.open { premises in
            // Without a line a method is there only to be refused.
            for (method, route) in premises.router
            where AccessTable.tacho.line(method, route) != nil {
                served.insert(Operation(method: method, path: route))
            }
        }
        #expect(served.subtracting(described).sorted() == [], "served and not described")
        #expect(described.subtracting(served).sorted() == [], "described and not served")
    }

    @Test func `who may without a token is said as the table has it`() throws {
        for (operation, says) in try operations() {
            let line = AccessTable.tacho.line(operation.method, operation.path)
            let ways = (says["security"] as? [[String: Any]] ?? []).flatMap(\.keys).sorted()
            switch line {
            case nil: Issue.record("\(operation) has no line")
            case let line? where line.isPublic: #expect(ways == [], "\(operation)")
            case let line? where line.kind == .phone:
                #expect(ways == ["basic", "bearer", "queryToken"], "\(operation)")
            default: #expect(ways == ["bearer", "cookie"], "\(operation)")
            }
        }
    }

    @Test func `what is served is the document of the repository`() throws {
        let served = try object(Data(DocumentRoutes.json.utf8)) as NSDictionary
        let written = try object(file("openapi.json")) as NSDictionary
        #expect(served == written, "run docs/embed")
    }

    @Test func `the page shows every operation, schema and way of access`() throws {
        let document = try object(file("openapi.json"))
        let components = try #require(document["components"] as? [String: [String: Any]])
        let all = try operations()
        for (name, operation) in all {
            let get = Operation(method: "GET", path: name.path)
            let id = try #require(operation["operationId"] as? String)
            // HEAD stands beside the GET of its path.
            if name.method == "HEAD", let other = all[get]?["operationId"] as? String {
                let text = #"<details id="\#(other)"><summary><span class=method>GET, HEAD</span>"#
                #expect(DocumentRoutes.page.contains(text), "\(id)")
            } else {
                #expect(DocumentRoutes.page.contains(#"<details id="\#(id)">"#), "\(id)")
            }
        }
        for name in (components["schemas"] ?? [:]).keys {
            #expect(DocumentRoutes.page.contains(#"id="schema-\#(name)""#), "\(name)")
        }
        for name in (components["securitySchemes"] ?? [:]).keys {
            #expect(DocumentRoutes.page.contains("<dt><code>\(name)</code>"), "\(name)")
        }
        for outside in ["<script", "src=", "https://", "@import", "url("] {
            #expect(!DocumentRoutes.page.contains(outside), "\(outside)")
        }
    }

    @Test func `operations have ids of their own, a summary, parameters of the path and answers`()
        throws
    {
        var ids: Set<String> = []
        for (route, operation) in try operations() {
            let id = try #require(operation["operationId"] as? String, "\(route)")
            #expect(ids.insert(id).inserted, "\(route): \(id)")
            #expect(operation["security"] is [[String: Any]], "\(route)")
            let answers = try #require(operation["responses"] as? [String: Any], "\(route)")
            #expect(!answers.isEmpty, "\(route)")
            let body = operation["requestBody"] != nil
            #expect(!body || ["POST", "PATCH", "PUT", "DELETE"].contains(route.method), "\(route)")
            #expect(operation["summary"] is String, "\(route)")
        }
    }
}
